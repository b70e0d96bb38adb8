"""The shapes of tables: JSONL, JSON, CSV, TSV and Parquet give their records one by one. A leaf that `read` stands on."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.corpus.entries import TABLES, Entry, refuse_binary
from analysis.corpus.exports import recognise
from analysis.corpus.records import FIELDS, find_field
from analysis.corpus.text import find_encoding
from analysis.schema import InputError
from analysis.settings import CorpusSettings

SHAPES = "Give JSONL, CSV or Parquet with a field text; see docs/ways-in.md"
_WRAPPED = re.compile(r'"articles"\s{0,9}:\s{0,9}\[')
_FREE = 10_000_000  # bytes that a Parquet file may unpack to however small it is
_ROWS = 100  # of a Parquet file made into records at a time; a text may have a million characters
Record = tuple[str, dict[str, Any] | str]
"""Where a record stands, and its fields, or the reason why it has none."""


@dataclass(frozen=True)
class Reading:
    """How a table is read.

    Attributes:
        settings: limits.
        columns: field of ARTICLES -> column of the table, where a person has matched them; other fields go by their usual names.
        as_given: keep `text` and `title` character for character (only lone surrogates become U+FFFD), so that offsets into the file's
            text stay true; otherwise both are normalised.
        all_columns: read columns that no field goes by, too (for a preview).
        links: where records with an address and no text are put, as (where, fields); None when nobody can fetch them.
    """

    settings: CorpusSettings = field(default_factory=CorpusSettings)
    columns: Mapping[str, str] = field(default_factory=dict)
    as_given: bool = False
    all_columns: bool = False
    links: list[tuple[str, dict[str, str]]] | None = None


def iter_records(entry: Entry, reading: Reading) -> Iterator[Record]:
    """Give the records of a table one after the other, as they stand; what is no record gives its reason.

    Raises:
        InputError: empty, binary, in no known encoding, not one of the formats, or without a column that can hold an article.
    """
    settings = reading.settings
    head = entry.head(settings.head_bytes)
    shape = "parquet" if head.startswith(b"PAR1") else TABLES.get(entry.suffix, "")
    if shape == "parquet":
        return _parquet_records(entry, reading)
    refuse_binary(head, entry.where, SHAPES)
    encoding = find_encoding(head, entry.where)
    start = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if not start:
        raise InputError("the file is empty", where=entry.where, remedy="Give a file that holds an article")
    if start.startswith("[") and shape in ("json", "jsonl", "") or shape == "json" and _is_one_object(start):
        return _array_records(entry, encoding, settings)
    if shape in ("json", "jsonl") or start.startswith("{"):
        return _line_records(entry, encoding, settings)
    if shape == "csv":
        return _csv_records(entry, encoding, reading)
    raise InputError("this is not a table of articles", where=entry.where, remedy=SHAPES)


def _is_one_object(start: str) -> bool:
    """Whether a .json file is one object (over several lines, or one that wraps a list) rather than one object a line."""
    first = start.partition("\n")[0].rstrip()
    return not first.endswith("}") or _WRAPPED.search(first[:2000]) is not None


def _open(entry: Entry, encoding: str) -> io.TextIOWrapper:
    # Bytes that do not fit become surrogates here, so that a later step can refuse their record alone.
    errors = "surrogateescape" if not encoding.startswith("utf-16") and not encoding.startswith("utf-32") else "strict"
    return io.TextIOWrapper(entry.open(), encoding=encoding, errors=errors, newline="")


def _misread(text: str, encoding: str) -> str:
    """The reason to refuse a raw record with bytes that are not in the file's encoding, ''."""
    if text.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in text):
        return ""
    return f"some bytes are not {encoding}; save the file as UTF-8"


def _parse(text: str) -> dict[str, Any] | str:
    """One JSON object, or the reason why it is none."""
    try:
        record = json.loads(text, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at character {error.pos}"
    except (ValueError, RecursionError):
        return "not usable JSON: a number is too long or the nesting too deep"
    return record if isinstance(record, dict) else f"a JSON {type(record).__name__} where an object with a field text was expected"


def _line_records(entry: Entry, encoding: str, settings: CorpusSettings) -> Iterator[Record]:
    limit = settings.max_record_bytes
    with _open(entry, encoding) as file:
        number, line = 1, file.readline(limit)
        while line:
            where = f"{entry.where} line {number}"
            if len(line) >= limit and not line.endswith("\n"):
                while line and not line.endswith("\n"):
                    line = file.readline(limit)
                yield where, f"the line is longer than {limit:,} characters; write one article a line"
            elif line.strip("\ufeff \t\r\n"):
                yield where, _misread(line, encoding) or _parse(line.strip("\ufeff \t\r\n"))
            number, line = number + 1, file.readline(limit)


def _array_records(entry: Entry, encoding: str, settings: CorpusSettings) -> Iterator[Record]:
    with _open(entry, encoding) as file:
        text = file.read(settings.max_file_bytes + 1)
    if len(text) > settings.max_file_bytes:
        raise InputError(f"a JSON list over {settings.max_file_bytes:,} characters cannot be read in steps", where=entry.where,
                         remedy="Write it as JSONL, one article a line")
    try:
        value = json.loads(text, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", where=f"{entry.where} line {error.lineno}", remedy=SHAPES) from error
    except (ValueError, RecursionError) as error:
        raise InputError("not usable JSON: a number is too long or the nesting too deep", where=entry.where, remedy=SHAPES) from error
    if isinstance(value, dict):  # NewsAPI and others wrap their list; a lone article is a list of one
        value = value["articles"] if isinstance(value.get("articles"), list) else [value]
    for number, record in enumerate(value, start=1):
        expected = f"a JSON {type(record).__name__} where an object with a field text was expected"
        yield f"{entry.where} record {number}", record if isinstance(record, dict) else expected


def _csv_records(entry: Entry, encoding: str, reading: Reading) -> Iterator[Record]:
    limit = reading.settings.max_record_bytes
    csv.field_size_limit(limit)  # the interpreter's own limit of 131,072 refuses long articles
    with _open(entry, encoding) as file:
        first = file.readline(limit)
        mark = "\t" if entry.suffix in (".tsv", ".tab") else max(",;\t|", key=first.count)
        lines = csv.reader(_bounded_lines(first, file, entry.where, limit), delimiter=mark)
        try:
            header = [cell.strip("\ufeff \t") for cell in next(lines)]
            _check_header(header, f"{entry.where} line 1", reading)
            line = lines.line_num + 1
            for cells in lines:
                yield from _csv_record(f"{entry.where} line {line}", header, cells, encoding)
                line = lines.line_num + 1
        except csv.Error as error:
            raise InputError(f"not CSV: {error}", where=f"{entry.where} line {lines.line_num}",
                             remedy="Look for a quotation mark that is never closed") from error


def _check_header(header: list[str], where: str, reading: Reading) -> None:
    """Refuse a table that can hold neither a text nor, where links are fetched, an address.

    Raises:
        InputError: no such column, or a matched one is not there.
    """
    if missing := [column for column in reading.columns.values() if column not in header]:
        raise InputError(f"there is no column {missing[0]}", where=where, column=missing[0], remedy=f"It has {', '.join(header)[:200]}")
    if reading.all_columns:
        return
    has_text = "text" in reading.columns or find_field("text", header) is not None
    has_link = "url" in reading.columns or find_field("url", header) is not None
    if not has_text and not has_link and recognise(header) is None:
        raise InputError("no column text in the header", where=where, column="text",
                         remedy=f"It has {', '.join(header)[:200]}; one of {', '.join(FIELDS['text'])} holds the article")


def _bounded_lines(first: str, file: io.TextIOWrapper, where: str, limit: int) -> Iterator[str]:
    line = first
    while line:
        if len(line) >= limit:
            raise InputError(f"a line is longer than {limit:,} characters", where=where, remedy="Look for a quotation mark that is never closed")
        yield line
        line = file.readline(limit)


def _csv_record(where: str, header: list[str], cells: list[str], encoding: str) -> Iterator[Record]:
    if not any(cell.strip() for cell in cells):
        return
    if len(cells) > len(header):
        yield where, f"{len(cells)} cells under {len(header)} columns; put quotation marks round a cell that holds the separator"
    else:
        yield where, _misread("".join(cells), encoding) or dict(zip(header, cells, strict=False))


def _parquet_records(entry: Entry, reading: Reading) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = entry.path if entry.path is not None else io.BytesIO(entry.read(reading.settings.max_unpacked))
        with pq.ParquetFile(source) as file:
            columns = file.schema_arrow.names
            _check_header(columns, entry.where, reading)
            number = unpacked = 0
            packed = entry.path.stat().st_size if entry.path is not None else source.getbuffer().nbytes
            names = {name.lower() for names in FIELDS.values() for name in names} | {name.lower() for name in reading.columns.values()}
            every = reading.all_columns or recognise(columns) is not None
            wanted = columns if every else [name for name in columns if name.strip().lower() in names]
            for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
                records = batch.to_pylist()
                texts = (value for record in records for value in record.values() if isinstance(value, str))
                unpacked += batch.nbytes + sum(map(len, texts))  # a text that a dictionary repeats counts once in nbytes
                if unpacked > max(_FREE, reading.settings.max_ratio * packed):
                    raise InputError(f"it unpacks to more than {reading.settings.max_ratio} times its size, as no article does", where=entry.where,
                                     remedy="Write the file again as JSONL if you trust it")
                for record in records:
                    number += 1
                    yield f"{entry.where} row {number}", record
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"not readable Parquet ({str(error)[:120]})", where=entry.where, remedy="Write the file again") from error
