"""A small library with something of everything in it, the digest of what it holds, and ways to harm it: for tests and benchmarks."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
from conftest import articles_of, word_vectors

from analysis import pipeline
from analysis.corpus.library import Library
from analysis.schema import LibraryError
from analysis.settings import Settings

QUERIES = ("ferry", '"old pier"', "café", "number 7", "storm")


def made_articles(n: int, seed: int = 0) -> pd.DataFrame:
    """Articles with words of their own, dates a day apart in threes, some without."""
    chance = random.Random(seed)
    words = [f"{a}{b}" for a in ("ferry", "harbour", "storm", "council", "vote", "nets", "pier", "café") for b in ("", "s", "man", "time", "less")]
    return articles_of(*({
        "article_id": f"a{i}", "outlet": f"Outlet {i % 7}", "title": f"{chance.choice(words)} {chance.choice(words)} number {i}", "url": f"https://o{i % 7}.example/{i}",
        "published": f"2024-05-{1 + i // 3 % 28:02d}T{i % 24:02d}:00:00Z" if i % 5 else None,
        "text": f"The old pier, number {i}. " + " ".join(chance.choices(words, k=chance.randint(20, 400)))} for i in range(n)))


def fill(library: Library, n: int = 60) -> None:
    """Articles, groups, repairs, corrections, marks, vectors, kept answers, a refusal."""
    library.add_articles(made_articles(n), pd.DataFrame({"where": ["made, line 2"], "reason": ["it has no text"]}))
    pipeline.regroup(library, Settings(), {f"a{i}" for i in range(n)})
    pipeline.repair(library, "exclude", ["a1"], reason="an opinion")
    pipeline.undo(library, pipeline.repair(library, "same event", ["a2", "a3"]))
    pipeline.correct(library, "a4", "title", "Storm over the old pier")
    pipeline.undo_correction(library, pipeline.correct(library, "a5", "outlet", "Another"))
    pipeline.correct(library, "a6", "published", "2024-05-09")
    event = library.groups()["event_id"].iloc[0]
    pipeline.undo_mark(library, pipeline.mark(library, event, "a1", (0, 0, 3), pupil="K7"))
    pipeline.mark(library, event, "a2", (1, 4, 9), pupil="M2", label="loaded")
    library.put_many({f"v{i}": np.random.default_rng(i).normal(size=384).astype("float32") for i in range(20)})
    library.keep("comparisons", {"c": bytes(range(256)) * 20})


def contents(library: Library) -> dict[str, object]:
    """Everything a person can get out of the library, in a form that compares with ==."""
    tables = {"articles": library.articles(), "light": library.articles(without_text=True), "some": library.articles(["a3", "a1"]), "groups": library.groups(),
              "repairs": library.repairs(), "corrections": library.corrections(), "marks": library.marks(), "dropped": library.dropped(),
              "events": library.events(per_page=500), "storylines": library.storylines(), "outlet": library.events(outlet="Outlet 3"),
              "searched": library.events(search="ferry")}
    found = {name: table.to_json(orient="records", date_format="iso") for name, table in tables.items()}
    found |= {f"search {query}": library.search(query) for query in QUERIES}
    found |= {"outlets": library.outlets(), "n": (library.count_articles(), library.count_events(), library.count_storylines()), "waiting": library.ungrouped(),
              "vectors": {key: row.tobytes() for key, row in sorted(library.get_many([f"v{i}" for i in range(20)]).items())}, "kept": library.cached("comparisons", ["c"]),
              "embedded": word_vectors(["x"]).tobytes()}
    return found


def harm(path: Path, seed: int) -> str:
    """Damage a file at random: flip bytes, overwrite or blank a stretch, cut it short, swap two pages. Says what was done."""
    chance, raw = random.Random(seed), bytearray(path.read_bytes())
    kind = ("flip one", "flip some", "overwrite", "blank", "cut", "swap pages", "repeat page")[seed % 7]
    at = chance.randrange(len(raw))
    page, other = chance.sample(range(len(raw) // 4096), 2)
    if kind == "flip one":
        raw[at] ^= 1 << chance.randrange(8)
    elif kind == "flip some":
        for place in chance.sample(range(len(raw)), 20):
            raw[place] ^= chance.randrange(1, 256)
    elif kind == "overwrite":
        raw[at:at + 200] = chance.randbytes(len(raw[at:at + 200]))
    elif kind == "blank":
        raw[at:at + 3000] = bytes(len(raw[at:at + 3000]))
    elif kind == "cut":
        del raw[at:]
    else:
        one, two = raw[page * 4096:page * 4096 + 4096], raw[other * 4096:other * 4096 + 4096]
        raw[other * 4096:other * 4096 + 4096] = one
        if kind == "swap pages":
            raw[page * 4096:page * 4096 + 4096] = two
    path.write_bytes(raw)
    return kind


def judge(path: Path, truth: dict[str, object]) -> str:
    """Open a harmed library and read all of it: "refused", "right", or what is wrong about what it silently gave."""
    try:
        library = pipeline.open_library(path)
    except LibraryError:
        return "refused"
    try:
        found = contents(library)
    except LibraryError:
        return "refused"
    finally:
        library.close()
    return "right" if found == truth else f"silently wrong: {sorted(name for name in truth if found.get(name) != truth[name])}"
