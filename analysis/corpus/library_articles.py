"""Articles coming out of the library, and changed in it: each as it went in, each checked against its digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, bindparam, func, select, text

from analysis.corpus import library_schema as tables
from analysis.corpus.library_digests import add_to_sum, digest_article, digest_text, read_meta, write_meta
from analysis.corpus.library_search import index_on_server
from analysis.schema import ARTICLES, LibraryError

_KEYS_A_QUERY = 900  # under SQLite's oldest limit of 999 parameters a statement
_SMALL = [column for column in ARTICLES.columns if column != "text"]


def read_articles(connection: Connection, ids: Sequence[str] | None, without_text: bool, where: str) -> pd.DataFrame:
    """Return ARTICLES in order of arrival, each checked; see `Library.articles`."""
    stored = tables.articles.c
    wanted = ["number", *(column for column in (*ARTICLES.columns, "given", "text_digest", "digest") if not (without_text and column == "text"))]
    if ids is None:
        rows = connection.execute(select(*(stored[name] for name in wanted)).order_by(stored.number)).mappings().all()
    else:
        rows = [dict(zip(wanted, row, strict=True)) for row in find_many(connection, tables.articles, ids, *wanted, by="article_id")]
        rows.sort(key=lambda row: row["number"])
    check_rows(rows, where)
    if ids is None and add_to_sum("", come=[row["digest"] for row in rows]) != (read_meta(connection, "articles digest") or "0" * 32):
        raise damaged("an article is missing", where)
    return as_articles(rows, without_text)


def as_articles(rows: Iterable[Mapping[str, Any]], without_text: bool = False) -> pd.DataFrame:
    """Return stored rows as an ARTICLES table with its types."""
    found = pd.DataFrame([dict(row) for row in rows], columns=_SMALL if without_text else list(ARTICLES.columns))
    if without_text:
        found["text"] = ""
    found["published"] = pd.to_datetime(found["published"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    found["n_words"] = found["n_words"].astype("int64")
    return found[list(ARTICLES.columns)]


def check_rows(rows: Iterable[Mapping[str, Any]], where: str) -> None:
    """Hold stored articles against their digests.

    Raises:
        LibraryError: one of them is not as it was written.
    """
    for row in rows:
        if not is_whole(row):
            raise damaged(f"article {row['article_id']!r} is not as it was written", where)


def is_whole(row: Mapping[str, Any]) -> bool:
    """Say whether a stored article is as it was written; a row read without its text is held against the rest."""
    try:
        return row["digest"] == digest_article(row) and ("text" not in row or row["text_digest"] == digest_text(row["text"]))
    except (TypeError, AttributeError):  # a damaged row can hold bytes where text stood
        return False


def damaged(problem: str, where: str) -> LibraryError:
    """Return the error for something that is not as it was written."""
    return LibraryError(f"the library is damaged: {problem}", where=where, remedy="Run `doctor` on it, or restore a backup")


def change_article(connection: Connection, article_id: str, values: Mapping[str, Any], kind: str) -> None:
    """Put corrected values in the place of an article's own, with its digest and its words in the search."""
    row = connection.execute(select(tables.articles).where(tables.articles.c.article_id == article_id)).mappings().one()
    changed = {**row, **values}
    changed["digest"] = digest_article(changed)
    connection.execute(tables.articles.update().where(tables.articles.c.article_id == article_id), {**values, "digest": changed["digest"]})
    write_meta(connection, "articles digest", add_to_sum(read_meta(connection, "articles digest"), [row["digest"]], [changed["digest"]]))
    if kind == tables.POSTGRESQL and {"title", "text"} & set(values):
        index_on_server(connection, [changed])


def iter_rows(connection: Connection, step: int) -> Iterator[list[dict[str, Any]]]:
    """Yield all stored articles, some at a time, so that memory does not grow with the library."""
    stored, number = tables.articles, 0
    while rows := connection.execute(select(stored).where(stored.c.number > number).order_by(stored.c.number).limit(step)).mappings().all():
        yield [dict(row) for row in rows]
        number = rows[-1]["number"]


def find_many(connection: Connection, table: Any, keys: Iterable[str], *columns: str, by: str = "", **same: str) -> Iterator[tuple]:
    """Yield columns of the rows whose key is one of many; the key is the first column, or the one named `by`."""
    key, wanted = table.c[by or columns[0]], list(dict.fromkeys(keys))
    statement = select(*(table.c[name] for name in columns)).where(key.in_(bindparam("keys", expanding=True)), *(table.c[n] == v for n, v in same.items()))
    for start in range(0, len(wanted), _KEYS_A_QUERY):
        yield from (tuple(row) for row in connection.execute(statement, {"keys": wanted[start:start + _KEYS_A_QUERY]}).all())


def count_rows(connection: Connection) -> int:
    """Return how many articles there are."""
    return connection.scalar(select(func.count()).select_from(tables.articles))


def list_ungrouped(connection: Connection) -> list[str]:
    """Return the ids of articles that stand in no group yet, in order of arrival."""
    return list(connection.scalars(text("SELECT a.article_id FROM articles a LEFT JOIN groups g ON g.article_id = a.article_id "
                                        "WHERE g.article_id IS NULL ORDER BY a.number")))
