"""What changes a library by hand: regrouping, repairs, corrections, class marks. `pipeline` is the door to all of it.

Whatever regroups holds the library alone from the first look to the last write, and what a person says lands at one stroke with what
follows from it; a program killed anywhere leaves the state before or the state after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import kept as kept_
from analysis import pages, road
from analysis.corpus import class_marks, outlets
from analysis.corpus import corrections as corrections_
from analysis.corpus.library import Library
from analysis.events import candidates
from analysis.events import repairs as repairs_
from analysis.road import Progress
from analysis.schema import InputError
from analysis.settings import Settings


def regroup(library: Library, settings: Settings, touched: set[str]) -> None:
    """Group anew the stretch of time the touched articles lie in, under the repairs in force; vectors are remembered."""
    with library.alone():
        library.save_groups(_grouped(library, settings, touched, library.repairs()))


def repair(library: Library, kind: str, article_ids: Sequence[str], *, target: str = "", reason: str = "") -> str:
    """Record a repair and the grouping under it at one stroke, and return its id; see `events.repairs` for the kinds.

    Raises:
        InputError: the kind, an article, the event or the repair is unknown; nothing is recorded then.
    """
    with library.alone():
        log, groups = library.repairs(), library.groups()
        if unknown := sorted(set(article_ids) - set(groups["article_id"])):
            raise InputError("the library has no such article", where=unknown[0], column="article_ids", remedy="`ingest` it first, or check the id")
        made = repairs_.make_repair(kind, list(article_ids), at=datetime.now(UTC), log=log, groups=groups, target=target, reason=reason)
        longer = _with_repairs(log, [made])
        library.save_groups(_grouped(library, Settings(), _touched(log, longer, groups), longer), repairs=[made])
    return made["repair_id"]


def undo(library: Library, repair_id: str) -> str:
    """Take a repair back and regroup; the log keeps both."""
    return repair(library, "undo", [], target=repair_id)


def export_repairs(library: Library) -> Iterator[str]:
    """Yield the log of repairs as JSON lines, for a colleague's library or for `group --repairs`."""
    yield from (line + "\n" for line in repairs_.log_lines(library.repairs()))


def import_repairs(library: Library, path: Path) -> int:
    """Add the repairs of an exported log that the library does not have yet, regroup, and return how many were added.

    Raises:
        InputError: the file is no log of repairs.
    """
    with library.alone():
        log = library.repairs()
        new = [row for row in repairs_.read_log(path).to_dict("records") if row["repair_id"] not in set(log["repair_id"])]
        if new:
            longer = _with_repairs(log, new)
            library.save_groups(_grouped(library, Settings(), _touched(log, longer, library.groups()), longer), repairs=new)
    return len(new)


def overruled_repairs(library: Library) -> pd.DataFrame:
    """Return which repairs gave way to later ones; see `repairs.find_overruled`."""
    return repairs_.find_overruled(library.repairs())


def correct(library: Library, article_id: str, field: str, value: str, *, reason: str = "") -> str:
    """Correct an article's outlet, title, date (published), agency or genre, regroup its stretch of time, and return the correction's id.

    The correction wins over every later ingest until it is undone; what came with the article is kept beside it. An outlet's alias or
    domain becomes the outlet's one name.

    Raises:
        InputError: the article or field is unknown, or the value cannot be understood or stands there already.
    """
    if field == "outlet":
        value = outlets.name_outlet(value, outlets.index_outlets(pages.known_outlets())) or value
    with library.alone():
        found = library.articles([article_id])
        if found.empty:
            raise InputError("the library has no such article", where=article_id, remedy="`ingest` it first, or check the id")
        log = library.corrections()
        made = corrections_.make_correction(found.to_dict("records")[0], field, value, at=datetime.now(UTC), log=log, reason=reason)
        _save_corrections(library, log, [made])
    return made["correction_id"]


def undo_correction(library: Library, correction_id: str) -> str:
    """Take a correction back, regroup, and return the id of the entry that says so; the log keeps both.

    Raises:
        InputError: no correction in force has this id.
    """
    with library.alone():
        log = library.corrections()
        made = corrections_.make_undo(correction_id, at=datetime.now(UTC), log=log)
        _save_corrections(library, log, [made])
    return made["correction_id"]


def mark(library: Library, event_id: str, article_id: str, place: tuple[int, int, int], *, pupil: str, label: str = "") -> str:
    """Append a class mark and return its id; several programs may mark at once, also beside an ingest.

    Args:
        library: where it is kept.
        event_id: the event or storyline on screen.
        article_id: the article marked in.
        place: (sentence, start, end), as in SENTENCES.
        pupil: a code the class chose, up to 12 letters and figures; never a name.
        label: what the pupil calls it, '' for a plain mark.

    Raises:
        InputError: the article is unknown, or place, code or label does not fit.
    """
    found = library.articles([article_id])
    if found.empty:
        raise InputError("the library has no such article", where=article_id, remedy="Open the event again")
    made = class_marks.make_mark(found.to_dict("records")[0], event_id, place, pupil=pupil, label=label, at=datetime.now(UTC))
    library.append_marks([made])
    return made["mark_id"]


def undo_mark(library: Library, mark_id: str) -> str:
    """Take a class mark back and return the id of the entry that says so; the log keeps both.

    Raises:
        InputError: no mark in force has this id.
    """
    made = class_marks.make_undo(mark_id, at=datetime.now(UTC), log=library.marks())
    library.append_marks([made])
    return made["mark_id"]


def group_waiting(library: Library, settings: Settings, changed: set[str], progress: Progress) -> None:
    """Group what stands in no group yet, and what changed; the caller holds the library alone."""
    waiting = set(library.ungrouped()) | changed
    if waiting:
        progress(f"grouping {len(waiting)} articles")
        library.save_groups(_grouped(library, settings, waiting, library.repairs()))


def _grouped(library: Library, settings: Settings, touched: set[str], log: pd.DataFrame, articles: pd.DataFrame | None = None) -> pd.DataFrame:
    """GROUPS as they will stand under a log of repairs; nothing is written but vectors."""
    articles = library.articles() if articles is None else articles
    return road.regroup(articles, library.groups(), touched, kept_.embed_of(library, settings), settings, repairs_.to_constraints(log))


def _with_repairs(log: pd.DataFrame, new: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    longer = pd.DataFrame([*log.to_dict("records"), *new], columns=list(repairs_.REPAIRS.columns))
    undone = {row["target"]: row["repair_id"] for row in longer.to_dict("records") if row["kind"] == "undo"}
    return longer.assign(undone_by=pd.Series([undone.get(name) for name in longer["repair_id"]], dtype="object", index=longer.index))


def _save_corrections(library: Library, log: pd.DataFrame, new: Sequence[Mapping[str, Any]]) -> None:
    """Append corrections and save what follows from them: the articles' values, and the groups of everything near."""
    longer = pd.DataFrame([*log.to_dict("records"), *new], columns=list(corrections_.CORRECTIONS.columns))
    named = {row["article_id"] for row in new}
    changes = {article: values for article, values in corrections_.settle(longer).items() if article in named}
    articles = library.articles()
    left = candidates.select_window(articles, named, Settings().events, reach=1)  # an article that changes leaves those it was near, too
    for article, values in changes.items():
        at = articles.index[articles["article_id"] == article]
        for column, value in values.items():
            articles.loc[at, column] = pd.Timestamp(value) if column == "published" and value else (pd.NaT if column == "published" else value)
    touched = named | set(left.index[left != "outside"])
    library.save_groups(_grouped(library, Settings(), touched, library.repairs(), articles), corrections=new, changes=changes)


def _touched(before: pd.DataFrame, after: pd.DataFrame, groups: pd.DataFrame) -> set[str]:
    """The articles of every event of which a longer log demands something else: a repair may revive or overrule earlier ones."""
    demands = [set(repairs_.to_constraints(log)[["kind", "article_id", "other_id"]].itertuples(index=False, name=None)) for log in (before, after)]
    named = {article for _, *articles in demands[0] ^ demands[1] for article in articles}
    events = groups.loc[groups["article_id"].isin(named), "event_id"]
    return set(groups.loc[groups["event_id"].isin(events), "article_id"])
