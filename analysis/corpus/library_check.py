"""Check a library from end to end, say what is wrong and what to do, and mend what can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, delete, literal, select

from analysis.corpus import library_logs, library_tables
from analysis.corpus import library_schema as tables
from analysis.corpus.library_articles import is_whole, iter_rows
from analysis.corpus.library_digests import add_to_sum, digest_blob, digest_values, read_meta
from analysis.corpus.library_search import rebuild_index
from analysis.corpus.library_tables import Shelf
from analysis.schema import GROUPS, LibraryError

_STEP = 500  # rows looked at a time
_KEPT = (("vectors", tables.vectors, "row"), ("kept answers", tables.kept, "blob"))


def find_faults(shelf: Shelf) -> list[str]:
    """Hold everything against its digest: the file itself, articles, logs, groups, aliases, refusals, vectors and what else is kept.

    Returns:
        One sentence a fault, the database's own findings first; empty when the library is as it was written.
    """
    try:
        if found := shelf.find_faults():
            return list(dict.fromkeys(found))  # what a broken file gives back is no ground to look for more
    except LibraryError as error:
        return [error.problem]
    faults: list[str] = []
    for look in (_articles, _logs, _groups, _sums, _blobs):
        try:
            faults += look(shelf)
        except LibraryError as error:
            faults.append(error.problem)
    return list(dict.fromkeys(faults))


def mend(shelf: Shelf) -> list[str]:
    """Clear what is damaged and can be made again: vectors, parses, comparisons, groups and the full-text index.

    Articles, repairs, corrections and marks are never touched.

    Returns:
        One sentence for each thing that was cleared; it is made again when it is next needed.
    """
    done = []
    if faults := _groups(shelf):
        done.append(f"{faults[0]}: cleared; the next `ingest` groups anew")
        with shelf.writing() as connection:
            library_tables.replace_groups(connection, GROUPS.empty())
    with shelf.writing() as connection:
        for name, table, column in _KEPT:
            damaged = [key for key, whole in _iter_blobs(connection, table, column) if not whole]
            for key in damaged:
                connection.execute(delete(table).where(table.c.key == key))
            done += [f"cleared {len(damaged)} damaged {name}; they are made again when needed"] if damaged else []
    with shelf.writing() as connection:
        rebuild_index(connection, shelf.kind)
    return [*done, "made the full-text index anew"]


def _articles(shelf: Shelf) -> list[str]:
    found, total = [], ""
    with shelf.reading() as connection:
        for rows in iter_rows(connection, _STEP):
            found += [f"article {row['article_id']!r} is not as it was written" for row in rows if not is_whole(row)]
            total = total if found else add_to_sum(total, come=[row["digest"] for row in rows])
        return found or _compared(connection, "articles", total, "an article is missing")


def _logs(shelf: Shelf) -> list[str]:
    found = []
    with shelf.reading() as connection:
        for log in tables.LOGS:
            try:
                library_logs.read(connection, log, shelf.where)
            except LibraryError as error:
                found.append(error.problem)
    return found


def _groups(shelf: Shelf) -> list[str]:
    try:
        with shelf.reading() as connection:
            library_tables.read_groups(connection, shelf.where)
    except LibraryError as error:
        return [error.problem]
    return []


def _sums(shelf: Shelf) -> list[str]:
    found = []
    with shelf.reading() as connection:
        for name, table, columns in (("aliases", tables.aliases, ("kind", "alias", "article_id")), ("dropped", tables.dropped, ("where", "reason"))):
            total = ""
            for rows in connection.execute(select(*(table.c[column] for column in columns))).partitions(_STEP):
                total = add_to_sum(total, come=[digest_values(map(str, row)) for row in rows])
            found += _compared(connection, name, total, f"the table of {name} is not as it was written")
    return found


def _compared(connection: Connection, name: str, total: str, fault: str) -> list[str]:
    return [] if total.rjust(32, "0") == read_meta(connection, f"{name} digest").rjust(32, "0") else [fault]


def _blobs(shelf: Shelf) -> list[str]:
    with shelf.reading() as connection:
        counts = {name: sum(not whole for _, whole in _iter_blobs(connection, table, column)) for name, table, column in _KEPT}
    return [f"{n} {name} are not as they were written; `doctor --mend` clears them" for name, n in counts.items() if n]


def _iter_blobs(connection: Connection, table: Any, column: str) -> Iterator[tuple[str, bool]]:
    """The key of every kept row, and whether the row is as it was written."""
    kind = table.c.kind if "kind" in table.c else literal("")
    for rows in connection.execute(select(kind, table.c.key, table.c[column], table.c.digest).execution_options(yield_per=_STEP)).partitions():
        for of, key, blob, digest in rows:
            named = f"{of} {key}" if "kind" in table.c else key
            yield key, isinstance(key, str) and isinstance(blob, bytes | memoryview) and digest_blob(named, bytes(blob)) == digest
