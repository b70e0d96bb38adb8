"""Web archives of any size: the workers share the records, and one page that kills a worker costs that page alone."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from analysis import pages
from analysis.corpus.entries import Entry
from analysis.schema import InputError
from analysis.settings import Settings
from analysis.worker import Pool

Found = tuple[str, dict[str, Any] | None, str]
"""A place, the row of ARTICLES found there or None, and the reason when there is none."""
_AHEAD = 50  # pages that may wait to be taken
_DONE = None


def read_archive(entry: Entry, settings: Settings, pool: Pool) -> Iterator[Found]:
    """Give the articles of a web archive (WARC, plain or gzip) as they come, and the reason for each page without one.

    Each worker streams the whole archive, which is cheap, and takes its share of the pages apart, which is not. Records that are no pages
    are counted in one note. Memory does not grow with the archive.

    Raises:
        InputError: not one record can be read.
    """
    shares = settings.worker.processes
    raw = b"" if entry.path is not None else entry.read(settings.corpus.max_unpacked)
    told = {"where": entry.where, "path": str(entry.path.resolve()) if entry.path is not None else "", "of": shares}
    found: queue.Queue[Found | InputError | int | None] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def give(one: Found | InputError | int | None) -> None:
        while not stop.is_set():
            try:
                found.put(one, timeout=0.2)
                return
            except queue.Full:
                continue

    def work(share: int) -> None:
        for one in _read_share({**told, "share": share}, raw, pool):
            if stop.is_set():
                return
            give(one)
        give(_DONE)

    done, others, kept, fault = 0, 0, 0, None
    with ThreadPoolExecutor(shares, thread_name_prefix="warc") as threads:
        try:
            for share in range(shares):
                threads.submit(work, share)
            while done < shares:
                one = found.get()
                if isinstance(one, tuple):
                    kept += 1
                    yield one
                done, others = done + (one is _DONE), others + (one if isinstance(one, int) else 0)
                fault = one if isinstance(one, InputError) else fault
        finally:
            stop.set()
    if fault is not None and not kept:
        raise fault
    if fault is not None:
        yield fault.where, None, f"{fault.problem}. {fault.remedy}"
    if others:
        yield entry.where, None, f"{others} records that are no pages were left out"


def _read_share(told: dict[str, Any], raw: bytes, pool: Pool) -> Iterator[Found | InputError | int]:
    """One worker's share: what it finds, the number of its records that are no pages, and the fault that ended the archive early."""
    after, others = 0, 0
    while True:
        at = after
        try:
            for piece in pool.run(("warc", {**told, "after": after}, raw)):
                at = piece["at"]
                others += bool(piece.get("mine") and not piece["page"])
                place = f"{told['where']} record {at}"
                if "row" in piece:
                    yield place, pages.unpack_row(piece["row"]), ""
                elif "reason" in piece:
                    yield place, None, piece["reason"]
        except InputError as error:
            if "after record" in error.where or at <= after:  # the archive's own fault, or no step further than the last time
                yield error
                break
            if at % told["of"] == told["share"]:
                yield f"{told['where']} record {at}", None, f"{error.problem}. {error.remedy}"
            after = at
            continue
        break
    yield others
