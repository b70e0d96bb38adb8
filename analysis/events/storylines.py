"""Storylines: events linked by what they are about, who acts in them, and time. For finding one's way, never for statistics."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import faiss
import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix, diags
from scipy.sparse.csgraph import connected_components

from analysis.schema import TableError
from analysis.settings import EventSettings

NAME = re.compile(r"(?<=[a-z0-9,;] )[A-Z][\w’'-]*\w")
NO_NAMES = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December "
    "Mr Mrs Ms Dr The This That It He She They We But And In On At If For I".split())


def link_storylines(articles: pd.DataFrame, groups: pd.DataFrame, vectors: np.ndarray, settings: EventSettings) -> pd.Series:
    """Link events that tell one continuing matter: a trial's days, two years of relations between two states.

    A link weighs topic (cosine of the events' mean vectors), actors (shared names, the rarer the weightier) and nearness in
    time. Time only adds: a matter taken up again after a year is still the same matter. Links are cut by average linkage, so
    that no chain of half-related events runs through the library.

    Args:
        articles: columns article_id, title, text, published.
        groups: columns article_id, event_id.
        vectors: (n, m) unit rows in the articles' order.
        settings: weights, storyline_cut, storyline_neighbours.

    Returns:
        event_id -> storyline_id (index event_id, sorted); an event linked to none has a storyline of its own. Ids are made
        from the smallest event_id.

    Raises:
        TableError: an article has no event.

    Source: METHODS 1.5; weights and cut measured on linked twin events (docs/grouping.md).
    """
    event_of = dict(zip(groups["article_id"], groups["event_id"], strict=True))
    ids = articles["article_id"].astype(str)
    if missing := [i for i in ids if i not in event_of]:
        raise TableError("an article has no event", where=f"article {missing[0]}", column="event_id", remedy="Group the same table")
    events = pd.Index(sorted(set(event_of[i] for i in ids)), dtype=object)
    order = np.argsort(ids.to_numpy(), kind="stable")
    place = events.get_indexer([event_of[i] for i in ids.iloc[order]])
    features = _features(articles.iloc[order], place, np.asarray(vectors, dtype=np.float32)[order], len(events), settings)
    one, other = _near_events(features[0], settings)
    weight = _weigh(one, other, features, settings)
    label = _cut(len(events), one[weight >= settings.storyline_cut], other[weight >= settings.storyline_cut], features, settings)
    names = {at: "s" + hashlib.sha256(events[at].encode()).hexdigest()[:12] for at in np.unique(label)}
    return pd.Series([names[at] for at in label], index=pd.Index(events, name="event_id"), name="storyline_id", dtype="object")


def _features(articles: pd.DataFrame, place: np.ndarray, vectors: np.ndarray, n: int, settings: EventSettings):
    """Mean vector, weighed names and the first and last hour of every event."""
    member = csr_matrix((np.ones(len(place), dtype=np.float32), (place, np.arange(len(place)))), shape=(n, len(place)))
    centre = np.ascontiguousarray(member @ vectors) if len(place) else vectors.reshape(0, vectors.shape[1] if vectors.ndim == 2 else 1)
    centre = centre / np.maximum(np.linalg.norm(centre, axis=1, keepdims=True), 1e-9)
    found = [Counter(name.lower() for name in NAME.findall(f"{title} . {text[: settings.actor_characters]}") if name not in NO_NAMES)
             for title, text in zip(articles["title"], articles["text"], strict=True)]
    vocabulary = {name: at for at, name in enumerate(sorted({name for names in found for name in names}))}
    rows, columns = [np.repeat(place, [len(names) for names in found]), [vocabulary[name] for names in found for name in names]]
    held = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(n, max(1, len(vocabulary))))
    held.data = np.minimum(held.data, 2.0)  # a name in two articles of an event is one of its actors; more says only how large the event is
    known = np.asarray((held > 0).sum(axis=0)).ravel()
    actors = held @ diags((1 + np.log((1 + n) / (1 + known))).astype(np.float32))
    norms = np.sqrt(np.asarray(actors.multiply(actors).sum(axis=1)).ravel())
    when = pd.to_datetime(articles["published"], utc=True).astype("datetime64[s, UTC]")
    hours = np.where(when.notna(), when.astype("int64").where(when.notna(), 0) / 3600, np.nan)
    spans = pd.Series(hours).groupby(place).agg(["min", "max"]).reindex(range(n)).to_numpy()
    return centre.astype(np.float32), csr_matrix(diags(1 / np.where(norms > 0, norms, 1)) @ actors), spans


def _near_events(centre: np.ndarray, settings: EventSettings) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of events near in topic, whatever lies between them in time."""
    n = len(centre)
    index = faiss.IndexFlatIP(centre.shape[1])
    if n > settings.exact_slab:
        index = faiss.IndexIVFFlat(index, centre.shape[1], int(4 * n**0.5), faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed, index.cp.max_points_per_centroid = 8, 1, 40
        index.train(centre)
        index.nprobe = settings.probed_cells
    index.add(centre)
    _, found = index.search(centre, min(n, settings.storyline_neighbours + 1)) if n else (None, np.zeros((0, 0), dtype=np.int64))
    one, other = np.repeat(np.arange(n), found.shape[1]), found.ravel()
    keys = np.unique((np.minimum(one, other) * n + np.maximum(one, other))[(other >= 0) & (one != other)])
    return keys // max(n, 1), keys % max(n, 1)


def _weigh(one: np.ndarray, other: np.ndarray, features, settings: EventSettings) -> np.ndarray:
    centre, actors, spans = features
    weights = []
    for at in range(0, len(one), 50_000):
        i, j = one[at : at + 50_000], other[at : at + 50_000]
        topic = np.einsum("ij,ij->i", centre[i], centre[j])
        shared = np.asarray(actors[i].multiply(actors[j]).sum(axis=1)).ravel()
        days = np.maximum(np.maximum(spans[i, 0] - spans[j, 1], spans[j, 0] - spans[i, 1]), 0) / 24
        near = np.where(np.isnan(days), 0, np.exp(-np.nan_to_num(days) / settings.storyline_days))
        weights.append(settings.topic_share * topic + settings.actor_share * shared + settings.time_share * near)
    return np.round(np.concatenate(weights), 5) if weights else np.zeros(0)


def _cut(n: int, one: np.ndarray, other: np.ndarray, features, settings: EventSettings) -> np.ndarray:
    """The smallest event of each storyline, by average linkage inside what the links chain together."""
    label = np.arange(n)
    _, component = connected_components(csr_matrix((np.ones(len(one)), (one, other)), shape=(n, n)), directed=False)
    order = np.argsort(component, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        for part in np.array_split(members, -(-len(members) // settings.component_limit)) if len(members) > 1 else []:
            if len(part) < 2:
                continue
            row, column = np.triu_indices(len(part), 1)
            apart = 1 - _weigh(part[row], part[column], features, settings)
            cut = fcluster(linkage(apart, "average"), 1 - settings.storyline_cut, "distance")
            label[part] = pd.Series(part).groupby(cut).transform("min").to_numpy()
    return label


