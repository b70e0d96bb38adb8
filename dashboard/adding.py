"""One ingest at a time, on a thread of its own: it goes on when the person leaves the page, and any visit sees how far it is.

With `data` the only file of the dashboard that stands on the pipeline.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis import pipeline
from analysis.schema import ParallaxError
from analysis.settings import Settings
from dashboard import data

Work = Callable[[Callable[[str], None]], Any]
"""What is done: takes a function that is told each step, returns the report."""
_STEPS = 200  # kept; the last ones are shown


@dataclass
class Job:
    """An ingest under way or done.

    Attributes:
        owner: the session that began it; only it sees names and reasons.
        steps: what it said so far.
        report: `pipeline.Ingested` once it is done.
        error: why it ended early.
        running: whether it is still at work.
    """

    owner: str
    steps: list[str] = field(default_factory=list)
    report: Any = None
    error: ParallaxError | None = None
    running: bool = True
    began: float = field(default_factory=time.monotonic)


class Adding:
    """The server's one place for an ingest."""

    def __init__(self) -> None:
        self._lock, self._job = threading.Lock(), None

    @property
    def job(self) -> Job | None:
        """The ingest under way, or else the last one."""
        return self._job

    def start(self, owner: str, work: Work) -> bool:
        """Begin an ingest; False, and nothing happens, while another is under way."""
        with self._lock:
            if self._job is not None and self._job.running:
                return False
            self._job = job = Job(owner)
        threading.Thread(target=self._run, args=(job, work), name="adding", daemon=True).start()
        return True

    def forget(self, owner: str) -> None:
        """Put the report of a finished ingest away."""
        with self._lock:
            if self._job is not None and not self._job.running and self._job.owner == owner:
                self._job = None

    @staticmethod
    def _run(job: Job, work: Work) -> None:
        def tell(step: str) -> None:
            job.steps = [*job.steps[-_STEPS:], step]

        try:
            job.report = work(tell)
        except ParallaxError as error:
            job.error = error
        finally:
            job.running = False


_ADDING = Adding()


def current() -> Job | None:
    """Return the ingest under way on this server, or else the last one."""
    return _ADDING.job


def start(owner: str, sources: list[Any], network: bool) -> bool:
    """Begin to add sources in the background; False while another ingest is under way.

    Args:
        owner: the session that asks.
        sources: links, and what `upload` and `pasted` return.
        network: whether links may be fetched.

    Raises:
        LibraryError: the library is only shown here.
    """
    shelf, settings = data.library_to_change(), Settings()

    def work(tell: Callable[[str], None]) -> Any:
        web = pipeline.open_web(shelf, settings) if network else None
        return pipeline.ingest(shelf, sources, settings, web=web, progress=tell, forgiving=True)

    return _ADDING.start(owner, work)


def forget(owner: str) -> None:
    """Put the report of a finished ingest away, and look at the library anew."""
    _ADDING.forget(owner)
    data.look_again()


def upload(name: str, raw: bytes, columns: Mapping[str, str]) -> Any:
    """Return an uploaded file as something to add."""
    return pipeline.Upload(name, raw, dict(columns))


def pasted(text: str, edits: Mapping[int, Mapping[str, str]], left_out: frozenset[int]) -> Any:
    """Return a pasted text, as put right, as something to add."""
    return pipeline.Pasted(text, edits, left_out)


def look_at_pasted(text: str) -> list[dict[str, Any]]:
    """Return what each article of a pasted text would become."""
    return pipeline.look_at_pasted(pipeline.Pasted(text))


def is_date(written: str) -> bool:
    """Say whether a date as written can be understood; nothing written is an unknown date."""
    return not written.strip() or pipeline.is_date(written)


def preview_table(name: str, raw: bytes) -> Any:
    """Return the beginning of an uploaded table (columns, records, export, usual); None for another kind of file."""
    return data.keep(("preview", name, hashlib.sha256(raw).hexdigest()), lambda: pipeline.preview_table(pipeline.Upload(name, raw)))


def has_feeds() -> bool:
    """Say whether any feed was ever added."""
    return "<outline" in feeds_opml()


def feeds_opml() -> str:
    """Return the feeds added so far as OPML."""
    return pipeline.export_feeds(data.library())
