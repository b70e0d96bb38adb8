"""The stretch of the road that groups: embed -> candidates -> chains -> events -> origins -> storylines, over all articles or a window of time."""

from __future__ import annotations

import pandas as pd

from analysis.events import candidates, chains, explain, gatherings, origins, pairs, storylines
from analysis.events import embed as embed_
from analysis.events import group as group_
from analysis.schema import GROUPS, Embed
from analysis.settings import Settings


def group(articles: pd.DataFrame, embed: Embed, settings: Settings, constraints: pd.DataFrame | None = None) -> pd.DataFrame:
    """Group articles into events, storylines and origins: GROUPS.

    Args:
        articles: ARTICLES.
        embed: the encoder.
        settings: all settings.
        constraints: what repairs demand; they win over every similarity.
    """
    embed = embed_.remember(embed, embed_.Memory())  # leads are asked for twice: by events and by storylines
    return _link_storylines(articles, _group_events(articles, embed, settings, constraints)[0], embed, settings)


def regroup(articles: pd.DataFrame, before: pd.DataFrame, touched: set[str], embed: Embed, settings: Settings,
            constraints: pd.DataFrame | None = None) -> pd.DataFrame:
    """Group anew only the stretch of time that some articles touch; the answer equals that of `group`.

    Args:
        articles: ARTICLES of the whole library as it is now.
        before: its GROUPS before the change.
        touched: ids of articles that were added, changed or repaired.
        embed, settings, constraints: as in `group`.

    Returns:
        GROUPS of all articles; events outside the stretch keep their rows.
    """
    embed = embed_.remember(embed, embed_.Memory())
    reach, complete, groups = 1, False, before
    while not complete:
        window = candidates.select_window(articles, touched, settings.events, reach, constraints)
        if (window != "outside").all():
            return group(articles, embed, settings, constraints)
        chosen = articles[articles["article_id"].isin(window.index[window != "outside"])]
        fresh, near, chained = _group_events(chosen, embed, settings, constraints)
        concerned = touched | chains.find_shaken(near, touched, settings.events)
        groups, complete = group_.splice_groups(before, fresh, chains.label_chains(chained), window, concerned)
        reach *= 2
    return _link_storylines(articles, groups, embed, settings)


def _group_events(articles: pd.DataFrame, embed: Embed, settings: Settings, constraints: pd.DataFrame | None) -> tuple[pd.DataFrame, ...]:
    """Events and origins of the articles, without storylines yet; SCORES of the candidates and the LINKS they rest on."""
    marked = gatherings.mark_gatherings(articles, settings.events)
    vectors = embed(embed_.lead_text(marked, settings.events))
    features = pairs.weigh_articles(marked, vectors, settings.events)
    near = pairs.score_pairs(features, candidates.find_candidates(marked, vectors, settings.events))
    chained = chains.chain_articles(near, settings.events, constraints)
    scores = pairs.score_pairs(features, chains.pair_chained(chained, settings.events))
    found = group_.group_articles(marked, scores, settings.events, constraints)
    found = explain.explain_groups(marked, found, scores, settings.events, constraints)
    alike = origins.find_origins(marked, origins.find_event_overlaps(marked, found, settings.events))
    return found.merge(alike, on="article_id", how="left"), near, chained


def _link_storylines(articles: pd.DataFrame, groups: pd.DataFrame, embed: Embed, settings: Settings) -> pd.DataFrame:
    vectors = embed(embed_.lead_text(articles, settings.events))
    linked = storylines.link_storylines(articles, groups, vectors, settings.events)
    return groups.assign(storyline_id=groups["event_id"].map(linked))[list(GROUPS.columns)]
