"""The one door to a library: what the command line and the dashboard call. What comes in lies in `arrivals`, what a person changes in `upkeep`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import differences, pasting, road, tables
from analysis import kept as kept_
from analysis.arrivals import Ingested as Ingested
from analysis.arrivals import export_feeds as export_feeds
from analysis.arrivals import ingest as ingest
from analysis.arrivals import open_web as open_web
from analysis.corpus import class_marks, records
from analysis.corpus import library as library_
from analysis.corpus.library import Library
from analysis.corpus.library_file import explained
from analysis.corpus.read import Preview
from analysis.differences import list_different as list_different
from analysis.files import render_report as render_report
from analysis.framing import agreement as agreement
from analysis.framing import contrasts, parallels, selfchecks, sentiment, shifts, standins, wording
from analysis.framing import tendencies as tendencies_
from analysis.framing.reading import align_paragraphs as align_paragraphs
from analysis.keeping import Finding as Finding
from analysis.keeping import backup_library as backup_library
from analysis.keeping import check_library as check_library
from analysis.keeping import examine_library as examine_library
from analysis.keeping import export_library as export_library
from analysis.keeping import import_library as import_library
from analysis.keeping import mend_library as mend_library
from analysis.kept import outline as outline
from analysis.output import bundle
from analysis.pasting import Pasted as Pasted
from analysis.road import MEASURES as MEASURES
from analysis.road import Progress, quiet
from analysis.schema import Comparison
from analysis.settings import Settings
from analysis.tables import Upload as Upload
from analysis.upkeep import correct as correct
from analysis.upkeep import export_repairs as export_repairs
from analysis.upkeep import import_repairs as import_repairs
from analysis.upkeep import mark as mark
from analysis.upkeep import overruled_repairs as overruled_repairs
from analysis.upkeep import regroup as regroup
from analysis.upkeep import repair as repair
from analysis.upkeep import undo as undo
from analysis.upkeep import undo_correction as undo_correction
from analysis.upkeep import undo_mark as undo_mark


def open_library(place: str | Path, *, read_only: bool = False) -> Library:
    """Open a library: a file, made with its folder when there is none, or `postgresql+psycopg://user@host/database`.

    Raises:
        LibraryError: it cannot be made, opened or read.
    """
    if not read_only and not str(place).startswith(library_.SCHEMES):
        with explained(Path(place)):
            Path(place).parent.mkdir(parents=True, exist_ok=True)
    return library_.open_library(place, read_only=read_only)


def look_at_pasted(source: Pasted, settings: Settings | None = None) -> list[dict[str, Any]]:
    """Return what each pasted article would become; see `pasting.look_at_pasted`."""
    return pasting.look_at_pasted(source, settings or Settings())


def is_date(written: str) -> bool:
    """Say whether a date as written can be understood; see `records.read_time`."""
    return records.read_time(written)[0] is not None


def preview_table(source: Path | Upload, settings: Settings | None = None) -> Preview | None:
    """Return the beginning of a table for a person to match its columns, None for another kind of source; see `tables.preview_table`."""
    return tables.preview_table(source, settings or Settings())


def prepare_comparisons(library: Library, settings: Settings, *, progress: Progress = quiet) -> None:
    """Compute every comparison of two articles or more, so that pages open at once."""
    groups = library.groups()
    for column in ("event_id", "storyline_id"):
        sizes = groups.groupby(column)["article_id"].count()
        for subject in sizes.index[sizes > 1]:
            load_comparison(library, subject, settings=settings, progress=progress)


def load_comparison(library: Library, subject: str, *, settings: Settings | None = None, progress: Progress | None = None) -> Comparison:
    """Return the comparison of an event or storyline, from the library when nothing that made it has changed.

    Raises:
        InputError: no event or storyline has this id.
    """
    settings, progress = settings or Settings(), progress or quiet
    _, members = road.members_of(library.groups(), subject)
    articles = library.articles(members["article_id"].tolist())
    key = kept_.key_of(settings, standins.digest_articles(articles), members.to_csv(index=False), subject)
    kept = library.cached("comparisons", [key])
    if key not in kept:
        made = road.compare(articles, members, subject, kept_.embed_of(library, settings), settings, split=kept_.split_of(library, settings),
                            scan=kept_.scan_of(library, settings), progress=progress)
        kept = {key: bundle.pack_comparison(made).encode()}
        library.keep("comparisons", kept)
    found = bundle.unpack_comparison(kept[key].decode(), where=subject)
    differences.keep_summary(library, found, settings)
    return found


def list_events(library: Library, *, page: int, per_page: int, **filters: Any) -> tuple[pd.DataFrame, int]:
    """Return one page of events (see `library_events.list_events`) and how many there are."""
    return library.events(page, per_page, **filters), library.count_events(**filters)


def list_storylines(library: Library, *, page: int = 1, per_page: int = 0) -> pd.DataFrame:
    """Return a page of the storylines of two events or more (0 a page: all), newest first: storyline_id, title, n_events, n_articles, first, last."""
    return library.storylines(page, per_page)


def count_storylines(library: Library) -> int:
    """Count the storylines of two events or more."""
    return library.count_storylines()


def name_storylines(library: Library, storyline_ids: Sequence[str]) -> dict[str, str]:
    """Return storyline_id -> its earliest headline."""
    return library.name_storylines(storyline_ids)


def list_outlets(library: Library) -> list[str]:
    """Return the outlets that have articles, by name."""
    return library.outlets()


def library_stamp(library: Library) -> str:
    """Return a text that changes whenever articles, groups or repairs change."""
    return library.stamp()


def tendencies(library: Library, *, settings: Settings | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """Return what each outlet does again and again over the library's events: TENDENCIES, see `tendencies.find_tendencies`.

    Every event with two outlets or more counts. The first call parses what was never parsed (about a third of a comparison's
    time an event); each event's part and the answer are kept, so a later call reads them, and an ingest costs its own events.

    Args:
        library: the open library.
        settings: all settings; the defaults when left out.
        progress: told how far it is.

    Returns:
        TENDENCIES; empty when no event has two outlets.
    """
    settings = settings or Settings()
    key = kept_.key_of(library.stamp(), settings)
    kept = kept_.tables_of(library, "tendencies", [key])
    if key not in kept:
        contrasts_, articles, groups = kept_.contrasts_of(library, settings, progress or quiet)
        kept = kept_.keep_tables(library, "tendencies", {key: tendencies_.find_tendencies(contrasts_, articles, groups, settings.claims)})
    return kept[key]


def shift_words(comparison: Comparison, left_id: str, right_id: str) -> pd.DataFrame:
    """Return which words make the gap in tone between two articles' own words; see `shifts.shift_words`."""
    return shifts.shift_words(sentiment.list_words(comparison.sentences), left_id, right_id)


def shuffle_band(comparison: Comparison, measure: str) -> tuple[float, float]:
    """Return the widest band of differences that dealing the event's sentences out at random gives; NaN when none can be dealt."""
    bands = contrasts.shuffle_band(comparison.samples, [MEASURES[measure]], comparison.groups, comparison.comparability, Settings().claims)
    return float(bands["low"].min()), float(bands["high"].max())


def find_in_context(comparison: Comparison, word: str) -> pd.DataFrame:
    """Return every use of a word with what stands left and right of it."""
    return wording.find_in_context(comparison.sentences, word)


def pair_wording(left: str, right: str) -> list[list[str]]:
    """Return how two sentences differ, word by word."""
    return parallels.pair_wording(left, right)


def self_checks(library: Library, subject: str) -> pd.DataFrame:
    """Run the live self-checks on the articles of one event: check, passed, detail."""
    settings = Settings()
    _, members = road.members_of(library.groups(), subject)
    articles, embed = library.articles(members["article_id"].tolist()), kept_.embed_of(library, settings)
    split, scan = kept_.split_of(library, settings), kept_.scan_of(library, settings)
    return selfchecks.check_comparison(articles, lambda table: road.compare_as_one(table, embed, settings, split=split, scan=scan))


def repairs(library: Library) -> pd.DataFrame:
    """Return the log of repairs in the order made."""
    return library.repairs()


def corrections(library: Library) -> pd.DataFrame:
    """Return the log of corrections in the order made, those taken back included; see `corrections.CORRECTIONS`."""
    return library.corrections()


def as_given(library: Library, article_id: str) -> dict[str, str]:
    """Return what the source wrote where the library keeps another form: an ambiguous date, an outlet's alias; {} when nothing."""
    return library.given(article_id)


def list_marks(library: Library, subject: str = "") -> pd.DataFrame:
    """Return the class marks in force in the order made: mark_id, at, event_id, article_id, sentence, start, end, pupil, label.

    A mark belongs to its article, so it is listed wherever the article stands now, even if the event was regrouped since.

    Args:
        library: where they are kept.
        subject: the event or storyline whose articles count; all when ''.

    Raises:
        InputError: no event or storyline has this id.
    """
    marks = class_marks.in_force(library.marks())
    if subject:
        _, members = road.members_of(library.groups(), subject)
        marks = marks[marks["article_id"].isin(members["article_id"])].reset_index(drop=True)
    return marks
