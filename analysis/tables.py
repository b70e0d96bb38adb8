"""Tables and workbooks as sources: which of them are taken apart in the worker process, and what a person sees before matching columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.corpus import read
from analysis.corpus.entries import Entry, entry_of_bytes, entry_of_file, sniff
from analysis.corpus.formats import Reading, Record, iter_records
from analysis.corpus.read import Preview, preview_records
from analysis.links import Link, Web
from analysis.settings import Settings
from analysis.worker import Job, Pool, shared_pool

Batch = tuple[pd.DataFrame, pd.DataFrame]
"""ARTICLES and DROPPED."""


@dataclass(frozen=True)
class Upload:
    """A file that came through the browser.

    Attributes:
        name: shown in messages, never used as a path.
        raw: its bytes.
        columns: field -> column of a table, where a person has matched them.
    """

    name: str
    raw: bytes
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """How a source is read.

    Attributes:
        settings: limits.
        web: the way out; None keeps the network off.
        columns: field -> column of a table, where a person has matched them.
    """

    settings: Settings
    web: Web | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def pool(self) -> Pool:
        """The processes that take hostile input apart."""
        return shared_pool(self.settings.worker)


def entry_of(source: Path | str | Upload) -> Entry:
    """Return a file or an upload as something to read.

    Raises:
        InputError: as `entries.entry_of_file`.
    """
    return entry_of_bytes(source.name, source.raw) if isinstance(source, Upload) else entry_of_file(source)


def preview_table(source: Path | Upload, settings: Settings) -> Preview | None:
    """Return the beginning of a table or workbook; None for a source of another kind.

    Raises:
        InputError: it cannot be read.
    """
    entry = entry_of(source)
    kind = sniff(entry)
    if kind not in ("table", "sheet"):
        return None
    way = Way(settings)
    records = _apart_records(entry, kind, way, preview=True) if _apart(entry, kind) else iter_records(entry, Reading(settings.corpus, all_columns=True))
    return preview_records(records, entry.where)


def iter_table(source: Path | Entry, chunk: int | None = None, *, way: Way, as_given: bool = False, links: list[Link] | None = None) -> Iterator[Batch]:
    """Read a table or workbook in steps; see `read.iter_table`. Workbooks and Parquet are taken apart in the worker process.

    Raises:
        InputError: as `read.iter_table`.
    """
    entry = source if isinstance(source, Entry) else entry_of_file(source)
    reading = Reading(way.settings.corpus, dict(way.columns), as_given, links=links)
    kind = sniff(entry)
    if not _apart(entry, kind):
        yield from read.iter_table(entry, chunk, reading=reading)
        return

    yield from read.rows_to_articles(_apart_records(entry, kind, way), entry.where, chunk or reading.settings.chunk, reading)


def _apart(entry: Entry, kind: str) -> bool:
    """Whether a table is of a kind that is read in the worker process."""
    return kind == "sheet" or kind == "table" and (entry.suffix == ".parquet" or entry.head(4) == b"PAR1")


def _apart_records(entry: Entry, kind: str, way: Way, *, preview: bool = False) -> Iterator[Record]:
    """The records of a workbook or Parquet file, as the worker process gives them."""
    told = {"where": entry.where, "kind": kind, "columns": dict(way.columns), "preview": preview}
    if entry.path is not None:
        job: Job = ("records", {**told, "path": str(entry.path.resolve())}, b"")
    else:
        job = ("records", told, entry.read(way.settings.corpus.max_unpacked))
    for piece in way.pool.run(job):
        yield from ((where, record) for where, record in piece["records"])
