"""Whether readers who have left leave anything behind: sessions are opened, read a little and closed, thousands of times.

    .venv/bin/python -m benchmarks.soak_sessions [SESSIONS [AT_ONCE]]

Makes a library of one event of 8 articles, starts the server as `make run` does, and prints memory, open files and threads after every tenth
of the sessions. The first tenth fills what is kept for all (and Streamlit's own store of those just gone, at most 128 of them for two minutes);
flat means that what comes after it does not grow with the sessions.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.bench_load import act
from benchmarks.made_events import SEED, make_library
from benchmarks.visitors import Lost, Served, Visitor, process_of, wait_until_idle


async def call(address: str, number: int, gate: asyncio.Semaphore, lost: list[str]) -> None:
    """One reader: open the event, do one thing, go."""
    async with gate:
        try:
            async with Visitor(address) as visitor:
                await visitor.open("event=eight")
                await act(visitor, random.Random(SEED + number))
                lost += visitor.trouble
        except (Lost, OSError) as error:
            lost.append(f"{type(error).__name__}: {error}")


async def call_many(address: str, numbers: range, at_once: int, lost: list[str]) -> None:
    """Let all of them come, so many at a time."""
    gate = asyncio.Semaphore(at_once)
    await asyncio.gather(*(call(address, number, gate, lost) for number in numbers))


def say(server: psutil.Process, done: int, lost: list[str], began: float) -> None:
    """Print what the server holds now."""
    print(f"{done:7} sessions  {server.memory_info().rss / 1e6:6.0f} MB  {server.num_fds():4} files  {server.num_threads():3} threads  "
          f"{len(lost)} lost or shown an error  {time.perf_counter() - began:5.0f} s", flush=True)


def main() -> None:
    sessions, at_once = (int(given) for given in [*sys.argv[1:], *("10000", "20")[len(sys.argv) - 1:]])
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library.sqlite"
        make_library(library, {"eight": 8}).close()
        with Served(PARALLAX_LIBRARY=str(library)) as address:
            wait_until_idle(address)
            server, began, step = process_of(address), time.perf_counter(), max(1, sessions // 10)
            say(server, 0, lost, began)
            for first in range(0, sessions, step):
                asyncio.run(call_many(address, range(first, min(first + step, sessions)), at_once, lost))
                say(server, min(first + step, sessions), lost, began)
            time.sleep(150)  # Streamlit forgets those who left after two minutes, when the next one comes or goes
            asyncio.run(call_many(address, range(1), 1, lost))
            say(server, sessions + 1, lost, began)
    for trouble in sorted(set(lost))[:3]:
        print("   ", trouble)


if __name__ == "__main__":
    main()
