"""Keep a library: open bundles out and in, backups, checks from end to end, and what to do when something is wrong. `pipeline` is the door to it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import upkeep
from analysis.corpus import corrections as corrections_
from analysis.corpus import library as library_
from analysis.corpus import library_arrivals, library_bundle, library_check, library_tables
from analysis.corpus.library import Library
from analysis.corpus.library_file import FileShelf
from analysis.corpus.library_schema import VERSION
from analysis.road import Progress, quiet
from analysis.schema import GROUPS, InputError, LibraryError
from analysis.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One thing `doctor` looked at: whether it is well, what it saw, and what to do when it is not."""

    well: bool
    says: str
    remedy: str = ""


def export_library(library: Library, path: Path) -> dict[str, int]:
    """Write everything into an open bundle, a folder or a .zip, and return the rows of each table; readers and writers go on meanwhile."""
    return library_bundle.write_bundle(library.shelf, path)


def import_library(library: Library, path: Path, settings: Settings, *, progress: Progress = quiet) -> dict[str, int]:
    """Add everything of a bundle that the library does not have yet, and return how much of each was new.

    Into an empty library everything comes back as it was. Into another one: an article it knows keeps its id here, and repairs, corrections
    and marks follow to that id; then all is grouped anew. An import cut short is simply run again.

    Raises:
        InputError: no bundle, or not as it was written; nothing is added then.
        LibraryError: another program is adding or regrouping.
    """
    with library.alone(), library_bundle.open_bundle(path) as bundle:
        was_empty = not library.count_articles()
        library.begin_ingest([f"bundle {path.name}"])
        names: dict[str, list[tuple[str, str]]] = {}
        for rows in bundle.iter_rows("aliases"):
            for row in rows:
                names.setdefault(row["article_id"], []).append((row["kind"], row["alias"]))
        counts, twins = {"articles": 0}, {}
        for rows in bundle.iter_rows("articles"):
            added = library.write(partial(library_arrivals.add_rows, rows=rows, names={row["article_id"]: names.get(row["article_id"], []) for row in rows},
                                          kind=library.shelf.kind, settings=library.settings))
            counts["articles"] += added.added
            twins |= added.twins
            progress(f"{counts['articles']} articles added so far")
        for kind in ("vectors", "kept", "dropped"):
            for rows in bundle.iter_rows(kind):
                library.write(partial(library_tables.put_stored, kind=kind, rows=rows))
        counts |= _take_over(library, {log: _entries(bundle, log, twins) for log in ("repairs", "corrections", "marks")})
        groups = pd.DataFrame([row for rows in bundle.iter_rows("groups") for row in rows], columns=list(GROUPS.columns))
        if was_empty and len(groups):
            library.save_groups(groups)
        else:
            upkeep.group_waiting(library, settings, set(library.groups()["article_id"]), progress)
        library.end_ingest()
    return counts


def backup_library(library: Library, path: Path) -> None:
    """Copy a library in a file as it is at this moment, while it is in use; the copy appears only when it is whole, and has been checked.

    Raises:
        InputError: something of that name is there, or its folder is not.
        LibraryError: the library lies on a server, or the copy cannot be written.
    """
    if not isinstance(library.shelf, FileShelf):
        raise LibraryError("a library on a server is backed up by the server's own program", where=library.where,
                           remedy="Run `pg_dump --format=custom --file=FILE ADDRESS` (back with pg_restore), or `export`")
    if path.exists() or not path.parent.is_dir():
        raise InputError("there is something of this name already" if path.exists() else "the folder does not exist", where=str(path),
                         remedy="Choose another name" if path.exists() else "Make it first")
    library.shelf.copy_to(path)
    if faults := check_library(path):
        path.unlink()
        raise LibraryError(f"the copy is not sound, because the library is not: {faults[0]}", where=library.where, remedy="Run `doctor` on the library")


def check_library(place: str | Path) -> list[str]:
    """Hold everything against its digest, however large; one sentence a fault, empty when the library is as it was written."""
    settings = replace(Settings().corpus, verify_bytes=0)
    try:
        library = library_.open_library(place, settings=settings, read_only=_is_read_only(place))
    except LibraryError as error:
        return [error.problem]
    faults = library_check.find_faults(library.shelf)
    library.close()
    return faults


def mend_library(place: str | Path) -> list[str]:
    """Clear what is damaged and can be made again, and say what was cleared; see `library_check.mend`."""
    library = library_.open_library(place, settings=replace(Settings().corpus, verify_bytes=0))
    with library.alone():
        done = library_check.mend(library.shelf)
    library.close()
    return done


def examine_library(place: str | Path) -> list[Finding]:
    """Look at everything that can be wrong with a library, and say what to do about each thing that is."""
    path = None if str(place).startswith(library_.SCHEMES) else Path(place)
    if path is not None and not path.is_file():
        return [Finding(False, f"there is no library at {path}", "Check the name, or ingest some articles first")]
    settings = replace(Settings().corpus, verify_bytes=0)
    try:
        library = library_.open_library(place, settings=settings, read_only=_is_read_only(place))
    except LibraryError as error:
        return [Finding(False, error.problem, f"{error.remedy}. If it stays: restore a backup, or move the file away and import a bundle")]
    found = [Finding(True, f"it opens: {library.count_articles()} articles, version {VERSION}")]
    faults = library_check.find_faults(library.shelf)
    found += [Finding(False, fault, "Run `doctor --mend`; if it stays, restore a backup or import a bundle") for fault in faults[:20]]
    found += [] if faults else [Finding(True, "everything is as it was written")]
    unfinished, waiting = library.unfinished(), library.ungrouped()
    if unfinished or waiting:
        found.append(Finding(False, f"an ingest was cut short or is at work now ({', '.join(unfinished)[:200] or 'no source'}); "
                                    f"{len(waiting)} articles wait to be grouped", "Wait until it is done, or run the same ingest again: it carries on"))
    if path is not None:
        found += _room(path)
    library.close()
    return found


def _room(path: Path) -> list[Finding]:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    found = [Finding(free > Settings().corpus.free_times * size, f"the disk has {free / 1e9:.1f} GB free beside a library of {size / 1e9:.3f} GB",
                     "Free some space: a backup or an ingest may not fit")]
    if _is_read_only(path):
        found.append(Finding(False, "the library may be read, not written to", "Change its rights, or copy it to a place you may write to"))
    return found


def _is_read_only(place: str | Path) -> bool:
    return not str(place).startswith(library_.SCHEMES) and Path(place).is_file() and not os.access(place, os.W_OK)


def _entries(bundle: library_bundle.Bundle, log: str, twins: Mapping[str, str]) -> list[dict[str, Any]]:
    """A log's entries, speaking of the articles by the ids they have here."""
    return [_renamed(row, twins) for rows in bundle.iter_rows(log) for row in rows]


def _renamed(row: dict[str, Any], twins: Mapping[str, str]) -> dict[str, Any]:
    if "article_id" in row:
        return {**row, "article_id": twins.get(row["article_id"], row["article_id"])}
    row = {**row, "article_ids": [twins.get(article, article) for article in json.loads(row["article_ids"])]}
    if row["kind"] in ("move", "split", "merge"):
        members = json.loads(row["target"])
        members |= {side: [twins.get(article, article) for article in members[side]] for side in ("with", "apart")}
        row["target"] = json.dumps(members, ensure_ascii=False, sort_keys=True)
    return row


def _take_over(library: Library, logs: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Append what the logs do not have, with the values that corrections put in force, at one stroke."""
    known = {"repairs": set(library.repairs()["repair_id"]), "corrections": set(library.corrections()["correction_id"])}
    new = {"repairs": [row for row in logs["repairs"] if row["repair_id"] not in known["repairs"]],
           "corrections": [row for row in logs["corrections"] if row["correction_id"] not in known["corrections"]]}
    log = pd.DataFrame([*library.corrections().to_dict("records"), *new["corrections"]], columns=list(corrections_.CORRECTIONS.columns))
    named = {row["article_id"] for row in new["corrections"]}
    changes = {article: values for article, values in corrections_.settle(log).items() if article in named}
    library.save_groups(library.groups(), repairs=new["repairs"], corrections=new["corrections"], changes=changes)
    return {**{name: len(rows) for name, rows in new.items()}, "marks": library.append_marks(logs["marks"])}
