"""One line about an event for the overview: how much in it differs, counted among articles that can be compared."""

from __future__ import annotations

import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

COLUMNS = ("n_comparable", "n_told", "n_tested", "n_conflicts", "n_left_out")


def summarise_event(comparison: schema.Comparison, settings: ClaimSettings) -> dict[str, int]:
    """Count what differs among the comparable articles of one event.

    Counts, not a score: each is a list on the event page. An opinion piece among reports or a text cut short differs for reasons of
    its own, so only articles whose verdict is "comparable" are counted, and nothing when they come from too few origins.

    How to read it: `n_told` of `n_tested` differences between an article and the others can be told from chance; `n_conflicts` facts are
    given with values that exclude each other; `n_left_out` times an article that could have known a fact does not have it.

    Args:
        comparison: of one event.
        settings: how many other origins a contrast needs.

    Returns:
        COLUMNS; all 0 but `n_comparable` when fewer than `min_origins` + 1 origins have a comparable article.

    Source: METHODS 7 (overviews), METHODS 6 (genre and wire first); ours: reason.
    """
    able = set(comparison.comparability.loc[comparison.comparability["verdict"] == "comparable", "article_id"])
    origins = comparison.groups.loc[comparison.groups["article_id"].isin(able)].drop_duplicates("origin_id")
    found = dict.fromkeys(COLUMNS, 0) | {"n_comparable": len(origins)}
    if len(origins) <= settings.min_origins:
        return found
    voices = set(origins["article_id"])  # one article an origin: a reprint is no second difference
    tested = comparison.contrasts[comparison.contrasts["article_id"].isin(voices) & comparison.contrasts["low"].notna()]
    cells = comparison.claims[comparison.claims["article_id"].isin(voices)]
    return found | {
        "n_told": int(tested["told"].astype(bool).sum()), "n_tested": len(tested),
        "n_conflicts": int(cells.loc[cells["conflict"].fillna("") != "", "claim_id"].nunique()),
        "n_left_out": int(cells.loc[cells["left_out"].astype(bool), "claim_id"].nunique()),
    }


def rank_events(events: pd.DataFrame) -> pd.DataFrame:
    """Return the events that can be compared, the most different first.

    Ranked by the share of tested differences that can be told, then by facts in conflict, then by facts left out, then by id: a share,
    because a count would only find the largest events.

    Args:
        events: event_id and COLUMNS, one row an event.

    Returns:
        The rows with something tested, in that order, with `share_told` 0…1 added.
    """
    tested = events[events["n_tested"] > 0]
    ranked = tested.assign(share_told=tested["n_told"] / tested["n_tested"])
    by = ["share_told", "n_conflicts", "n_left_out", "event_id"]
    return ranked.sort_values(by, ascending=[False, False, False, True], kind="stable").reset_index(drop=True)
