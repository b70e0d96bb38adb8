"""What a person does by hand: repairs, corrections and a class's marks, in logs that are only ever added to.

An entry is taken back by a later one that names it; nothing is erased. Every entry's digest rests on the one before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from analysis.corpus import library_schema as tables
from analysis.corpus.library_articles import change_article, damaged
from analysis.corpus.library_digests import LOG_FIELDS, digest_entry, read_meta, write_meta

NAMES = {"repairs": "repair_id", "corrections": "correction_id", "marks": "mark_id"}


def append(connection: Connection, log: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add entries at the end of a log, leaving out those it has already, and return how many were added."""
    table, name = tables.LOGS[log], NAMES[log]
    known = set(connection.scalars(select(table.c[name]).where(table.c[name].in_([row[name] for row in rows]))))
    before, added = read_meta(connection, f"{log} digest"), []
    for row in rows:
        if row[name] not in known:
            before = digest_entry(log, row, before)
            added.append({**{field: row[field] for field in LOG_FIELDS[log]}, "digest": before})
            known.add(row[name])
    if added:
        connection.execute(insert(table), added)
        write_meta(connection, f"{log} digest", before)
    return len(added)


def read(connection: Connection, log: str, where: str) -> pd.DataFrame:
    """Return a whole log in the order made, checked entry by entry.

    Raises:
        LibraryError: an entry is not as it was written, or one is missing.
    """
    rows = connection.execute(select(tables.LOGS[log]).order_by(tables.LOGS[log].c.number)).mappings().all()
    before = ""
    for row in rows:
        before = _checked(log, row, before, where)
    if before != read_meta(connection, f"{log} digest"):
        raise damaged(f"an entry of the {log} is missing", where)
    columns = list(LOG_FIELDS[log])
    return pd.DataFrame([{name: row[name] for name in columns} for row in rows], columns=columns, dtype=None if rows else "object")


def _checked(log: str, row: Mapping[str, Any], before: str, where: str) -> str:
    try:
        digest = digest_entry(log, row, before)
    except TypeError as error:  # a damaged row can hold bytes where text stood
        raise damaged(f"an entry of the {log} is not as it was written", where) from error
    if digest != row["digest"]:
        raise damaged(f"an entry of the {log} is not as it was written", where)
    return digest


def repair_row(repair: Mapping[str, Any]) -> dict[str, Any]:
    """Return a repair as it is stored."""
    return {**{name: repair.get(name, "") for name in ("repair_id", "kind", "target", "reason")}, "at": str(repair["at"]),
            "article_ids": json.dumps(list(repair.get("article_ids", ())))}


def append_repairs(connection: Connection, repairs: Sequence[Mapping[str, Any]]) -> int:
    """Add repairs and return how many were new; one of kind "undo" takes back the repair it names."""
    return append(connection, "repairs", [repair_row(repair) for repair in repairs])


def read_repairs(connection: Connection, where: str) -> pd.DataFrame:
    """Return REPAIRS in the order made; which are undone follows from the later ones."""
    found = read(connection, "repairs", where)
    undos = found[found["kind"] == "undo"]
    undone = dict(zip(undos["target"], undos["repair_id"], strict=True))
    return found.assign(article_ids=[json.loads(ids) for ids in found["article_ids"]],
                        undone_by=pd.Series([undone.get(repair) for repair in found["repair_id"]], dtype="object", index=found.index))


def apply_corrections(connection: Connection, changes: Mapping[str, Mapping[str, Any]], kind: str) -> None:
    """Put the corrected values of some articles in force: article_id to the columns that change."""
    for article_id, values in changes.items():
        change_article(connection, article_id, values, kind)
