"""Ingest and search at size: `python -m benchmarks.scale_library [ARTICLES] [--server ADDRESS] [--keep FOLDER]` (100,000 in a file).

Articles of about 600 words drawn from a Zipf-like vocabulary of 60,000 words made of syllables, so that common words are common and words
begin alike as those of a language do; each tells of three people of 20,000, some of whom are in the news every day and most of whom
hardly ever. Prints processor seconds of reading and writing (without vectors and grouping), the most memory held, and how long each
kind of search takes: through the library's own search, and through the overview's, which also counts the events.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import ways
from analysis.corpus.library import Library, open_library
from analysis.settings import Settings
from analysis.tables import Way

VOCABULARY, WORDS, PEOPLE, EVENT, QUERIES = 60_000, 600, 20_000, 4, 400
SHARES = {"rare name": 0.25, "whole name": 0.15, "common word": 0.25, "two words": 0.15, "three words": 0.1, "phrase": 0.1}
"""What people type, as we suppose: a name or a place first of all."""


def zipf(n: int, shift: int) -> np.ndarray:
    """The cumulated odds of n ranks."""
    odds = np.cumsum(1 / np.arange(shift, n + shift))
    return odds / odds[-1]


def make_words(chance: np.random.Generator, n: int) -> np.ndarray:
    """n different words of one to four syllables; some syllables are far more usual than others."""
    heads, tails = "t s c p m r d b f l n g h w st pr tr ch".split(), ("", "n", "r", "s", "l", "t")
    syllables = np.array([head + vowel + tail for vowel in "aeiou" for head in heads for tail in tails])
    chance.shuffle(syllables)
    odds, words = zipf(len(syllables), 4), {}
    while len(words) < n:
        picked = syllables[np.searchsorted(odds, chance.random((n, 4)))]
        words |= dict.fromkeys("".join(row[:length]) for row, length in zip(picked, chance.integers(1, 5, n), strict=True))
    return np.array(sorted(list(words)[:n], key=lambda word: len(word) + 6 * chance.random()))  # short words are the common ones


def write_articles(path: Path, n: int) -> None:
    chance = np.random.default_rng(1)
    words, odds = make_words(chance, VOCABULARY), zipf(VOCABULARY, 3)
    surnames, fame = [name.title() for name in make_words(chance, PEOPLE + 500)], zipf(PEOPLE, 50)
    with path.open("w", encoding="utf8") as file:
        for i in range(n):
            text = list(words[np.searchsorted(odds, chance.random(WORDS))])
            for person in np.searchsorted(fame, chance.random(3)):
                for place in chance.integers(8, WORDS - 2, 3):
                    text[place:place + 2] = surnames[PEOPLE + person % 500], surnames[person]
            body = "\n\n".join(" ".join(text[start:start + 60]) + "." for start in range(0, WORDS, 60))
            file.write(json.dumps({"outlet": f"Outlet {i % 50}", "title": " ".join(text[:8]), "text": body,
                                   "published": f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}T10:00:00Z", "url": f"https://outlet{i % 50}.example/{i}"}) + "\n")


def ingest(library: Library, source: Path) -> dict[int, float]:
    """Processor seconds after every tenth of the articles."""
    begun, marks, n = time.process_time(), {}, 0
    for articles, dropped in ways.read_articles(source, Way(Settings())):
        n += library.add_articles(articles, dropped, source.name).added
        marks[n] = round(time.process_time() - begun, 1)
        if n % 10_000 == 0:
            print(f"{n} articles: {marks[n]} s of processor time, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)
    return marks


def queries(library: Library, n: int) -> Iterator[tuple[str, str]]:
    """Kinds of query and what is typed, from the words of the library's own articles, so that each finds something."""
    chance = np.random.default_rng(2)
    ids = library.ungrouped() or library.groups()["article_id"].tolist()
    texts = library.articles(list(chance.choice(ids, min(n, len(ids)), replace=False)))["text"].str.replace(".", "", regex=False).str.split()
    kinds = chance.choice(list(SHARES), len(texts), p=list(SHARES.values()))
    common = pd.Series([word for text in texts for word in set(text)]).value_counts().index[:300]
    for kind, text in zip(kinds, texts, strict=True):
        names = [place for place in range(len(text) - 1) if text[place][0].isupper() and text[place + 1][0].isupper()]
        name, start = int(chance.choice(names)), int(chance.integers(0, len(text) - 3))
        drawn = list(chance.choice(text, 3, replace=False))
        yield kind, {"rare name": text[name + 1], "whole name": " ".join(text[name:name + 2]), "common word": str(chance.choice(common)),
                     "two words": " ".join(drawn[:2]), "three words": " ".join(drawn), "phrase": f'"{" ".join(text[start:start + 2])}"'}[kind]


def search(library: Library, n: int) -> None:
    """Time every query; grouping is by fours in order of arrival, which says nothing and is as large as real groups."""
    asked = list(queries(library, n))
    took = pd.DataFrame([(kind, *_time_query(library, typed)) for kind, typed in asked], columns=["kind", "ms", "busy", "hits"])
    print(_describe(took, "library.search"))
    ids = library.ungrouped() or library.groups()["article_id"].tolist()
    fours = [str(i // EVENT) for i in range(len(ids))]
    library.save_groups(pd.DataFrame({"article_id": ids, "event_id": fours, "storyline_id": fours, "origin_id": ids, "closeness": 0.5, "margin": 0.1,
                                      "why": "by fours"}))
    took = pd.DataFrame([(kind, *_time_overview(library, typed)) for kind, typed in asked], columns=["kind", "ms", "busy", "hits"])
    print(_describe(took, "a page of the overview and its count"))


def _time_query(library: Library, typed: str) -> tuple[float, float, int]:
    begun, spent = time.perf_counter(), time.process_time()
    hits = library.search(typed)
    return 1_000 * (time.perf_counter() - begun), 1_000 * (time.process_time() - spent), len(hits)


def _time_overview(library: Library, typed: str) -> tuple[float, float, int]:
    begun, spent = time.perf_counter(), time.process_time()
    hits = library.count_events(search=typed)
    library.events(search=typed)
    return 1_000 * (time.perf_counter() - begun), 1_000 * (time.process_time() - spent), hits


def _describe(took: pd.DataFrame, what: str) -> str:
    rows = [(kind, part) for kind, part in took.groupby("kind")] + [("all", took)]
    lines = []
    for kind, part in rows:
        middle, high = part[["ms", "busy"]].quantile(0.5), part[["ms", "busy"]].quantile(0.95)
        lines.append(f"{what}, {kind}: {len(part)} searches, {part['hits'].mean():.0f} hits on average; median {middle['ms']:.1f} ms on the clock, "
                     f"{middle['busy']:.1f} of this processor; p95 {high['ms']:.1f}, {high['busy']:.1f} ms")
    return "\n".join(lines)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 100_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else made)
        library = open_library(sys.argv[sys.argv.index("--server") + 1] if "--server" in sys.argv else folder / "library.sqlite")
        if library.count_articles() < n:
            source = folder / "articles.jsonl"
            write_articles(source, n)
            print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB before the first article")
            ingest(library, source)
        search(library, QUERIES)
        library.close()


if __name__ == "__main__":
    main()
