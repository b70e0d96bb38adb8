"""The library's other tables: making and migrating them all, groups, refused records, and the journal of ingests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, inspect, select, text

from analysis.corpus import library_schema as tables
from analysis.corpus.library_articles import damaged, find_many
from analysis.corpus.library_digests import add_to_sum, digest_groups, digest_text, digest_values, read_meta, write_meta
from analysis.corpus.library_file import FileShelf
from analysis.corpus.library_search import POSTGRESQL_INDEX, SQLITE_INDEX
from analysis.corpus.library_server import ServerShelf
from analysis.schema import DROPPED, GROUPS, LibraryError, check_table

Shelf = FileShelf | ServerShelf


def prepare(shelf: Shelf) -> None:
    """Check the version; make or migrate the tables unless read-only. A file of an older version is copied beside itself first.

    Raises:
        LibraryError: not a library, or of a newer version, or of an older one when read-only.
    """
    with shelf.reading() as connection:
        version = _read_version(connection, shelf)
    if version > tables.VERSION:
        raise LibraryError(f"the library was written by a newer version ({version}; this one knows {tables.VERSION})", where=shelf.where,
                           remedy="Update Parallax, or name another library")
    if not shelf.read_only:
        shelf.prepare_to_write()
    if version == tables.VERSION:
        return
    if shelf.read_only:
        raise LibraryError("the library must be brought up to date first", where=shelf.where, remedy="Open it once without read-only")
    if version and isinstance(shelf, FileShelf):
        shelf.copy_to(shelf.path.with_name(f"{shelf.path.name}.version-{version}"))
    with shelf.writing() as connection:
        _migrate(connection, shelf)


def _read_version(connection: Connection, shelf: Shelf) -> int:
    """The library's version; 0 where nothing was ever made."""
    if shelf.is_empty(connection):
        if shelf.kind == tables.POSTGRESQL and set(tables.metadata.tables) & set(inspect(connection).get_table_names()):
            raise LibraryError("this database holds something else", where=shelf.where, remedy="Make one for the library with createdb")
        return 0
    found = read_meta(connection, "version")
    if not found.isdecimal():
        raise damaged("its version cannot be read", shelf.where)
    return int(found)


def _migrate(connection: Connection, shelf: Shelf) -> None:
    """Make the tables where there are none, or run the steps an older library lacks, within the caller's transaction."""
    version = _read_version(connection, shelf)  # again, under the lock: two programs may start at once
    if version == 0:
        tables.metadata.create_all(connection)
        for statement in SQLITE_INDEX if shelf.kind == tables.SQLITE else POSTGRESQL_INDEX:
            connection.exec_driver_sql(statement)
    for step in tables.MIGRATIONS[version - 1:] if version else ():
        for statement in step.statements:
            connection.exec_driver_sql(statement)
        if step.fill is not None:
            step.fill(connection)
    write_meta(connection, "version", str(tables.VERSION))


def replace_groups(connection: Connection, groups: pd.DataFrame) -> None:
    """Put these GROUPS in the place of all there are."""
    rows = check_table(groups, GROUPS)[list(GROUPS.columns)].to_dict("records")
    rows = [{name: None if value != value else value for name, value in row.items()} for row in rows]
    connection.execute(tables.groups.delete())
    write_meta(connection, "groupings", str(int(read_meta(connection, "groupings") or 0) + 1))
    write_meta(connection, "groups digest", digest_groups(rows))
    if rows:
        connection.execute(insert(tables.groups), rows)


def read_groups(connection: Connection, where: str) -> pd.DataFrame:
    """Return GROUPS by article id, checked."""
    rows = connection.execute(select(tables.groups).order_by(tables.groups.c.article_id)).mappings().all()
    try:
        whole = digest_groups(rows) == (read_meta(connection, "groups digest") or digest_groups([]))
    except TypeError:  # a damaged row can hold bytes where text stood
        whole = False
    if not whole:
        raise damaged("the groups are not as they were written; regroup, or restore a backup", where)
    found = pd.DataFrame([dict(row) for row in rows], columns=list(GROUPS.columns))
    return found.astype({"closeness": float, "margin": float})


def remember_dropped(connection: Connection, *parts: pd.DataFrame | None) -> int:
    """Remember refused records and notes, each once, and return how many were handed in."""
    rows = {(row["where"], row["reason"]): row for part in parts if part is not None and len(part)
            for row in check_table(part, DROPPED)[list(DROPPED.columns)].to_dict("records")}
    known = set(find_many(connection, tables.dropped, [where for where, _ in rows], "where", "reason"))
    new = [row for key, row in rows.items() if key not in known]
    if new:
        connection.execute(insert(tables.dropped), new)
        write_meta(connection, "dropped digest", add_to_sum(read_meta(connection, "dropped digest"), come=[digest_values(row.values()) for row in new]))
    return len(rows)


def put_stored(connection: Connection, kind: str, rows: list[dict[str, Any]]) -> None:
    """Keep vectors, kept answers or refusals as another library kept them; what is here stays."""
    if kind == "dropped":
        remember_dropped(connection, pd.DataFrame(rows, columns=list(DROPPED.columns)))
        return
    columns = ("key", "row", "digest") if kind == "vectors" else ("kind", "key", "blob", "digest")
    connection.execute(text(f"INSERT INTO {kind}({', '.join(columns)}) VALUES (:{', :'.join(columns)}) ON CONFLICT DO NOTHING"), rows)  # noqa: S608


def read_dropped(connection: Connection) -> pd.DataFrame:
    """Return DROPPED in order of arrival."""
    rows = connection.execute(select(tables.dropped.c.where, tables.dropped.c.reason).order_by(tables.dropped.c.number)).all()
    return pd.DataFrame(rows, columns=list(DROPPED.columns))


def read_given(connection: Connection, article_id: str) -> dict[str, str]:
    """Return what the source wrote where the library keeps another form; {} when nothing or unknown."""
    found = connection.scalar(select(tables.articles.c.given).where(tables.articles.c.article_id == article_id))
    return json.loads(found) if found else {}


def note(connection: Connection, kind: str, source: str, *, batch: Iterable[str] = (), counts: tuple[int, int, int] = (0, 0, 0)) -> None:
    """Note in the journal that an ingest began ("begin"), that a batch is in ("batch"), or that it ended ("end")."""
    added, known, refused = counts
    connection.execute(insert(tables.journal), {
        "at": datetime.now(UTC).isoformat(), "kind": kind, "source": source, "batch": digest_text("\n".join(map(str, batch))),
        "added": added, "known": known, "refused": refused})


def find_unfinished(connection: Connection) -> list[str]:
    """Return the sources of the ingest that began last when it never ended."""
    last = connection.execute(text("SELECT kind, source FROM journal WHERE kind IN ('begin', 'end') ORDER BY number DESC LIMIT 1")).one_or_none()
    return last.source.split("\n") if last is not None and last.kind == "begin" else []
