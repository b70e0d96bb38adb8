"""Read articles from JSONL, JSON, CSV, TSV and Parquet, in steps of bounded memory, losing nothing in silence.

A record that holds no article goes to `dropped` with its place and the reason; the others are read. A table that holds none at all is
an InputError. A record with an address and no text is a link: it goes to `links` when the caller can fetch it, else to `dropped`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.corpus.entries import Entry, entry_of_file
from analysis.corpus.exports import recognise
from analysis.corpus.formats import SHAPES, Reading, Record, iter_records
from analysis.corpus.records import FIELDS, Seen, find_field, read_link, read_record
from analysis.schema import ARTICLES, DROPPED, InputError
from analysis.settings import CorpusSettings


def read_table(path: str | Path | Entry, *, settings: CorpusSettings | None = None, as_given: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a whole table of articles; `iter_table` is the same in steps.

    Args:
        path: JSONL, JSON, CSV, TSV or Parquet.
        settings: limits; the defaults when left out.
        as_given: as in `Reading`.

    Returns:
        ARTICLES in the file's order, and DROPPED: refused records, repeats, and notes on kept ones ("kept without a time …").

    Raises:
        InputError: as `iter_table`.
    """
    parts = list(iter_table(path, reading=Reading(settings or CorpusSettings(), as_given=as_given)))
    return (pd.concat([articles for articles, _ in parts], ignore_index=True), pd.concat([dropped for _, dropped in parts], ignore_index=True))


def iter_table(source: str | Path | Entry, chunk: int | None = None, *, reading: Reading | None = None) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Read a table of articles in steps of `chunk` records.

    Only `text` is required. Other names in use are understood (docs/ways-in.md lists them: body, content, source, date …), and so are the
    exports of `exports.EXPORTS`. Missing ids are made from outlet, title and text, so the same article always gets the same id. "NA" and
    "null" are names of outlets, not gaps. A time without a zone is taken as UTC; a time that cannot be understood leaves NaT and a note. A
    day alone, or midnight to the second, counts as precision 'day'. The same id twice: the same content counts once, other content is refused.

    Args:
        source: JSONL, JSON (a list of objects), CSV, TSV or Parquet, by its name or else by its first bytes.
        chunk: records a step; the setting when left out.
        reading: limits, matched columns, and where links go.

    Yields:
        (ARTICLES, DROPPED) of up to `chunk` records; memory does not grow with the table.

    Raises:
        InputError: missing, a directory, empty, binary, in no known encoding, not one of the formats, or without a single article or link.
    """
    reading = reading or Reading()
    entry = source if isinstance(source, Entry) else entry_of_file(source)
    yield from rows_to_articles(iter_records(entry, reading), entry.where, chunk or reading.settings.chunk, reading)


def rows_to_articles(records: Iterable[Record], where: str, chunk: int, reading: Reading) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Turn records of any table into ARTICLES and DROPPED, in steps; see `iter_table`."""
    seen, kept, first = Seen(), 0, ""
    try:
        for batch in _batches(records, chunk):
            before = len(reading.links or ())
            articles, dropped = _read_batch(batch, seen, reading)
            kept += len(articles) + len(reading.links or ()) - before
            first = first or (f"{dropped['where'].iloc[0]}: {dropped['reason'].iloc[0]}" if len(dropped) else "")
            yield articles, dropped
    except UnicodeDecodeError as error:
        raise InputError(f"some bytes are not {error.encoding}", where=where, remedy="Save the file as UTF-8") from error
    if not kept:
        raise InputError("the file holds no article", where=where, remedy=f"First reason: {first}" if first else SHAPES)


@dataclass(frozen=True)
class Preview:
    """The beginning of a table, for a person to match its columns.

    Attributes:
        columns: as the table names them.
        records: its first records as they stand.
        export: the tool whose export it is, '' for a table of somebody's own.
        usual: field -> the column that holds it by its usual name.
    """

    columns: list[str]
    records: list[dict[str, Any]]
    export: str
    usual: dict[str, str]


def preview_records(records: Iterable[Record], where: str, rows: int = 5) -> Preview:
    """Look at the first records of a table.

    Raises:
        InputError: it has none.
    """
    found = list(islice((record for _, record in records if isinstance(record, dict)), rows))
    columns = list(dict.fromkeys(str(name) for record in found for name in record))
    if not columns:
        raise InputError("there is no record to show", where=where, remedy=SHAPES)
    export = recognise(columns)
    return Preview(columns, found, export.name if export else "", {name: column for name in FIELDS if (column := find_field(name, columns)) is not None})


def _batches(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_batch(batch: list[Record], seen: Seen, reading: Reading) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, refused = [], []
    for where, record in batch:
        row, notes = (None, [record]) if isinstance(record, str) else _read_one(where, record, reading)
        if row is not None and (reason := seen.refuses(row)):
            row, notes = None, [reason]
        if row is not None:
            rows.append(row)
        refused += [{"where": where, "reason": note} for note in notes]
    published = pd.to_datetime(pd.Series([row.pop("published") for row in rows], dtype="object"), utc=True).astype("datetime64[us, UTC]")
    # Types are set by hand, so that a step whose every record was refused does not change them for the whole table.
    articles = pd.DataFrame(rows, columns=[*ARTICLES.columns, "given"]).astype("str").assign(published=published)
    articles["n_words"] = articles["n_words"].astype("int64")
    return articles, pd.DataFrame(refused, columns=list(DROPPED.columns), dtype="str")


def _read_one(where: str, record: dict[str, Any], reading: Reading) -> tuple[dict[str, Any] | None, list[str]]:
    """One record as a row, or put aside as a link, or refused; with the notes for `dropped`."""
    export = None if reading.columns else recognise(record)
    if export is not None:
        record = export.adapt(record)
    elif reading.columns:
        taken = set(reading.columns.values())
        rest = {name: value for name, value in record.items() if name not in taken and str(name).strip().lower() not in reading.columns}
        record = {**rest, **{name: record.get(column) for name, column in reading.columns.items()}}
    link = read_link(record)
    if link is not None and reading.links is not None:
        reading.links.append((where, link))
        return None, []
    row, notes = read_record(record, reading.settings.max_characters, reading.as_given)
    if row is None and link is not None:
        said = f"a list of {export.name}" if export else "this record"
        return None, [f"{said} has an address and no text; fetch it with --network"]
    return row, notes + ([export.note] if export and export.note and row is not None else [])
