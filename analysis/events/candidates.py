"""Which pairs of articles are worth scoring: near in meaning and not too far apart in time.

Comparing everything with everything costs 200 CPU-seconds at 100,000 articles and four times that at twice as many. Articles are
therefore laid into slabs of time as wide as the longest gap inside an event; an article is compared with its own slab and the
next. A slab is searched exactly until it is too large for that, then through an inverted file (docs/grouping.md has the figures).
"""

from __future__ import annotations

import faiss
import numpy as np
import pandas as pd

from analysis.schema import TableError
from analysis.settings import EventSettings

UNDATED = np.iinfo(np.int64).min
GATHERINGS = ("live", "round-up")


def find_candidates(articles: pd.DataFrame, vectors: np.ndarray, settings: EventSettings) -> pd.DataFrame:
    """Pair every article with its nearest neighbours in meaning among those near it in time.

    Live blogs and round-ups tell many events at once and glue them together, so they are given no candidates. An article
    without a date is compared with all others: a date is never guessed.

    Args:
        articles: columns article_id, published, genre.
        vectors: (n, m) float32 unit rows, in the table's order.
        settings: gap_days, neighbours, candidate_cosine, exact_slab.

    Returns:
        One row a pair, each pair once: article_id and other_id (categorical over all ids, sorted; article_id < other_id).
        Sorted, whatever the order of the articles; empty when nothing is near anything.

    Raises:
        TableError: an article_id occurs twice, or vectors and articles do not match.

    Source: ours: time windows as in newsLens (Laban and Hearst 2017), index by measurement.
    """
    ids = articles["article_id"].astype(str).to_numpy()
    if len(vectors) != len(ids):
        raise TableError(f"{len(vectors)} vectors were given for {len(ids)} articles", where="articles", remedy="Embed the same table that is grouped")
    if len(set(ids)) != len(ids):
        twice = pd.Series(ids)[pd.Series(ids).duplicated()].iloc[0]
        raise TableError("an article_id occurs twice", where=f"article {twice}", column="article_id", remedy="Drop or rename one of them")
    order = np.argsort(ids, kind="stable")
    told_apart = ~articles["genre"].isin(GATHERINGS).to_numpy()[order]
    rows = np.ascontiguousarray(np.asarray(vectors, dtype=np.float32)[order])
    slabs = slab_of(articles["published"], settings).to_numpy()[order]
    slabs_in = {slab: np.flatnonzero(told_apart & (slabs == slab)) for slab in np.unique(slabs[told_apart])} if len(ids) else {}
    found = [pair for left, right in _slab_pairs(slabs_in) for pair in _search(rows, slabs_in[left], slabs_in[right], settings)]
    first, second = (np.concatenate(side) for side in zip(*found, strict=True)) if found else (np.zeros(0, dtype=np.int64),) * 2
    return _as_table(first, second, ids[order])


def slab_of(published: pd.Series, settings: EventSettings) -> pd.Series:
    """Return the number of the time slab each article lies in, counted from 1970; UNDATED without a date.

    Counting from a fixed day keeps an article in its slab whatever else the library holds.
    """
    hours = pd.to_datetime(published, utc=True).astype("datetime64[s, UTC]")
    seconds = hours.astype("int64").where(hours.notna(), 0)
    return (seconds // (settings.gap_days * 86_400)).astype("int64").where(hours.notna(), UNDATED)


def select_window(articles: pd.DataFrame, touched: set[str], settings: EventSettings, reach: int, constraints: pd.DataFrame | None = None) -> pd.Series:
    """Say how far each article lies from the slabs of time that an addition or a repair touches.

    Only the window needs grouping anew; `splice_groups` puts the result into the groups before, or asks for a wider one. Where a
    repair ties an article of the window to another, that one's stretch of time belongs to the window, however far it lies.

    Args:
        articles: columns article_id, published; the library as it is now.
        touched: ids of articles added or repaired.
        settings: gap_days.
        reach: slabs to look on either side; at least 1.
        constraints: repairs in force.

    Returns:
        article_id -> "inside" (all its possible neighbours are in the window), "edge" (it is in the window, some may not be) or
        "outside". Undated articles are edge, as they may be near anything; if a touched one is undated all are inside.
    """
    slabs = slab_of(articles["published"], settings).to_numpy()
    ids = pd.Index(articles["article_id"].astype(str))
    centre = np.asarray(ids.isin(touched))
    ties = _ties(ids, constraints)
    while True:
        if (slabs[centre] == UNDATED).any():
            return pd.Series("inside", index=ids)
        away = np.full(len(ids), reach + 1, dtype=np.int64)
        for slab in np.unique(slabs[centre]):
            away = np.minimum(away, np.where(slabs == UNDATED, reach, np.abs(slabs - slab)))
        tied = ties[(away[ties] <= reach).any(axis=1)]
        if centre[tied].all():
            return pd.Series(np.select([away < reach, away == reach], ["inside", "edge"], "outside"), index=ids)
        centre[tied] = True


def _ties(ids: pd.Index, constraints: pd.DataFrame | None) -> np.ndarray:
    """Positions of the pairs that repairs hold together; pairs with an article that is gone are left out."""
    if constraints is None:
        return np.zeros((0, 2), dtype=np.int64)
    must = constraints[constraints["kind"] == "must"]
    pairs = np.stack([ids.get_indexer(must["article_id"]), ids.get_indexer(must["other_id"])], axis=1)
    return pairs[(pairs >= 0).all(axis=1)]


def _slab_pairs(slabs_in: dict[int, np.ndarray]) -> list[tuple[int, int]]:
    pairs = []
    for slab in slabs_in:
        pairs.append((slab, slab))
        if slab == UNDATED:
            pairs += [(UNDATED, other) for other in slabs_in if other != UNDATED]
        elif slab + 1 in slabs_in:
            pairs.append((slab, slab + 1))
    return pairs


def _search(rows: np.ndarray, left: np.ndarray, right: np.ndarray, settings: EventSettings) -> list[tuple[np.ndarray, np.ndarray]]:
    """Look up each side's nearest in the other: a near pair must not be lost because one of the two has many neighbours."""
    directions = [(left, right)] if left is right else [(left, right), (right, left)]
    pairs = []
    for asking, asked in directions:
        index = _index(rows[asked], settings)
        cosine, place = index.search(rows[asking], min(settings.neighbours + 1, len(asked)))
        near = (place >= 0) & (cosine >= settings.candidate_cosine)
        pairs.append((np.repeat(asking, near.sum(axis=1)), asked[place[near]]))
    return pairs


def _index(rows: np.ndarray, settings: EventSettings) -> faiss.Index:
    flat = faiss.IndexFlatIP(rows.shape[1])
    if len(rows) <= settings.exact_slab:
        flat.add(rows)
        return flat
    cells = int(4 * len(rows) ** 0.5)
    index = faiss.IndexIVFFlat(flat, rows.shape[1], cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.seed, index.cp.max_points_per_centroid = 8, 1, 40
    index.train(rows)
    index.add(rows)
    index.nprobe = settings.probed_cells
    return index


def _as_table(first: np.ndarray, second: np.ndarray, ids: np.ndarray) -> pd.DataFrame:
    low, high = np.minimum(first, second).astype(np.int64), np.maximum(first, second).astype(np.int64)
    keys = np.unique(low[low != high] * len(ids) + high[low != high])
    low, high = (keys // max(1, len(ids))).astype(np.int32), (keys % max(1, len(ids))).astype(np.int32)
    kind = pd.CategoricalDtype(pd.Index(ids, dtype=object), ordered=True)
    return pd.DataFrame({"article_id": pd.Categorical.from_codes(low, dtype=kind), "other_id": pd.Categorical.from_codes(high, dtype=kind)})
