"""What the pages show: the one file that stands on the pipeline and the one that caches.

Comparisons and finished figures are kept for all sessions of this server, bounded, and never copied: nobody may change
them. They are keyed by what the library held when they were made, so an ingest or a repair is seen at the next click.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analysis import pipeline
from analysis.output import figures
from analysis.schema import Comparison, InputError, LibraryError, Measure
from dashboard import blind
from dashboard.quality import PAGE, Measured, read_quality
from dashboard.shelf import Kept

NOT_SET = ("", "0", "no", "off", "false")  # what PARALLAX_READ_ONLY may say to mean that a person may change things


def library_place() -> str:
    """Return where the library lies: PARALLAX_LIBRARY (a file, or the address of a database), or .parallax/library.sqlite."""
    return os.environ.get("PARALLAX_LIBRARY", "") or ".parallax/library.sqlite"


def library_name() -> str:
    """Return where the library lies as it may be shown: without a password."""
    return str(library().where)


def read_only() -> bool:
    """Say whether the library is only shown: PARALLAX_READ_ONLY is set (to anything but 0, no, off or false), or its file may not be written to."""
    asked = os.environ.get("PARALLAX_READ_ONLY", "").strip().casefold()
    return asked not in NOT_SET or (Path(library_place()).is_file() and not os.access(library_place(), os.W_OK))


@st.cache_resource(show_spinner=False, max_entries=1)
def _library(place: str, only_read: bool) -> Any:
    return pipeline.open_library(place, read_only=only_read)


@st.cache_resource(show_spinner=False)
def _kept() -> Kept:
    return Kept()


def library() -> Any:
    """Return the open library, one for all sessions."""
    return _library(library_place(), read_only())


def library_to_change() -> Any:
    """Return the open library for a change by a person.

    Raises:
        LibraryError: it is only shown here.
    """
    if read_only():
        raise LibraryError("this library is read-only here, nothing was changed", where=library_name(), remedy="Ask whoever runs this dashboard")
    return library()


def stamp() -> str:
    """Return what the library holds now, as a key: it changes when articles, groups or repairs change."""
    return _kept().stamp(library_place(), lambda: str(pipeline.library_stamp(library())))


def events(**asked: Any) -> tuple[pd.DataFrame, int]:
    """Return one page of events and how many there are in all."""
    return _listed(("events", *sorted(asked.items())), lambda: pipeline.list_events(library(), **asked))


def is_empty() -> bool:
    """Say whether the library holds no article yet."""
    return not outlets() and events(page=1, per_page=1)[1] == 0


def storylines(page: int = 1, per_page: int = 0) -> pd.DataFrame:
    """Return one page of the storylines; all of them when none is asked for."""
    return _listed(("storylines", page, per_page), lambda: pipeline.list_storylines(library(), page=page, per_page=per_page))


def count_storylines() -> int:
    """Return how many storylines there are."""
    return _listed(("n storylines",), lambda: pipeline.count_storylines(library()))


def storyline_names(storyline_ids: tuple[str, ...]) -> dict[str, str]:
    """Return storyline_id -> title of these."""
    return _listed(("storyline names", *storyline_ids), lambda: pipeline.name_storylines(library(), storyline_ids))


def outlets() -> list[str]:
    """Return the outlets that have articles."""
    return list(_listed(("outlets",), lambda: pipeline.list_outlets(library())))


def _listed(key: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
    """Return a list of the overview, asked of the library once for all sessions."""
    return _kept().lists.get((stamp(), *key), make)


def is_ready(event_id: str) -> bool:
    """Say whether the comparison is at hand, so that no progress has to be shown."""
    return _kept().comparisons.has((stamp(), event_id))


def comparison(event_id: str, progress: Callable[[str], None] | None = None) -> Comparison:
    """Return the comparison of an event or storyline.

    Args:
        event_id: its id.
        progress: called with each step's name when it has to be made.
    """
    return _kept().comparisons.get((stamp(), event_id), lambda: pipeline.load_comparison(library(), event_id, progress=progress))


def keep(key: tuple[Hashable, ...], make: Callable[[], Any]) -> Any:
    """Return a finished figure or view, made once for all sessions; the key names the event and everything that was chosen."""
    return _kept().parts.get((stamp(), *key), make)


def name_of(chosen: Comparison) -> str:
    """Return what tells this comparison from others on the shelf: its id, and whether its outlets are hidden."""
    return f"{chosen.event_id} {chosen.made_with.get('outlets', '')}"


def hidden(chosen: Comparison) -> Comparison:
    """Return the comparison with its outlets hidden, made once for all sessions."""
    return _kept().comparisons.get((stamp(), chosen.event_id, "hidden"), lambda: blind.hide_outlets(chosen))


def covered(line: object) -> str:
    """Return a line of the overview with every outlet of the library covered."""
    return blind.cover_line(line, keep(("covers",), lambda: blind.find_names(outlets()).patterns()))


def lanes(chosen: Comparison) -> pd.DataFrame:
    """Return letter, label, shape and colour of every article of a comparison."""
    return keep((name_of(chosen), "lanes"), lambda: figures.make_lanes(chosen.articles))


def band(chosen: Comparison, measure: str) -> tuple[float, float]:
    """Return the band that shuffling sentences between the articles gives."""
    return keep((name_of(chosen), "band", measure), lambda: pipeline.shuffle_band(chosen, measure))


def shift(chosen: Comparison, left: str, right: str) -> pd.DataFrame:
    """Return which words move one article's sentiment away from another's."""
    return keep((name_of(chosen), "shift", left, right), lambda: pipeline.shift_words(chosen, left, right))


def rows_of(chosen: Comparison, article_ids: tuple[str, ...]) -> pd.DataFrame:
    """Return which paragraphs of these articles stand on one row: row, article_id, paragraph, matched."""
    return keep((name_of(chosen), "rows", *article_ids), lambda: pipeline.align_paragraphs(chosen.claims, chosen.sentences, article_ids))


def outline(event_id: str) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Return what is known of an event before it is compared: scope, articles without texts, groups."""
    return pipeline.outline(library(), event_id)


def report(chosen: Comparison) -> bytes:
    """Return the report on a comparison as one HTML file."""
    return pipeline.render_report(chosen).encode()


def different(**filters: Any) -> tuple[pd.DataFrame, int]:
    """Return the compared events, most different first, and how many wait to be compared."""
    return pipeline.list_different(library(), **filters)  # kept nowhere: it changes with every event that is opened


def tendencies(progress: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Return what each outlet does again and again over the library's events, made once for all sessions."""
    return keep(("tendencies",), lambda: pipeline.tendencies(library(), progress=progress))


def has_tendencies() -> bool:
    """Say whether the tendencies are at hand, so that no progress has to be shown."""
    return _kept().parts.has((stamp(), "tendencies"))


def compare_readers(sentences: pd.DataFrame, given: pd.DataFrame, tool: set[tuple[str, int]]) -> tuple[Any, Any]:
    """Return how far readers agree with each other, and their majority with the tool."""
    return pipeline.agreement.compare_readers(sentences, given, tool)


def count_marks(sentences: pd.DataFrame, given: pd.DataFrame, tool: set[tuple[str, int]]) -> pd.DataFrame:
    """Return for every sentence how many readers marked it, and whether the tool did."""
    return pipeline.agreement.count_marks(sentences, given, tool)


def class_marks(event_id: str) -> pd.DataFrame:
    """Return the marks of classes that the library keeps on an event's articles."""
    return pipeline.list_marks(library(), event_id)


def keep_mark(event_id: str, article_id: str, place: tuple[int, int, int], pupil: str, label: str) -> None:
    """Put one mark of a class into the library."""
    pipeline.mark(library_to_change(), event_id, article_id, place, pupil=pupil, label=label)


def count_guesses(guesses: pd.DataFrame) -> pd.DataFrame:
    """Return how often each answer was guessed."""
    return pipeline.agreement.count_guesses(guesses)


def in_context(chosen: Comparison, word: str) -> pd.DataFrame:
    """Return every use of a word with what stands left and right of it."""
    return pipeline.find_in_context(chosen, word)


def pair(left: str, right: str) -> list[list[str]]:
    """Return how two sentences differ, word by word."""
    return pipeline.pair_wording(left, right)


def measures() -> dict[str, Measure]:
    """Return what every measure means."""
    return dict(pipeline.MEASURES)


def quality() -> list[Measured]:
    """Return what was measured of the tool itself, read once; empty where the page is not installed."""
    return keep(("quality",), lambda: read_quality(PAGE.read_text(encoding="utf8")) if PAGE.is_file() else [])


def self_checks(event_id: str) -> pd.DataFrame:
    """Return the live checks on one event: check, passed, detail."""
    return pipeline.self_checks(library(), event_id)


def repairs() -> pd.DataFrame:
    """Return the log of repairs."""
    return pipeline.repairs(library())


def repair(kind: str, article_ids: list[str], target: str = "", reason: str = "") -> None:
    """Record a repair of the grouping."""
    pipeline.repair(library_to_change(), kind, article_ids, target=target, reason=reason)
    _kept().look_again()


def undo(repair_id: str) -> None:
    """Take a repair back."""
    pipeline.undo(library_to_change(), repair_id)
    _kept().look_again()


def overruled() -> pd.DataFrame:
    """Return which repairs gave way to later ones: repair_id, part, says."""
    return pipeline.overruled_repairs(library())


def corrections(article_ids: list[str]) -> pd.DataFrame:
    """Return the log of corrections of these articles in the order made, those taken back included."""
    log = pipeline.corrections(library())
    return log[log["article_id"].isin(article_ids)]


def as_given(article_id: str) -> dict[str, str]:
    """Return what the source wrote where the library keeps another form; {} when nothing."""
    return pipeline.as_given(library(), article_id)


def successor(event_id: str, article_ids: list[str]) -> str:
    """Return the event in which the first of these articles stands now, when the event or storyline they stood in is gone; '' when it is still there."""
    try:
        pipeline.outline(library(), event_id)
    except InputError:
        groups = library().groups().set_index("article_id")["event_id"]
        return next((str(groups[article]) for article in article_ids if article in groups.index), "")
    return ""


def correct(article_id: str, field: str, value: str, reason: str = "") -> None:
    """Record what an article's outlet, title, date, agency or genre truly is."""
    pipeline.correct(library_to_change(), article_id, field, value, reason=reason)
    _kept().look_again()


def undo_correction(correction_id: str) -> None:
    """Take a correction back."""
    pipeline.undo_correction(library_to_change(), correction_id)
    _kept().look_again()


def look_again() -> None:
    """Forget what the library held, because this server itself has changed it."""
    _kept().look_again()
