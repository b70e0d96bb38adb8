"""Repairs: what a person says about events, kept in a log that is only ever added to.

A repair names the articles as they stood when it was made, so it means the same after a regroup, an added article, an export
and a re-import. The log becomes constraints on grouping, never a patch on its result; taking a repair back gives the exact
former groups, because groups follow from articles and constraints alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.schema import InputError, Table

KINDS = ("move", "split", "merge", "exclude", "include", "same event", "not the same", "undo")
REPAIRS = Table("repairs", "one repair, in the order made", {
    "repair_id": "", "at": "UTC time, ISO 8601", "kind": "one of KINDS", "article_ids": "list of the articles it speaks of",
    "target": "event moved into or merged with, as JSON with its members at that time; the repair an undo takes back; else ''",
    "reason": "the person's words, ''", "undone_by": "repair_id of the undo, None while in force",
})
CONSTRAINT_COLUMNS = ["kind", "article_id", "other_id", "repair_id"]


def make_repair(kind: str, article_ids: Sequence[str], *, at: datetime, log: pd.DataFrame, groups: pd.DataFrame | None = None,
                target: str = "", reason: str = "") -> dict[str, Any]:
    """Make one entry of the log.

    move: the articles go into the event `target`. split: they leave their event together. merge: their events and the event
    `target` (may be '') become one. exclude: each stands alone, whatever it is like. include: lifts that. same event / not the
    same: two articles. undo: takes back the repair `target`.

    Args:
        kind: one of KINDS.
        article_ids: the articles it speaks of; none for undo.
        at: when, with a time zone.
        log: the log so far.
        groups: GROUPS as the person sees them; needed for move, split and merge, which keep the members of that moment.
        target: an event_id or a repair_id.
        reason: the person's words.

    Returns:
        One row of REPAIRS.

    Raises:
        InputError: the kind, an article, the event or the repair is unknown, or the number of articles does not fit.
    """
    ids = list(dict.fromkeys(map(str, article_ids)))
    _check(kind, ids, target, log)
    members = _members(kind, ids, target, groups) if kind in ("move", "split", "merge") else None
    kept = json.dumps(members, ensure_ascii=False, sort_keys=True) if members else target
    seed = json.dumps([len(log), kind, ids, kept, at.isoformat()], ensure_ascii=True)
    return {"repair_id": "r" + hashlib.sha256(seed.encode()).hexdigest()[:12], "at": at.isoformat(), "kind": kind, "article_ids": ids, "target": kept,
            "reason": reason, "undone_by": None}


def _check(kind: str, ids: list[str], target: str, log: pd.DataFrame) -> None:
    if kind not in KINDS:
        raise InputError(f"{kind!r} is no kind of repair", column="kind", remedy=f"Use one of: {', '.join(KINDS)}")
    if kind == "undo":
        standing = {row.repair_id for row in _in_force(log)}
        if target not in standing:
            raise InputError("there is no repair in force to take back", where=f"repair {target}", remedy="Choose one from the log that is not undone")
        return
    if kind in ("same event", "not the same") and len(ids) != 2:
        raise InputError(f"{kind!r} speaks of two articles, not {len(ids)}", column="article_ids", remedy="Name two different articles")
    if not ids:
        raise InputError("the repair names no article", column="article_ids", remedy="Name at least one")


def _members(kind: str, ids: list[str], target: str, groups: pd.DataFrame | None) -> dict[str, Any]:
    """Who is to be with the articles and who apart from them, at this moment."""
    if groups is None:
        raise InputError(f"a {kind} needs the events as they stand", where="groups", remedy="Group the articles first")
    event_of = dict(zip(groups["article_id"], groups["event_id"], strict=True))
    missing = [i for i in ids if i not in event_of]
    if missing:
        raise InputError("no such article", where=f"article {missing[0]}", remedy="Choose an article that is in the library")
    in_event = groups.sort_values("article_id").groupby("event_id")["article_id"].agg(list)
    if (target or kind == "move") and target not in in_event:
        raise InputError("no such event", where=f"event {target}", remedy="Choose an event from the overview")
    left = {i for own in {event_of[i] for i in ids} for i in in_event[own]} - set(ids)
    aim = [i for i in in_event[target] if i not in ids] if target else []
    if kind == "merge":
        return {"event": target, "with": sorted(left | set(aim)), "apart": []}
    return {"event": target, "with": aim if kind == "move" else [], "apart": sorted(left - set(aim))}


def to_constraints(log: pd.DataFrame, groups: pd.DataFrame | None = None) -> pd.DataFrame:
    """Turn the repairs in force into constraints on grouping.

    Where two repairs contradict each other the later one wins; `find_overruled` says which gave way.

    Args:
        log: REPAIRS in the order made.
        groups: GROUPS; when given, constraints on articles that are gone are left out.

    Returns:
        One row a constraint: kind (must, cannot, exclude), article_id, other_id ('' with exclude), repair_id. Free of contradictions.
    """
    accepted, _ = _settle(log)
    table = pd.DataFrame(accepted[::-1], columns=CONSTRAINT_COLUMNS, dtype="object")
    if groups is None:
        return table
    known = set(groups["article_id"]) | {""}
    return table[table["article_id"].isin(known) & table["other_id"].isin(known)].reset_index(drop=True)


def find_overruled(log: pd.DataFrame) -> pd.DataFrame:
    """Say which repairs gave way to later ones, and whether they still hold in part.

    Returns:
        repair_id, part ("in part" or "wholly"), says (one sentence that names the articles); empty when none did.
    """
    accepted, overruled = _settle(log)
    standing = {wish[3] for wish in accepted}
    kinds = dict(zip(log["repair_id"], log["kind"], strict=True))
    rows = []
    for repair_id in sorted({wish[3] for wish in overruled}):
        part = "in part" if repair_id in standing else "wholly"
        lost = [_lost(wish) for wish in overruled if wish[3] == repair_id]
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        rows.append((repair_id, part, f"Repair {repair_id} (\"{kinds[repair_id]}\") gave way {part} to a later one: {lost[-1]}{more}."))
    return pd.DataFrame(rows, columns=["repair_id", "part", "says"], dtype="object")


def _lost(wish: tuple[str, str, str, str]) -> str:
    kind, one, other, _ = wish
    return f"{one} no longer stands alone" if kind == "exclude" else f"{one} and {other} are not held {'together' if kind == 'must' else 'apart'}"


def _settle(log: pd.DataFrame) -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str, str]]]:
    """Accept wishes from the latest to the earliest; one that contradicts an accepted wish is overruled."""
    accepted, overruled = [], []
    root: dict[str, str] = {}
    enemies: set[frozenset[str]] = set()
    alone: set[str] = set()
    included: set[str] = set()
    for row in _in_force(log):
        for kind, one, other in _wishes(row):
            wish = (kind, one, other, row.repair_id)
            if kind == "include":
                included.add(one)
            elif kind == "exclude" and one in included:
                continue
            elif _fits(kind, one, other, root, enemies, alone):
                accepted.append(wish)
                _take(kind, one, other, root, enemies, alone)
            else:
                overruled.append(wish)
    return accepted, overruled


def _find(root: dict[str, str], article: str) -> str:
    while root.get(article, article) != article:
        article = root[article]
    return article


def _fits(kind: str, one: str, other: str, root: dict[str, str], enemies: set[frozenset[str]], alone: set[str]) -> bool:
    if kind == "exclude":
        return one not in root
    if kind == "cannot":
        return _find(root, one) != _find(root, other)
    own, theirs = _find(root, one), _find(root, other)
    return not ({one, other} & alone) and not any({_find(root, a) for a in pair} == {own, theirs} for pair in enemies) if own != theirs else True


def _take(kind: str, one: str, other: str, root: dict[str, str], enemies: set[frozenset[str]], alone: set[str]) -> None:
    if kind == "exclude":
        alone.add(one)
    elif kind == "cannot":
        enemies.add(frozenset((one, other)))
    else:
        own, theirs = _find(root, one), _find(root, other)
        root[own] = root[theirs] = min(own, theirs)
        root.setdefault(one, root[own])
        root.setdefault(other, root[own])


def _wishes(row: Any) -> Iterator[tuple[str, str, str]]:
    """What one repair asks for, as (must | cannot | exclude | include, article, other)."""
    ids = list(row.article_ids)
    if row.kind in ("exclude", "include"):
        yield from ((row.kind, i, "") for i in ids)
    elif row.kind in ("same event", "not the same"):
        yield ("must" if row.kind == "same event" else "cannot", ids[0], ids[1])
    elif row.kind != "undo":
        members = json.loads(row.target)
        together = [*ids, *members["with"]]
        yield from (("must", ids[0], other) for other in together[1:])
        yield from (("cannot", ids[0], other) for other in members["apart"])


def _in_force(log: pd.DataFrame) -> list[Any]:
    """The repairs that stand, latest first; an undo can itself be undone."""
    taken_back: set[str] = set()
    standing = []
    for row in list(log.itertuples(index=False))[::-1]:
        if row.repair_id in taken_back:
            continue
        standing.append(row)
        if row.kind == "undo":
            taken_back.add(row.target)
    return standing


def log_lines(log: pd.DataFrame) -> Iterator[str]:
    """Yield the log as JSON lines, as it is exported beside the results."""
    for row in log[list(REPAIRS.columns)].to_dict("records"):
        yield json.dumps({**row, "article_ids": list(row["article_ids"]), "undone_by": row["undone_by"] or None}, ensure_ascii=False)


def read_log(path: Path) -> pd.DataFrame:
    """Read an exported log.

    Returns:
        REPAIRS in the order of the lines.

    Raises:
        InputError: the file cannot be read, or a line is no repair.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the log of repairs cannot be read", where=str(path), remedy="Give the file that was exported with the results") from error
    rows = [_read_line(line, f"line {number} of {path.name}") for number, line in enumerate(lines, 1) if line.strip()]
    return pd.DataFrame(rows, columns=list(REPAIRS.columns), dtype="object")


def _read_line(line: str, where: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
        whole = isinstance(row, dict) and not set(REPAIRS.columns) - set(row) and row["kind"] in KINDS and isinstance(row["article_ids"], list)
        if whole and row["kind"] in ("move", "split", "merge"):
            whole = set(json.loads(row["target"])) >= {"with", "apart"} and bool(row["article_ids"])
        if whole and row["kind"] in ("same event", "not the same"):
            whole = len(row["article_ids"]) == 2
    except (json.JSONDecodeError, TypeError) as error:
        raise InputError("this is no repair", where=where, remedy="Export the log again") from error
    if not whole:
        raise InputError("this is no repair", where=where, remedy="Export the log again")
    return row
