"""Hostile pages, feeds and sheets are taken apart in a process of their own, which is killed when it takes too long or too much.

A page of 9.6 MB in equal paragraphs holds trafilatura for 46 s, a feed of nested entities holds feedparser, a sheet can name billions of
cells; none of them can be told to stop. The process talks over its own pipes in frames of JSON and bytes, nothing is pickled, and it knows
only the jobs of `JOBS`. It is started at the first job and replaced after a kill or `worker_jobs` jobs.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

if __name__ == "__main__":  # started by file name, so that nothing of the caller's set-up is repeated in it
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from analysis.schema import InputError
from analysis.settings import Settings, WorkerSettings

_STACK = 50  # records a frame; with texts of a megabyte each it still fits into the memory a job may take
_FRAME = struct.Struct(">II")
_REMEDY = "Copy the article's text instead"
_ROOT = Path(__file__).resolve().parents[1]
Job = tuple[str, dict[str, Any], bytes]
"""The job's name in JOBS, what it is told, and the bytes it takes apart."""
Tag = TypeVar("Tag")


class Worker:
    """One such process; it does one job at a time."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings, self._process, self._frames, self._done = settings, None, queue.SimpleQueue[tuple[dict[str, Any], bytes] | None](), 0

    def run(self, job: Job) -> Iterator[dict[str, Any]]:
        """Do a job and yield what it gives, piece by piece.

        Raises:
            InputError: what the job raised, or that it took longer than `seconds` for a piece, too much memory, or crashed.
        """
        name, told, raw = job
        if self._process is None or self._done >= self._settings.jobs:
            self.close()
            self._start()
        self._done += 1
        whole = False
        try:
            _send(self._process.stdin, {"job": name, **told}, raw)
            while (answer := self._next(told.get("where", "")))[0]["kind"] == "piece":
                yield answer[0]["piece"]
            whole = True
        except BrokenPipeError as error:
            raise self._lost(told.get("where", "")) from error
        finally:
            if not whole:  # killed, crashed, or nobody wants the rest
                self.close()
        if answer[0]["kind"] == "refused":
            raise InputError(**answer[0]["error"])

    def close(self) -> None:
        """End the process; the next job starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                pipe.close()
        self._process, self._done = None, 0

    def _start(self) -> None:
        command = [sys.executable, str(Path(__file__).resolve()), str(self._settings.bytes)]
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,  # noqa: S603 - our own file
                                         env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
        self._frames = queue.SimpleQueue()
        threading.Thread(target=_collect, args=(self._process.stdout, self._frames), daemon=True).start()
        self._next("", self._settings.start_seconds)

    def _next(self, where: str, seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
        try:
            frame = self._frames.get(timeout=seconds or self._settings.seconds)
        except queue.Empty as error:
            fault = f"taking it apart took longer than {self._settings.seconds:.0f} s"
            raise InputError(fault, where=where, remedy=_REMEDY) from error
        if frame is None:
            raise self._lost(where)
        return frame

    def _lost(self, where: str) -> InputError:
        return InputError("taking it apart needs more memory than an article should, or crashes the reader", where=where, remedy=_REMEDY)


class Pool:
    """Several workers; jobs are done side by side and answered in the order asked."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._size, self._threads = settings.processes, ThreadPoolExecutor(settings.processes, thread_name_prefix="worker")
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for _ in range(settings.processes):
            self._idle.put(Worker(settings))

    def run(self, job: Job) -> Iterator[dict[str, Any]]:
        """Do one job on the next idle worker; see `Worker.run`."""
        worker = self._idle.get()
        try:
            yield from worker.run(job)
        finally:
            self._idle.put(worker)

    def run_all(self, jobs: Iterable[tuple[Tag, Job]]) -> Iterator[tuple[Tag, list[dict[str, Any]] | InputError]]:
        """Do many tagged jobs side by side: for each, in order, its pieces or its error. Only a few are taken from `jobs` ahead of the answers."""
        waiting: deque[tuple[Tag, Future[list[dict[str, Any]] | InputError]]] = deque()
        for tag, job in jobs:
            waiting.append((tag, self._threads.submit(self._answer, job)))
            if len(waiting) > 2 * self._size:
                tag, future = waiting.popleft()
                yield tag, future.result()
        for tag, future in waiting:
            yield tag, future.result()

    def close(self) -> None:
        """End all processes; those at work finish their job first."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def _answer(self, job: Job) -> list[dict[str, Any]] | InputError:
        try:
            return list(self.run(job))
        except InputError as error:
            return error


@lru_cache(maxsize=4)
def shared_pool(settings: WorkerSettings) -> Pool:
    """Return the pool of this process, made at its first use and ended with it."""
    pool = Pool(settings)
    atexit.register(pool.close)
    return pool


def _html(told: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    from analysis import pages

    yield pages.pack_row(pages.read_html(raw, Settings().clean, told.get("url", ""), told.get("charset", "")))


def _feed(told: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    from analysis.corpus import feeds

    yield from feeds.read_feed(raw, told["where"], url=told.get("url", ""), limit=told["limit"])


def _opml(told: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    from analysis.corpus import feeds

    yield from feeds.read_opml(raw, told["where"])


def _records(told: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    """The records of a workbook or a Parquet file, some hundred a piece."""
    from analysis.corpus import archives, entries, formats, sheets

    entry = entries.entry_of_file(told["path"]) if told.get("path") else entries.entry_of_bytes(told["where"], raw)
    if told["kind"] == "sheet":
        archives.check_workbook(entry, Settings().corpus)
        with entry.open() as stream:
            yield from _stacks(sheets.iter_sheet(stream, entry.where, told["columns"], any_header=told["preview"]))
    else:
        reading = formats.Reading(columns=told["columns"], all_columns=told["preview"])
        yield from _stacks(formats.iter_records(entry, reading))


def _warc(told: dict[str, Any], raw: bytes) -> Iterator[dict[str, Any]]:
    """This worker's share of the pages of a web archive; every record is named before it is taken apart, so that a kill tells which it was."""
    from analysis import pages
    from analysis.corpus import archives, entries, warc

    entry = entries.entry_of_file(told["path"]) if told.get("path") else entries.entry_of_bytes(told["where"], raw)
    if entries.sniff(entry) == "gzip":
        entry = archives.open_gzip(entry, Settings().corpus)
    for number, page in warc.iter_pages(entry, Settings().clean):
        mine = number > told["after"] and number % told["of"] == told["share"]
        yield {"at": number, "page": mine and page is not None, "mine": mine}
        if not mine or page is None:
            continue
        if isinstance(page, str):
            yield {"at": number, "reason": page}
            continue
        try:
            yield {"at": number, "row": pages.pack_row(pages.read_html(page.raw, Settings().clean, page.url, page.charset))}
        except InputError as error:
            yield {"at": number, "reason": f"{error.problem}. {error.remedy}"}


def _stacks(records: Iterator[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
    stack: list[tuple[str, Any]] = []
    for record in records:
        stack.append(record)
        if len(stack) == _STACK:
            yield {"records": stack}
            stack = []
    yield {"records": stack}


def _fault(error: InputError, told: dict[str, Any]) -> dict[str, str]:
    return {"problem": error.problem, "where": error.where or told.get("where", ""), "column": error.column, "remedy": error.remedy}


JOBS: dict[str, Callable[[dict[str, Any], bytes], Iterator[dict[str, Any]]]] = {"html": _html, "feed": _feed, "opml": _opml, "records": _records, "warc": _warc}


def _serve(stream: BinaryIO, out: BinaryIO) -> None:
    """Do job after job until the caller hangs up."""
    _send(out, {"kind": "ready"})
    while (frame := _receive(stream)) is not None:
        told, raw = frame
        try:
            for piece in JOBS[told["job"]](told, raw):
                _send(out, {"kind": "piece", "piece": piece})
            _send(out, {"kind": "whole"})
        except InputError as error:
            _send(out, {"kind": "refused", "error": _fault(error, told)})
        except (MemoryError, RecursionError) as error:
            said = InputError(f"taking it apart needs more {'memory' if isinstance(error, MemoryError) else 'depth'} than an article should",
                              remedy=_REMEDY)
            _send(out, {"kind": "refused", "error": _fault(said, told)})


def _limit_memory(more: int) -> None:
    """Allow this process so many bytes more than it holds now; systems that cannot be told (Windows, macOS) go without."""
    status = Path("/proc/self/status")
    if not status.exists():
        return
    import resource

    held = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (held + more, held + more))


def _collect(stream: BinaryIO, frames: queue.SimpleQueue) -> None:
    """Pass on frames until the process ends, then None."""
    try:
        while (frame := _receive(stream)) is not None:
            frames.put(frame)
    except (OSError, ValueError):  # the pipe was closed while it was read: the process has been ended
        frames.put(None)
        return
    frames.put(None)


def _send(stream: BinaryIO, told: dict[str, Any], raw: bytes = b"") -> None:
    head = json.dumps(told, default=str).encode()
    stream.write(_FRAME.pack(len(head), len(raw)) + head)
    stream.write(raw)
    stream.flush()


def _receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    sizes = stream.read(_FRAME.size)
    if len(sizes) < _FRAME.size:
        return None
    head, body = _FRAME.unpack(sizes)
    told, raw = stream.read(head), stream.read(body)
    return (json.loads(told), raw) if len(told) == head and len(raw) == body else None


if __name__ == "__main__":
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes nowhere near the frames
    import trafilatura  # noqa: F401 - loaded before memory is limited

    from analysis import pages

    pages.known_outlets()
    _limit_memory(int(sys.argv[1]))
    _serve(sys.stdin.buffer, pipe)
