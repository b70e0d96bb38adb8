"""How long the main job takes: the constructed event from files to Comparison, warm; an event of 8 long articles; the library's second look.

    .venv/bin/python -m benchmarks.bench_speed [--large] [--cold]

Prints medians of five runs in one process: wall seconds, and beside them the processor's, which other work on the machine moves less.
Absolute seconds hold for the machine they were measured on; compare within a run. `--large` adds 200 articles in one event, `--cold`
times the event of 8 long articles in a fresh process, imports and models included.
"""

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from analysis import files, pipeline, road
from analysis.events.embed import load_embed
from analysis.settings import Settings

ROOT = Path(__file__).parents[1]
CONSTRUCTED = ROOT / "seeds" / "constructed" / "articles.jsonl"
RUNS = 5


def timed(work, runs: int = RUNS) -> tuple[float, float, float, float]:
    """Seconds of each run: minimum, median, maximum; the median of the processor's seconds."""
    seconds, busy = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - began)
        busy.append(time.process_time() - used)
    return min(seconds), statistics.median(seconds), max(seconds), statistics.median(busy)


def say(name: str, figures: tuple[float, ...]) -> None:
    print(f"{name:62}" + "  ".join(f"{figure:7.2f}" for figure in figures))


def multiplied(articles: pd.DataFrame, n: int) -> pd.DataFrame:
    """n articles of 14 paragraphs of the constructed texts each, in an order of its own, every sixteenth word left out: no two sentences are alike."""
    chance, paragraphs = random.Random(1), [paragraph for text in articles["text"] for paragraph in text.split("\n\n")]
    texts = ["\n\n".join(" ".join(word for word in paragraph.split(" ") if chance.random() > 1 / 16) for paragraph in chance.sample(paragraphs, 14))
             for _ in range(n)]
    base = articles.iloc[[i % len(articles) for i in range(n)]].reset_index(drop=True)
    return base.assign(text=texts, article_id=[f"many-{i}" for i in range(n)], outlet=[f"Outlet {i}" for i in range(n)],
                       n_words=[len(text.split()) for text in texts], genre="news")


def lengthened(articles: pd.DataFrame, n_words: int) -> pd.DataFrame:
    """Eight articles of about n_words: each constructed text followed by paragraphs of the next ones."""
    texts = articles["text"].tolist()
    rows = []
    for i in range(8):
        words, turn = texts[i % len(texts)], i
        while len(words.split()) < n_words:
            turn += 1
            words += "\n\n" + texts[turn % len(texts)]
        rows.append(" ".join(words.split(" ")[:n_words]))
    base = articles.iloc[[i % len(articles) for i in range(8)]].reset_index(drop=True)
    return base.assign(text=rows, article_id=[f"long-{i}" for i in range(8)], n_words=[len(text.split()) for text in rows], genre="news")


def cold() -> None:
    """The event of 8 long articles in a process of its own: imports and models are in the figure."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.bench_speed", "--once"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"8 articles of 800 words in a fresh process (s) {time.perf_counter() - began:.2f}, processor {spent.ru_utime + spent.ru_stime:.2f}")


def main() -> None:
    settings = Settings()
    if "--once" in sys.argv:
        road.compare_as_one(lengthened(files.read_table(CONSTRUCTED, settings)[0], 800), load_embed(settings.events), settings)
        return
    embed = load_embed(settings.events)
    began = time.perf_counter()
    articles, _ = files.read_table(CONSTRUCTED, settings)

    def whole_way() -> None:
        given, _ = files.read_table(CONSTRUCTED, settings)
        groups = road.group(given, embed, settings)
        road.compare(given, groups, groups["event_id"].iloc[0], embed, settings)

    whole_way()
    print(f"{'':62}    min   median      max  processor")
    print(f"first run, models loaded on the way {time.perf_counter() - began:33.2f}")
    say("constructed event, files to Comparison, models warm (s)", timed(whole_way))
    long = lengthened(articles, 800)
    say("8 articles of 800 words, one event, nothing kept (s)", timed(lambda: road.compare_as_one(long, embed, settings), 3))
    with tempfile.TemporaryDirectory() as folder:
        library = pipeline.open_library(Path(folder) / "library.sqlite")
        pipeline.ingest(library, [CONSTRUCTED], settings)
        event = library.groups()["event_id"].iloc[0]
        pipeline.load_comparison(library, event)
        say("the same event again from the library (s)", timed(lambda: pipeline.load_comparison(library, event)))
        library.close()
    if "--large" in sys.argv:
        many = multiplied(articles, 200)
        say(f"200 articles of {many['n_words'].mean():.0f} words, one event, nothing kept (s)", timed(lambda: road.compare_as_one(many, embed, settings), 1))
    if "--cold" in sys.argv:
        cold()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
