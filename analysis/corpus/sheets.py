"""Workbooks (xlsx, xls, ods): the rows of the sheet that holds articles, as records. A leaf that the worker stands on.

A sheet can name billions of cells in a few bytes, so it is only opened in the worker process, whose time and memory are limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from analysis.corpus.exports import recognise
from analysis.corpus.records import find_field
from analysis.schema import InputError

_HEADER_ROWS = 20  # rows looked through for the header; exports put a title or a note above it


def iter_sheet(stream: BinaryIO, where: str, columns: Mapping[str, str], *, any_header: bool = False) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Give the rows of the first sheet with a column for texts or addresses, as (place, record). Formulas count by the value they last had.

    Args:
        stream: the workbook's bytes.
        where: named in messages.
        columns: field -> column, where a person has matched them.
        any_header: take the first row that is not empty for the header, whatever it names (for a preview).

    Raises:
        InputError: no workbook, under a password, or without such a sheet.
    """
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(stream)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).iter_rows()
            header, number = _find_header(rows, columns, any_header)
            if header:
                yield from _records(rows, header, number, f"{where} sheet {name[:40]}")
                return
        raise InputError("no sheet has a column text", where=where, column="text", remedy=f"It has the sheets {', '.join(book.sheet_names)[:200]}")
    except calamine.PasswordError as error:
        raise InputError("the workbook is locked with a password", where=where, remedy="Save it without one") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"not a readable workbook ({str(error)[:80]})", where=where, remedy="Save it as .xlsx or .csv") from error


def _find_header(rows: Iterator[list[Any]], columns: Mapping[str, str], any_header: bool) -> tuple[list[str], int]:
    for number, cells in enumerate(rows, start=1):
        header = [str(cell).strip() for cell in cells]
        if sum(map(bool, header)) > 1 and any_header or _is_header(header, columns):
            return header, number
        if number >= _HEADER_ROWS:
            break
    return [], 0


def _is_header(header: list[str], columns: Mapping[str, str]) -> bool:
    if columns:
        return all(column in header for column in columns.values())
    return recognise(header) is not None or (sum(map(bool, header)) > 1 or header == ["text"]) and any(find_field(name, header) for name in ("text", "url"))


def _records(rows: Iterator[list[Any]], header: list[str], number: int, where: str) -> Iterator[tuple[str, dict[str, Any] | str]]:
    named = [(place, name) for place, name in enumerate(header) if name]
    for cells in rows:
        number += 1
        record = {name: _plain(cells[place]) for place, name in named if place < len(cells)}
        if any(value not in ("", None) for value in record.values()):
            yield f"{where} row {number}", record


def _plain(cell: Any) -> Any:
    """A cell as text or number: a time as ISO 8601, a day alone as such, 12.0 as 12."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell if isinstance(cell, str | int | float | bool) else str(cell)
