"""Which events differ most: a line of counts about each compared event, kept in the library, so that a list of 20,000 needs no comparison.

A line is made when an event is compared. It names the articles it was made from; one whose event has changed since is left out.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pandas as pd

from analysis.corpus.library import Library
from analysis.framing import summaries
from analysis.schema import Comparison
from analysis.settings import Settings

KIND = "summaries"
ALL = 1_000_000_000  # events a page: all of them


def keep_summary(library: Library, comparison: Comparison, settings: Settings) -> None:
    """Keep the line about an event's comparison, unless the library has it already; a storyline has none."""
    if comparison.scope != "event":
        return
    made = {"members": _digest(comparison.articles["article_id"]), **summaries.summarise_event(comparison, settings.claims)}
    blob = json.dumps(made, sort_keys=True).encode()
    if library.cached(KIND, [comparison.event_id]).get(comparison.event_id) != blob:
        library.keep(KIND, {comparison.event_id: blob})


def list_different(library: Library, **filters: Any) -> tuple[pd.DataFrame, int]:
    """Return the events that can be compared, most different first, and how many wait to be compared.

    Args:
        library: the open library.
        filters: as for the list of events.

    Returns:
        The columns of the list of events with those of `summaries.rank_events`; and the events of two origins or more that pass the
        filters and were never compared as they are now.
    """
    events = library.events(1, ALL, **filters)
    events = events[events["n_origins"] > 1]
    members = {str(event): _digest(part) for event, part in library.groups().groupby("event_id")["article_id"]}
    kept = {event: json.loads(blob) for event, blob in library.cached(KIND, list(events["event_id"])).items()}
    current = {event: line for event, line in kept.items() if line["members"] == members.get(event)}
    known = events[events["event_id"].isin(list(current))]
    lines = pd.DataFrame([{name: current[event][name] for name in summaries.COLUMNS} for event in known["event_id"]], columns=list(summaries.COLUMNS))
    return summaries.rank_events(pd.concat([known.reset_index(drop=True), lines], axis=1)), len(events) - len(known)


def _digest(article_ids: pd.Series) -> str:
    return hashlib.sha256("\n".join(sorted(map(str, article_ids))).encode()).hexdigest()[:16]
