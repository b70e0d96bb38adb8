"""How many readers one server holds: real sessions over websockets on one event, each clicking, thinking, clicking.

    .venv/bin/python -m benchmarks.bench_load [SESSIONS [THINK_SECONDS [REPEATS]]]

Makes a library of one event of 8 and one of 60 articles first (the real road, not timed), starts the server as `make run` does, and prints
the targets of issue 5 beside what was measured: the first view of an event in a server that has just started (its comparison lies in the
library, nothing in memory) and in one that has shown it before; reruns of 100 sessions at 4 s of thinking on the event of 8; memory.
Sessions choose sections, measures and pairs, open cells and follow links into the text. Every answer is read to its end.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.made_events import SEED, make_library
from benchmarks.visitors import Lost, Served, Visitor, process_of, wait_until_idle

SECTIONS = ("Headlines", "Claims", "Wording", "Sentiment", "Emphasis", "Voices", "Read")
FIRST_VIEWS = 20


@dataclass
class Measured:
    """What all sessions together saw."""

    opened: list[float] = field(default_factory=list)
    reruns: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    received: int = 0


async def act(visitor: Visitor, dealer: random.Random) -> float:
    """Do one thing a reader does, and return the seconds until it was drawn."""
    chance = dealer.random()
    if "measure" in visitor.widgets and chance < 0.4:
        return await visitor.choose("measure", dealer.choice(("Sentiment", "Loaded wording", "Hedges")))
    if "words" in visitor.widgets and chance < 0.4:
        return await visitor.choose("words", [dealer.choice(("Facts", "Names", "Phrases"))])
    if "of" in visitor.widgets and chance < 0.4:
        return await visitor.choose("of", [dealer.choice(("Actors", "Claims"))])
    if chance < 0.55:
        link = dealer.choice(("section=Claims&claim=c1&cell=eight0001&at=pair", "section=Read&sentence=eight0002.4", "section=Sentiment&pick=eight0003"))
        return await visitor.open(f"event=eight&{link}")
    return await visitor.choose("section", [dealer.choice(SECTIONS)])


async def read(address: str, number: int, think: float, repeats: int, seen: Measured) -> None:
    """One reader: come at a moment of their own, then act and think in turn."""
    dealer = random.Random(SEED + number)
    await asyncio.sleep(dealer.random() * think)
    try:
        async with Visitor(address) as visitor:
            seen.opened.append(await visitor.open("event=eight"))
            for _ in range(repeats):
                await asyncio.sleep(dealer.expovariate(1 / think))
                seen.reruns.append(await act(visitor, dealer))
            seen.lost += visitor.trouble
            seen.received += visitor.received
    except (Lost, OSError) as error:
        seen.lost.append(f"{type(error).__name__}: {error}")


async def read_together(address: str, sessions: int, think: float, repeats: int) -> Measured:
    seen = Measured()
    await asyncio.gather(*(read(address, number, think, repeats, seen) for number in range(sessions)))
    return seen


async def first_view(address: str, event: str) -> float:
    """Seconds until an event's page is whole for a new session."""
    async with Visitor(address) as visitor:
        seconds = await visitor.open(f"event={event}")
        if visitor.trouble:
            raise SystemExit(visitor.trouble[0])
        return seconds


def say(name: str, value: float, unit: str, target: float) -> None:
    print(f"{name:72}{value:9.3f} {unit:3} {'≤' if value <= target else '> MISSED'} {target:g}", flush=True)


def cold_views(library: Path) -> dict[str, list[float]]:
    """First views in servers that have just started and done their warm-up, nothing else."""
    found: dict[str, list[float]] = {"eight": [], "sixty": []}
    for _ in range(3):
        for event, seconds in found.items():
            with Served(PARALLAX_LIBRARY=str(library)) as address:
                wait_until_idle(address)
                seconds.append(asyncio.run(first_view(address, event)))
    return found


def main() -> None:
    sessions, think, repeats = (kind(given) for kind, given in zip((int, float, int), [*sys.argv[1:], *("100", "4", "12")[len(sys.argv) - 1:]], strict=True))
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library.sqlite"
        make_library(library, {"eight": 8, "sixty": 60}).close()
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        cold = cold_views(library)
        for event, target in (("eight", 3), ("sixty", 4)):
            say(f"first view of the event of {event}, cold: slowest of 3", max(cold[event]), "s", target)
        with Served(PARALLAX_LIBRARY=str(library)) as address:
            wait_until_idle(address)
            measure_load(address, sessions, think, repeats)
        print(f"load {os.getloadavg()[0]:.1f} at the end")


def measure_load(address: str, sessions: int, think: float, repeats: int) -> None:
    """Print the warm first view, then the reruns of all sessions together, with memory before and after."""
    server = process_of(address)
    warm = [asyncio.run(first_view(address, "eight")) for _ in range(FIRST_VIEWS + 1)][1:]
    say(f"first view of the event of eight, warm: p95 of {FIRST_VIEWS}", float(np.percentile(warm, 95)), "s", 1)
    asyncio.run(first_view(address, "sixty"))
    say("the event of sixty, warm", asyncio.run(first_view(address, "sixty")), "s", 4)
    asyncio.run(read_together(address, 4, 0.2, 40))  # every section drawn once; what is kept for all is not the sessions' memory
    before, own, began = server.memory_info().rss, sum(server.cpu_times()[:2]), time.perf_counter()
    seen = asyncio.run(read_together(address, sessions, think, repeats))
    wall, own = time.perf_counter() - began, sum(server.cpu_times()[:2]) - own
    grown = (server.memory_info().rss - before) / 1e6
    runs = len(seen.reruns) + len(seen.opened)
    print(f"{sessions} sessions, {think:g} s of thinking, {runs} runs in {wall:.0f} s: {runs / wall:.1f} a second, {1000 * own / runs:.0f} ms of processor "
          f"and {seen.received / 1000 / runs:.0f} kB each")
    say("rerun p50", float(np.percentile(seen.reruns, 50)), "s", 0.3)
    say("rerun p95", float(np.percentile(seen.reruns, 95)), "s", 0.3)
    say("rerun slowest", max(seen.reruns), "s", 5)
    say("sessions lost or shown an error", len(seen.lost), "", 0)
    say("memory per 50 sessions", grown * 50 / sessions, "MB", 100)
    print(f"memory of the server in all {server.memory_info().rss / 1e6:.0f} MB, {server.num_threads()} threads")
    for trouble in sorted(set(seen.lost))[:3]:
        print("   ", trouble)


if __name__ == "__main__":
    main()
