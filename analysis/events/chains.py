"""Chains: which articles hang together at all, so that only they are linked and only their pairs are scored.

A pair chains when the linking would join the two if they stood alone: at or above the cut, and not far below the best that
either has elsewhere. Everything at or above the cut would not do: in a busy month thousands of articles hang together by
pairs that no event would be made of, and a regroup of one day would run through all of them (docs/grouping.md).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.schema import Table
from analysis.settings import EventSettings

LINKS = Table("links", "one pair of articles that chains its two together", {
    "article_id": "categorical over all ids, sorted; smaller than other_id", "other_id": "", "score": "as in SCORES; 1 where a repair ties the two",
})
Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def chain_articles(near: pd.DataFrame, settings: EventSettings, constraints: pd.DataFrame | None = None) -> pd.DataFrame:
    """Keep the pairs that chain articles together. No event reaches beyond one chain.

    Args:
        near: SCORES of the candidates.
        settings: event_cut, chain_contrast, copy_score, copy_counts.
        constraints: must pairs chain whatever their score.

    Returns:
        LINKS, in the order of `near`, must pairs last.

    Source: ours, measured (docs/grouping.md).
    """
    kind = near["article_id"].dtype
    one, other, score = _edges(near)
    kept = _chaining(one, other, score, _best(len(kind.categories), one, other, score, settings), settings)
    must = _must_codes(constraints, kind.categories)
    return pd.DataFrame({"article_id": pd.Categorical.from_codes(np.r_[one[kept], must[0]], dtype=kind),
                         "other_id": pd.Categorical.from_codes(np.r_[other[kept], must[1]], dtype=kind),
                         "score": np.r_[score[kept], np.ones(len(must[0]), dtype=np.float32)]})


def pair_chained(links: pd.DataFrame, settings: EventSettings) -> pd.DataFrame:
    """Return every pair inside every chain: average linkage needs them all.

    A chain longer than settings.component_limit is broken at its weakest links first.

    Args:
        links: LINKS.
        settings: component_limit, component_step.

    Returns:
        article_id and other_id, sorted.
    """
    kind = links["article_id"].dtype
    first, second = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    for members in components(len(kind.categories), _edges(links), settings):
        row, column = np.triu_indices(len(members), 1)
        first.append(members[row].astype(np.int32))
        second.append(members[column].astype(np.int32))
    one, other = np.concatenate(first), np.concatenate(second)
    order = np.lexsort((other, one))
    return pd.DataFrame({"article_id": pd.Categorical.from_codes(one[order], dtype=kind), "other_id": pd.Categorical.from_codes(other[order], dtype=kind)})


def label_chains(links: pd.DataFrame) -> pd.Series:
    """Return article_id -> number of its chain."""
    ids = links["article_id"].dtype.categories
    return pd.Series(_labels(len(ids), *_edges(links)[:2]), index=pd.Index(ids, name="article_id"), name="chain")


def find_shaken(near: pd.DataFrame, touched: set[str], settings: EventSettings) -> set[str]:
    """Say which articles may have lost a link because touched ones came: their chains have to be looked at, too.

    An article that finds a nearer neighbour asks more of its other links; the far end of such a link is a chain that the touched
    article need not be part of.

    Args:
        near: SCORES of the candidates of a window.
        touched: ids of articles that were added or repaired.
        settings: as in `chain_articles`.

    Returns:
        Ids of articles whose best score rose, and of those they were linked to. Rather too many than too few.
    """
    ids = near["article_id"].dtype.categories
    one, other, score = _edges(near)
    new = np.isin(ids, list(touched))
    old = ~(new[one] | new[other])
    before = _best(len(ids), one[old], other[old], score[old], settings)
    rose = (_best(len(ids), one, other, score, settings) > before) & ~new
    linked = _chaining(one, other, score, before, settings) & old & (rose[one] | rose[other])
    return set(ids[rose]) | set(ids[one[linked]]) | set(ids[other[linked]])


def components(n: int, edges: Edges, settings: EventSettings) -> list[np.ndarray]:
    """Return the sorted members of every component of two or more that the edges (one, other, score) chain together.

    One larger than settings.component_limit is taken apart by asking more of its edges, a step at a time: chains of weak
    links fall first, and what average linkage would have joined stays together.
    """
    one, other, score = edges
    labels = _labels(n, one, other)
    order = np.argsort(labels, kind="stable")
    parts = [members for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(members) > 1]
    found = [members for members in parts if len(members) <= settings.component_limit]
    for members in (members for members in parts if len(members) > settings.component_limit):
        local = np.full(n, -1)
        local[members] = np.arange(len(members))
        inside = local[one] >= 0
        kept = inside & (score > score[inside].min() + settings.component_step)
        if not kept.any():
            found += np.array_split(members, -(-len(members) // settings.component_limit))
            continue
        found += [members[part] for part in components(len(members), (local[one[kept]], local[other[kept]], score[kept]), settings)]
    return found


def _edges(pairs: pd.DataFrame) -> Edges:
    return pairs["article_id"].cat.codes.to_numpy(), pairs["other_id"].cat.codes.to_numpy(), pairs["score"].to_numpy()


def _best(n: int, one: np.ndarray, other: np.ndarray, score: np.ndarray, settings: EventSettings) -> np.ndarray:
    """The best score of every article; a copy counts as an ordinary near report, for it says nothing of how near others are."""
    best = np.zeros(n)
    reports = np.where(score < settings.copy_score, score, settings.copy_counts)
    np.maximum.at(best, one, reports)
    np.maximum.at(best, other, reports)
    return best


def _chaining(one: np.ndarray, other: np.ndarray, score: np.ndarray, best: np.ndarray, settings: EventSettings) -> np.ndarray:
    could = np.minimum(best[one], best[other]) - settings.event_cut
    return score >= settings.event_cut + settings.chain_contrast * np.maximum(0.0, could)


def _labels(n: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return connected_components(csr_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(n, n)), directed=False)[1]


def _must_codes(constraints: pd.DataFrame | None, ids: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """The positions of the pairs that must share an event; pairs with an article not in `ids` are left out."""
    if constraints is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    must = constraints[constraints["kind"] == "must"]
    one, other = ids.get_indexer(must["article_id"]), ids.get_indexer(must["other_id"])
    known = (one >= 0) & (other >= 0) & (one != other)
    return np.minimum(one, other)[known], np.maximum(one, other)[known]
