"""The library: the person's articles, groups, repairs, corrections and marks, and what was dear to compute, in a file or on a server.

Readers never wait for a writer, a batch is written whole or not at all, and every fault is a LibraryError that says what to do. Safe from
several threads: each call takes a connection of its own. What is read is held against its digest, so damage is never passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, text

from analysis.corpus import library_arrivals, library_articles, library_check, library_kept, library_logs, library_tables
from analysis.corpus import library_schema as tables
from analysis.corpus.library_arrivals import Added
from analysis.corpus.library_events import count_events, count_storylines, list_events, list_storylines, name_storylines
from analysis.corpus.library_file import FileShelf
from analysis.corpus.library_search import Hits, find_articles
from analysis.corpus.library_server import ServerShelf, patient
from analysis.schema import ARTICLES, LibraryError, check_table
from analysis.settings import CorpusSettings

SCHEMES = ("postgresql://", "postgresql+psycopg://")


def open_library(place: str | Path, *, read_only: bool = False, settings: CorpusSettings | None = None) -> Library:
    """Open a library, making it when there is none, and bring an older one up to date.

    Args:
        place: the SQLite file, whose folder must exist, or `postgresql+psycopg://user@host/database`, which must exist.
        read_only: never write, not even to make or migrate it.
        settings: how long a writer waits, and up to which size a file is checked from end to end when it is opened.

    Raises:
        LibraryError: missing when read-only, not a library, damaged, locked, not reachable, or written by a newer version of the tool.
    """
    settings = settings or CorpusSettings()
    if str(place).startswith(SCHEMES):
        shelf: FileShelf | ServerShelf = ServerShelf(str(place), read_only, settings.busy_seconds)
    else:
        if read_only and not Path(place).is_file():
            raise LibraryError("there is no such library", where=str(place), remedy="Ingest some articles first")
        shelf = FileShelf(Path(place), read_only, settings.busy_seconds)
    library = Library(shelf, settings)
    try:
        library.prepare()
    except LibraryError:
        library.close()
        raise
    return library


class Library:
    """The open library; made by `open_library`. Tables come and go in the contracts of `analysis.schema`."""

    def __init__(self, shelf: FileShelf | ServerShelf, settings: CorpusSettings) -> None:
        self.shelf, self.settings, self.where = shelf, settings, shelf.where

    def close(self) -> None:
        """Give the library back; it cannot be used after."""
        self.shelf.close()

    def prepare(self) -> None:
        """Check the version, make or migrate the tables unless read-only, and look for damage as far as that is quick."""
        library_tables.prepare(self.shelf)
        if self.shelf.kind == tables.SQLITE and self.shelf.size() <= self.settings.verify_bytes and (faults := library_check.find_faults(self.shelf)):
            raise library_articles.damaged(faults[0], self.where)

    def alone(self) -> AbstractContextManager[None]:
        """Hold the right to work on the library at length (ingest, regroup, repair, correct, import); others may read and mark."""
        return self.shelf.alone()

    @patient
    def add_articles(self, articles: pd.DataFrame, dropped: pd.DataFrame | None = None, source: str = "") -> Added:
        """Add a batch whole or not at all; doing it twice adds nothing.

        An article is known by its id, by its outlet, title and text, or by its address when title or words agree; tracking, www, mobile
        and AMP forms of an address do not matter. A known one keeps the text that came first, so that groups, repairs and marks on it stay true;
        only a teaser gets its whole text when that comes.

        Args:
            articles: ARTICLES; a further column `given` (dict or JSON) holds what the source wrote where we keep another form.
            dropped: DROPPED, remembered beside them.
            source: what the journal calls the file or address they came from.

        Raises:
            LibraryError: locked, full, read-only or damaged.
        """
        check_table(articles, ARTICLES)
        with self.shelf.writing() as connection:
            added = library_arrivals.add_articles(connection, articles, self.shelf.kind, self.settings)
            n_refused = library_tables.remember_dropped(connection, dropped, added.notes)
            library_tables.note(connection, "batch", source, batch=articles["article_id"], counts=(added.added, added.known, n_refused))
        return added

    @patient
    def write(self, work: Callable[[Connection], Any]) -> Any:
        """Do some writing whole or not at all, and return what it gives: for what joins the library's parts, such as an import."""
        with self.shelf.writing() as connection:
            return work(connection)

    @patient
    def articles(self, ids: Sequence[str] | None = None, *, without_text: bool = False) -> pd.DataFrame:
        """Return ARTICLES, all or those asked for, in order of arrival; unknown ids are left out.

        Args:
            ids: which; all when None.
            without_text: leave `text` empty (lists and overviews need none of it).
        """
        with self.shelf.reading() as connection:
            return library_articles.read_articles(connection, ids, without_text, self.where)

    @patient
    def given(self, article_id: str) -> dict[str, str]:
        """Return what the source wrote where the library keeps another form (a date, an outlet's alias); {} when nothing or unknown."""
        with self.shelf.reading() as connection:
            return library_tables.read_given(connection, article_id)

    @patient
    def dropped(self) -> pd.DataFrame:
        """Return every refused record remembered, in order of arrival."""
        with self.shelf.reading() as connection:
            return library_tables.read_dropped(connection)

    def begin_ingest(self, sources: Sequence[str]) -> None:
        """Note that an ingest of these sources begins."""
        self.write(lambda connection: library_tables.note(connection, "begin", "\n".join(sources)))

    def end_ingest(self) -> None:
        """Note that the ingest that began last is whole: added and grouped."""
        self.write(lambda connection: library_tables.note(connection, "end", ""))

    @patient
    def unfinished(self) -> list[str]:
        """Return the sources of an ingest that began and never ended: run it again, and it carries on; [] when all is whole."""
        with self.shelf.reading() as connection:
            return library_tables.find_unfinished(connection)

    @patient
    def search(self, query: str, limit: int = 200) -> Hits:
        """Return ids of articles that hold every word of the query, best first: the words in the title, then in order, then often.

        Any text is a valid query; "quoted words" are a phrase, the last word may be unfinished. Of very many matches the newest
        `ranked_matches` are ranked, and the list says so in `beyond`.
        """
        with self.shelf.reading() as connection:
            return find_articles(connection, query, limit, self.settings.ranked_matches)

    @patient
    def events(self, page: int = 1, per_page: int = 50, **filters: Any) -> pd.DataFrame:
        """Return one page of the events overview, newest first; see `library_events.list_events` for filters and columns."""
        with self.shelf.reading() as connection:
            return list_events(connection, page, per_page, filters)

    @patient
    def count_events(self, **filters: Any) -> int:
        """Count the events the same filters leave, for paging."""
        with self.shelf.reading() as connection:
            return count_events(connection, filters)

    @patient
    def storylines(self, page: int = 1, per_page: int = 0) -> pd.DataFrame:
        """Return the storylines of two events or more, newest first; see `library_events.list_storylines`."""
        with self.shelf.reading() as connection:
            return list_storylines(connection, page, per_page)

    @patient
    def count_storylines(self) -> int:
        """Count the storylines of two events or more."""
        with self.shelf.reading() as connection:
            return count_storylines(connection)

    @patient
    def name_storylines(self, storyline_ids: Sequence[str]) -> dict[str, str]:
        """Return storyline_id -> the earliest headline it has, for those that have one."""
        with self.shelf.reading() as connection:
            return name_storylines(connection, storyline_ids)

    @patient
    def outlets(self) -> list[str]:
        """Return the outlets that have articles, by name."""
        with self.shelf.reading() as connection:
            return list(connection.scalars(text("SELECT DISTINCT outlet FROM articles WHERE outlet <> '' ORDER BY outlet")))

    @patient
    def stamp(self) -> str:
        """Return a text that changes whenever articles, groups, repairs or corrections change: what a cache of anything shown is keyed by."""
        with self.shelf.reading() as connection:
            return "-".join(str(connection.scalar(text(query)) or 0) for query in (
                "SELECT MAX(number) FROM articles", "SELECT value FROM meta WHERE key = 'groupings'", "SELECT MAX(number) FROM repairs",
                "SELECT MAX(number) FROM corrections"))

    @patient
    def count_articles(self) -> int:
        """Return how many articles the library holds."""
        with self.shelf.reading() as connection:
            return library_articles.count_rows(connection)

    @patient
    def ungrouped(self) -> list[str]:
        """Return the ids of articles that stand in no group yet, in order of arrival."""
        with self.shelf.reading() as connection:
            return library_articles.list_ungrouped(connection)

    @patient
    def groups(self) -> pd.DataFrame:
        """Return GROUPS as last saved; empty before the first grouping."""
        with self.shelf.reading() as connection:
            return library_tables.read_groups(connection, self.where)

    @patient
    def save_groups(self, groups: pd.DataFrame, repairs: Sequence[Mapping[str, Any]] = (), corrections: Sequence[Mapping[str, Any]] = (),
                    changes: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Replace all groups by these at one stroke, together with the repairs or corrections they follow from.

        Readers see the old state or the new one, never a mixture: a repair without its effect, or the other way round.

        Args:
            groups: GROUPS.
            repairs, corrections: entries to append to the logs.
            changes: the columns of articles that the corrections change, as `corrections.settle` gives them.

        Raises:
            LibraryError: a group names an article the library does not have.
        """
        with self.shelf.writing() as connection:
            library_logs.append_repairs(connection, repairs)
            library_logs.append(connection, "corrections", corrections)
            library_logs.apply_corrections(connection, changes or {}, self.shelf.kind)
            library_tables.replace_groups(connection, groups)

    @patient
    def repairs(self) -> pd.DataFrame:
        """Return the person's repairs in the order made, undone ones included: repair_id, at, kind, article_ids (list), target, reason, undone_by."""
        with self.shelf.reading() as connection:
            return library_logs.read_repairs(connection, self.where)

    def append_repair(self, repair: Mapping[str, Any]) -> None:
        """Append one repair (the columns of `repairs`); one of kind "undo" takes back the repair it has as its target."""
        self.write(lambda connection: library_logs.append_repairs(connection, [repair]))

    @patient
    def corrections(self) -> pd.DataFrame:
        """Return CORRECTIONS in the order made, those taken back included."""
        with self.shelf.reading() as connection:
            return library_logs.read(connection, "corrections", self.where)

    @patient
    def marks(self) -> pd.DataFrame:
        """Return MARKS in the order made, those taken back included."""
        with self.shelf.reading() as connection:
            return library_logs.read(connection, "marks", self.where)

    def append_marks(self, marks: Sequence[Mapping[str, Any]]) -> int:
        """Append marks (the columns of `marks`), leaving out those it has, and return how many were added."""
        return self.write(lambda connection: library_logs.append(connection, "marks", marks))

    @patient
    def get_many(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the float32 vectors kept under these keys; unknown keys are left out."""
        with self.shelf.reading() as connection:
            return library_kept.read_vectors(connection, keys, self.where)

    @patient
    def put_many(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Keep vectors under keys that name model and text, in full float32 so that a warm answer equals the cold one to the last bit.

        A read-only library keeps none: they can be made again.
        """
        if vectors and not self.shelf.read_only:
            with self.shelf.writing() as connection:
                library_kept.write_vectors(connection, vectors)

    @patient
    def cached(self, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what was kept under these keys ("parses", "comparisons" …); unknown keys are left out."""
        with self.shelf.reading() as connection:
            return library_kept.read_blobs(connection, kind, keys, self.where)

    @patient
    def keep(self, kind: str, blobs: Mapping[str, bytes]) -> None:
        """Keep bytes under a kind and keys that say all that made them; the latest stands. A read-only library keeps none: they can be made again."""
        if blobs and not self.shelf.read_only:
            with self.shelf.writing() as connection:
                library_kept.write_blobs(connection, kind, blobs)
