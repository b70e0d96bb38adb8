"""The events overview, computed in SQL so that a page of fifty events costs the same in a library of a thousand and of a million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Text, bindparam, text

from analysis.corpus.library_search import MATCHING, NOTHING, match_words

COLUMNS = ("event_id", "storyline_id", "n_articles", "n_outlets", "n_origins", "first", "last", "provenance", "title")
STORYLINE_COLUMNS = ("storyline_id", "n_events", "n_articles", "first", "last", "title")
IDS_A_QUERY = 900  # under SQLite's oldest limit of 999 parameters a statement
FILTERS = ("search", "outlet", "since", "until", "min_origins")


def list_events(connection: Connection, page: int, per_page: int, filters: Mapping[str, Any]) -> pd.DataFrame:
    """Return one page of events, newest first, then those without a time, then by id.

    Args:
        connection: the library's.
        page: from 1; a page past the end is empty.
        per_page: events a page.
        filters: `search` (words or "a phrase" in any of its articles), `outlet` (one of its outlets), `since` and `until` (UTC times its
            articles reach into), `min_origins`. None and '' filter nothing.

    Returns:
        COLUMNS: counts; `first` and `last` UTC (NaT when no article has a time); `provenance` the label of its articles, '' when they have
        none or several; `title` the earliest headline there is.
    """
    rest, values = _conditions(filters, connection.dialect.name)
    ids = list(connection.scalars(text(  # which events first: counting everything of every event would take twice as long as the page needs
        f"SELECT g.event_id FROM groups g JOIN articles a ON a.article_id = g.article_id {rest} "  # noqa: S608
        "ORDER BY MAX(a.published) IS NULL, MAX(a.published) DESC, g.event_id LIMIT :per_page OFFSET :skip"),
        {**values, "per_page": per_page, "skip": (max(page, 1) - 1) * per_page}))
    rows = connection.execute(text(
        "SELECT g.event_id, MIN(g.storyline_id) AS storyline_id, COUNT(*) AS n_articles, COUNT(DISTINCT NULLIF(a.outlet, '')) AS n_outlets, "
        "COUNT(DISTINCT g.origin_id) AS n_origins, MIN(a.published) AS first, MAX(a.published) AS last, "
        "CASE WHEN MIN(a.provenance) = MAX(a.provenance) THEN MIN(a.provenance) ELSE '' END AS provenance "
        "FROM groups g JOIN articles a ON a.article_id = g.article_id WHERE g.event_id IN :ids GROUP BY g.event_id")
        .bindparams(bindparam("ids", expanding=True, type_=Text())), {"ids": ids}).mappings().all()
    rows = sorted(rows, key=lambda row: ids.index(row["event_id"]))
    return _titled(connection, pd.DataFrame(rows, columns=list(COLUMNS[:-1])), "event_id")


def list_storylines(connection: Connection, page: int = 1, per_page: int = 0) -> pd.DataFrame:
    """Return the storylines of two events or more, newest first: STORYLINE_COLUMNS, as in `list_events`.

    Args:
        connection: the library's.
        page: from 1; a page past the end is empty.
        per_page: storylines a page; 0 returns all.
    """
    piece = " LIMIT :per_page OFFSET :skip" if per_page else ""
    rows = connection.execute(text(
        "SELECT g.storyline_id, COUNT(DISTINCT g.event_id) AS n_events, COUNT(*) AS n_articles, MIN(a.published) AS first, MAX(a.published) AS last "
        "FROM groups g JOIN articles a ON a.article_id = g.article_id GROUP BY g.storyline_id HAVING MIN(g.event_id) <> MAX(g.event_id) "
        "ORDER BY MAX(a.published) IS NULL, MAX(a.published) DESC, g.storyline_id" + piece),
        {"per_page": per_page, "skip": (max(page, 1) - 1) * per_page} if per_page else {}).mappings().all()
    return _titled(connection, pd.DataFrame(rows, columns=list(STORYLINE_COLUMNS[:-1])), "storyline_id")


def count_storylines(connection: Connection) -> int:
    """Count the storylines of two events or more."""
    return connection.scalar(text(
        "SELECT COUNT(*) FROM (SELECT storyline_id FROM groups GROUP BY storyline_id HAVING MIN(event_id) <> MAX(event_id)) AS chosen"))


def name_storylines(connection: Connection, storyline_ids: Sequence[str]) -> dict[str, str]:
    """Return the earliest headline of each of these storylines that has one."""
    return _titles(connection, "storyline_id", list(dict.fromkeys(storyline_ids)))


def count_events(connection: Connection, filters: Mapping[str, Any]) -> int:
    """Count the events the filters leave."""
    if not any(value not in (None, "") for value in filters.values()):
        return connection.scalar(text("SELECT COUNT(DISTINCT event_id) FROM groups"))
    having, values = _conditions(filters, connection.dialect.name)
    return connection.scalar(text(
        "SELECT COUNT(*) FROM (SELECT g.event_id FROM groups g JOIN articles a ON a.article_id = g.article_id " + having + ") AS chosen"), values)  # noqa: S608


def _conditions(filters: Mapping[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    """The WHERE, GROUP BY and HAVING of these filters: fixed words only, every value a bound parameter."""
    if unknown := set(filters) - set(FILTERS):
        raise TypeError(f"unknown filters {sorted(unknown)}; there are {', '.join(FILTERS)}")
    given = {name: value for name, value in filters.items() if value not in (None, "")}
    where, having, values = [], [], {}
    inside = "g.event_id IN (SELECT h.event_id FROM groups h JOIN articles b ON b.article_id = h.article_id WHERE {})"
    if "search" in given:
        where.append(inside.format(f"b.number IN ({MATCHING[kind]})"))
        values["words"] = match_words(given["search"], kind) or NOTHING[kind]
    if "outlet" in given:
        where.append(inside.format("b.outlet = :outlet"))
        values["outlet"] = given["outlet"]
    for name, condition in (("since", "MAX(a.published) >= :since"), ("until", "MIN(a.published) <= :until")):
        if name in given:
            having.append(condition)
            values[name] = _written(given[name])
    if "min_origins" in given:
        having.append("COUNT(DISTINCT g.origin_id) >= :min_origins")
        values["min_origins"] = int(given["min_origins"])
    return (f"{'WHERE ' + ' AND '.join(where) if where else ''} GROUP BY g.event_id "
            f"{'HAVING ' + ' AND '.join(having) if having else ''}"), values


def _written(moment: Any) -> str:
    moment = pd.Timestamp(moment)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def _titles(connection: Connection, key: str, ids: Sequence[str]) -> dict[str, str]:
    """The earliest headline of each of these groups: the last of each key stays."""
    statement = text(
        f"SELECT g.{key}, a.title FROM groups g JOIN articles a ON a.article_id = g.article_id WHERE g.{key} IN :ids AND a.title <> '' "  # noqa: S608
        "ORDER BY a.published IS NULL DESC, a.published DESC, a.number DESC").bindparams(bindparam("ids", expanding=True, type_=Text()))
    parts = [list(ids[start:start + IDS_A_QUERY]) for start in range(0, len(ids), IDS_A_QUERY)]
    return dict(pair for part in parts for pair in connection.execute(statement, {"ids": part}).all())


def _titled(connection: Connection, found: pd.DataFrame, key: str) -> pd.DataFrame:
    """Add the earliest headline of each group and make its times times."""
    titles = _titles(connection, key, list(found[key]))
    for column in ("first", "last"):
        found[column] = pd.to_datetime(found[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return found.assign(title=[titles.get(name, "") for name in found[key]])
