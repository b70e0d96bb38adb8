"""How long the overview takes over a large library: each query, and the page as a visitor without a browser gets it.

    .venv/bin/python -m benchmarks.bench_overview [EVENTS]

Makes a library of 20,000 events (or EVENTS) of one to six articles in storylines of up to eight events first, from words at random, through
the library's own writing calls and without any model; that is not timed. Prints medians and the slowest beside the target of issue 5: 1.5 s.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import pipeline
from analysis.corpus.library import Library
from benchmarks.made_events import SEED, article_row, as_articles, as_groups
from benchmarks.visitors import Served, Visitor, process_of, wait_until_idle

RUNS = 7
BATCH = 5000
TARGET = 1.5
SYLLABLES = ("ba", "cor", "del", "fen", "gra", "hol", "im", "ker", "lun", "mor", "nes", "or", "pal", "quin", "ras", "sol", "tam", "ur", "ven", "wes")


def make_words(dealer: random.Random, n: int) -> list[str]:
    """Return so many made-up words; few are frequent and most are rare, as in news."""
    return ["".join(dealer.choice(SYLLABLES) for _ in range(dealer.randint(2, 4))) for _ in range(n)]


def make_library(path: Path, n_events: int) -> Library:
    """Write a library of events through the calls an ingest uses."""
    dealer, numbers = random.Random(SEED), np.random.default_rng(SEED)
    words = make_words(dealer, 8000)
    weights = 1 / np.arange(1, len(words) + 1)
    outlets = [f"{word.title()} {kind}" for word, kind in zip(make_words(dealer, 60), ["Post", "Herald", "Radio"] * 20, strict=True)]
    library, rows, events, lines, groups = pipeline.open_library(path), [], [], [], []
    for event in range(n_events):
        start = pd.Timestamp("2031-03-02T06:00Z") - pd.Timedelta(minutes=int(numbers.integers(0, 3 * 365 * 24 * 60)))
        for place in range(dealer.choice((1, 1, 2, 2, 3, 4, 6))):
            drawn = numbers.choice(words, size=130, p=weights / weights.sum())
            rows.append(article_row(f"a{event:06}x{place}", dealer.choice(outlets), " ".join(drawn[:9]).capitalize(), " ".join(drawn[9:]) + ".",
                                    start + pd.Timedelta(hours=place)))
            events.append(f"e{event:06}")
            lines.append(f"s{event // dealer.choice((1, 2, 8)):06}")
        if len(rows) >= BATCH or event == n_events - 1:
            articles = as_articles(rows)
            library.add_articles(articles)
            groups.append(as_groups(articles, events, lines))
            rows, events, lines = [], [], []
    library.save_groups(pd.concat(groups, ignore_index=True))
    return library


def say(name: str, taken: list[tuple[float, float]]) -> None:
    """Print the median and the slowest of the wall clock, and the median of processor seconds, which other work on the machine moves less."""
    walls, processor = [wall for wall, _ in taken], statistics.median(own for _, own in taken)
    print(f"{name:52}{statistics.median(walls):8.3f}{max(walls):8.3f}{processor:8.3f}   {'≤' if max(walls) <= TARGET else '> MISSED'} {TARGET:g}", flush=True)


def time_call(name: str, call: Callable[[], object]) -> None:
    """Time a query RUNS times."""
    taken = []
    for _ in range(RUNS):
        began, own = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - began, time.process_time() - own))
    say(name, taken)


async def opened(address: str, query: str) -> tuple[float, float]:
    """Open an address in a session of its own; return wall seconds and the server's processor seconds."""
    server = process_of(address)
    async with Visitor(address) as visitor:
        before = sum(server.cpu_times()[:2])
        seconds = await visitor.open(query)
        if visitor.trouble:
            raise SystemExit(visitor.trouble[0])
        return seconds, sum(server.cpu_times()[:2]) - before


async def time_pages(address: str) -> None:
    """Time the overview as visitors get it: the first of all, then others, then those who search, filter and turn pages."""
    say("the first visitor, nothing kept yet", [await opened(address, "")])
    say("the next visitors", [await opened(address, "") for _ in range(RUNS)])
    asked = {"a search": "q=bacor+fen", "a date and two origins": "since=2030-01-01&origins=2", "page 300": "page=300", "storylines": "list=Storylines",
             "storylines, page 40": "list=Storylines&lines=40"}
    for name, query in asked.items():
        say(name + ", first time", [await opened(address, query)])


def main() -> None:
    n_events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        library = make_library(path, n_events)
        outlet = library.outlets()[0]
        print(f"{n_events:,} events, {library.count_articles():,} articles; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'seconds':52}{'median':>8}{'slowest':>8}{'cpu':>8}")
        for name, asked in {"list and count, newest": {}, "list and count, page 300": {"page": 300}, "search for two words": {"search": "bacor fen"},
                            "search for the commonest words": {"search": "b"}, "one outlet": {"outlet": outlet}, "three origins": {"min_origins": 3},
                            "since a date": {"since": pd.Timestamp("2030-01-01", tz="UTC")}}.items():
            time_call(name, lambda asked=asked: pipeline.list_events(library, **{"page": 1, "per_page": 25, **asked}))
        time_call("storylines, a page and their count", lambda: (pipeline.list_storylines(library, per_page=25), pipeline.count_storylines(library)))
        time_call("outlets", lambda: pipeline.list_outlets(library))
        time_call("stamp", lambda: pipeline.library_stamp(library))
        library.close()
        with Served(PARALLAX_LIBRARY=str(path)) as address:
            wait_until_idle(address)
            asyncio.run(time_pages(address))


if __name__ == "__main__":
    main()
