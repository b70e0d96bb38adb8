"""Events: articles about the same happening, joined by average linkage on pair scores.

Two groups merge when their articles are alike on average, and nearly as alike as the articles most like them: twin events (two
earthquakes, two trials) are similar, yet plainly less similar than the reports of either are to each other. Size does not
matter, neither does order, and a pair score never changes when the library grows. What a person has said comes first.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.schema import TableError
from analysis.settings import EventSettings

CONSTRAINTS = ("must", "cannot", "exclude")
COLUMNS = ["article_id", "event_id", "closeness", "margin", "why"]


def group_articles(articles: pd.DataFrame, scores: pd.DataFrame, settings: EventSettings, constraints: pd.DataFrame | None = None) -> pd.DataFrame:
    """Put every article into exactly one event; an article like no other is an event of its own.

    How to read it: closeness is the mean score to the other articles of the event (0 unrelated, 1 the same text; .3 to .6 is
    usual); margin is closeness minus the cut, so the articles to check first are those with the smallest margin. Neither is
    a probability, and neither says that the articles agree.

    Args:
        articles: column article_id.
        scores: SCORES of `score_pairs`; a pair that is not there counts as 0.
        settings: event_cut, contrast.
        constraints: kind (must, cannot, exclude), article_id, other_id ('' with exclude). They win over every score; pairs
            with an article that is not here are passed over.

    Returns:
        One row an article, sorted by article_id: article_id, event_id, closeness, margin (NaN alone), why (filled by
        `explain_groups`). The event_id is made from the event's smallest article_id: it stays while that article stays.

    Raises:
        TableError: constraints contradict each other or name an unknown kind.

    Source: average linkage (Sokal and Michener 1958); the contrast between within and between: ours, measured (docs/grouping.md).
    """
    ids = pd.Index(sorted(articles["article_id"].astype(str)), dtype=object)
    one, other = _places(scores, ids)
    here = (one >= 0) & (other >= 0)
    one, other, score = one[here], other[here], scores["score"].to_numpy(dtype=np.float64)[here]
    must, cannot, alone = _positions(constraints, ids)
    free = ~(alone[one] | alone[other])
    one, other, score = one[free], other[free], score[free]
    strong = score >= settings.event_cut
    chains = csr_matrix((np.ones(strong.sum() + len(must)), (np.r_[one[strong], must[:, 0]], np.r_[other[strong], must[:, 1]])), shape=(len(ids),) * 2)
    _, component = connected_components(chains, directed=False)
    event = np.arange(len(ids))
    totals = np.zeros(len(ids))
    for members, matrix in _components(component, one, other, score):
        joined = link(matrix, _inside(must, members), _inside(cannot, members), settings)
        event[members] = members[joined]
        totals[members] = (matrix * (joined[:, None] == joined)).sum(axis=1)
    return _as_table(ids, event, totals, settings)


def splice_groups(before: pd.DataFrame, fresh: pd.DataFrame, chains: pd.Series, window: pd.Series, concerned: set[str]) -> tuple[pd.DataFrame, bool]:
    """Put the groups of a window into the groups of the whole library.

    An event is taken from the window when everything its articles are chained to lies well inside; then it is the event a full
    run would give. When something the change concerns is chained to the window's edge, a wider window is needed.

    Args:
        before: groups of the library before; rows of articles that are gone are dropped.
        fresh: groups of the window's articles.
        chains: result of `label_chains` for the window.
        window: result of `select_window`.
        concerned: ids the window was made for, and those whose links they shook (`find_shaken`).

    Returns:
        The groups of all articles in `window`, sorted by article_id, and whether they are complete.
    """
    ids = pd.Index(fresh["article_id"].astype(str))
    inside = pd.Series(window.reindex(ids).eq("inside").to_numpy())
    sure = inside.groupby(chains.reindex(ids).to_numpy()).transform("all").to_numpy(dtype=bool)
    known = set(before["article_id"])
    taken = fresh[sure | ~ids.isin(known)]
    kept = before[before["article_id"].isin(window.index) & ~before["article_id"].isin(taken["article_id"])]
    complete = bool(sure[ids.isin(concerned)].all())
    return pd.concat([kept, taken], ignore_index=True).sort_values("article_id", ignore_index=True), complete


def _places(scores: pd.DataFrame, ids: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the scored articles among `ids`; -1 for one that is not there."""
    one, other = scores["article_id"].cat, scores["other_id"].cat
    return ids.get_indexer(one.categories)[one.codes], ids.get_indexer(other.categories)[other.codes]


def _positions(constraints: pd.DataFrame | None, ids: pd.Index) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Constraints as positions: must pairs, cannot pairs, and which articles stand alone."""
    alone = np.zeros(len(ids), dtype=bool)
    none = np.zeros((0, 2), dtype=np.int64)
    if constraints is None or constraints.empty:
        return none, none, alone
    unknown = sorted(set(constraints["kind"]) - set(CONSTRAINTS))
    if unknown:
        raise TableError(f"{unknown[0]!r} is no kind of constraint", where="constraints", column="kind", remedy=f"Use {', '.join(CONSTRAINTS)}")
    pairs = np.stack([ids.get_indexer(constraints["article_id"].astype(str)), ids.get_indexer(constraints["other_id"].astype(str))], axis=1)
    kind = constraints["kind"].to_numpy()
    alone[pairs[(kind == "exclude") & (pairs[:, 0] >= 0), 0]] = True
    known = (pairs >= 0).all(axis=1) & (pairs[:, 0] != pairs[:, 1])
    must, cannot = pairs[known & (kind == "must")], pairs[known & (kind == "cannot")]
    return must[~alone[must].any(axis=1)], cannot, alone


def _inside(pairs: np.ndarray, members: np.ndarray) -> np.ndarray:
    """The pairs whose two articles are both members, as positions among the members (which are sorted)."""
    place = np.minimum(np.searchsorted(members, pairs), len(members) - 1)
    return place[(members[place] == pairs).all(axis=1)]


def _components(component: np.ndarray, one: np.ndarray, other: np.ndarray, score: np.ndarray):
    """Yield the members of each component of two or more, sorted, with the square table of their scores."""
    order = np.argsort(component, kind="stable")
    starts = np.r_[0, np.flatnonzero(np.diff(component[order])) + 1, len(order)] if len(order) else np.zeros(1, dtype=int)
    same = component[one] == component[other]
    one, other, score = one[same], other[same], score[same]
    by_component = np.argsort(component[one], kind="stable")
    bounds = np.searchsorted(component[one][by_component], np.arange(component.max(initial=-1) + 2))
    place = np.empty(len(order), dtype=np.int64)
    for begin, end in zip(starts[:-1], starts[1:], strict=True):
        place[order[begin:end]] = np.arange(end - begin)
        if end - begin == 1:
            continue
        label = component[order[begin]]
        rows = by_component[bounds[label] : bounds[label + 1]]
        matrix = np.zeros((end - begin,) * 2)
        matrix[place[one[rows]], place[other[rows]]] = score[rows]
        yield order[begin:end], matrix + matrix.T


def link(scores: np.ndarray, must: np.ndarray, cannot: np.ndarray, settings: EventSettings) -> np.ndarray:
    """Join the articles of one component by average linkage, closest first.

    Args:
        scores: (n, n) symmetric, diagonal 0.
        must, cannot: (k, 2) positions that must or must not end up together.
        settings: event_cut, contrast, copy_score, copy_counts.

    Returns:
        For each position the smallest position of its event.

    Raises:
        TableError: a cannot pair is held together by must pairs.
    """
    n = len(scores)
    _, forced = connected_components(csr_matrix((np.ones(len(must)), (must[:, 0], must[:, 1])), shape=(n, n)), directed=False)
    if len(cannot) and (forced[cannot[:, 0]] == forced[cannot[:, 1]]).any():
        raise TableError("two articles are held to be the same event and not the same event", where="constraints",
                         remedy="Undo one of the two repairs")
    groups = _Groups(scores, forced, cannot, settings)
    while True:
        left, right, closeness = groups.closest()
        if closeness < settings.event_cut:
            break
        could = min(groups.could_have(left, groups.size[right]), groups.could_have(right, groups.size[left]))
        if closeness < settings.event_cut + settings.contrast * max(0.0, could - settings.event_cut):
            groups.part(left, right)
        else:
            groups.merge(left, right)
    _, position = np.unique(groups.label, return_inverse=True)
    smallest = np.full(position.max() + 1, n)
    np.minimum.at(smallest, position, np.arange(n))
    return smallest[position]


def _nearest_parts(scores: np.ndarray, label: np.ndarray, settings: EventSettings) -> np.ndarray:
    """Mean scores between groups at the start, of which those that a person ties are as near as their nearest parts.

    Parts hang together by themselves: when two events half a year apart are held to be one, a new report of either is as near as
    it is to that one. A mean over both would turn it away; the nearest single article would draw in too much.
    """
    part = np.arange(len(scores))
    tied = np.flatnonzero(np.bincount(label) > 1)
    if not len(tied):
        return scores
    for group in tied:
        members = np.flatnonzero(label == group)
        inside = scores[np.ix_(members, members)]
        if len(members) > 2 or inside.max() >= settings.event_cut:
            part[members] = members[link(inside, np.zeros((0, 2), dtype=int), np.zeros((0, 2), dtype=int), settings)]
    _, part = np.unique(part, return_inverse=True)
    member = csr_matrix((np.ones(len(scores)), (part, np.arange(len(scores)))), shape=(part.max() + 1, len(scores)))
    size = np.bincount(part)
    mean = np.asarray(member @ (member @ scores).T) / np.outer(size, size)
    group_of = label[np.unique(part, return_index=True)[1]]
    order = np.argsort(group_of, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group_of[order]) > 0])
    return np.maximum.reduceat(np.maximum.reduceat(mean[np.ix_(order, order)], starts, axis=0), starts, axis=1)


class _Groups:
    """Groups on their way: sums of pair scores between them, each one's closest other, and how close others could be."""

    def __init__(self, scores: np.ndarray, forced: np.ndarray, cannot: np.ndarray, settings: EventSettings) -> None:
        n = forced.max() + 1
        # Positions of forced groups follow first appearance, so a free article is its own group in article_id order.
        first = np.unique(forced, return_index=True)[1]
        rank = np.empty(n, dtype=np.int64)
        rank[np.argsort(first)] = np.arange(n)
        self.label = rank[forced]
        member = csr_matrix((np.ones(len(scores)), (self.label, np.arange(len(scores)))), shape=(n, len(scores)))
        self.size = np.bincount(self.label).astype(float)
        self.gone = np.zeros(n, dtype=bool)
        self.sums = _nearest_parts(scores, self.label, settings) * np.outer(self.size, self.size)
        reports = np.where(scores < settings.copy_score, scores, settings.copy_counts)  # prints of one text are no nearer to other reports than it is
        ranked = -np.sort(-np.where(np.eye(len(scores), dtype=bool), -1, reports), axis=1)[:, :-1]
        self.tops = member @ (np.cumsum(ranked, axis=1) / np.arange(1, len(scores)))
        one, other = self.label[cannot[:, 0]], self.label[cannot[:, 1]]
        self.sums[one, other] = self.sums[other, one] = -np.inf
        self.mean = self.sums / np.outer(self.size, self.size)
        np.fill_diagonal(self.mean, -np.inf)
        self.best = self.mean.argmax(axis=1)
        self.value = self.mean[np.arange(n), self.best]

    def closest(self) -> tuple[int, int, float]:
        """The two groups closest to each other and their mean score; ties go to the smallest article ids."""
        left = int(self.value.argmax())
        return left, int(self.best[left]), float(self.value[left])

    def could_have(self, group: int, others: float) -> float:
        """The mean score a group's articles have with the so many articles most like each of them; a copy counts as an ordinary near report.

        Taking as many as stand on the other side keeps it fair to size: the best of twenty is always better than the best of two.
        """
        return float(self.tops[group, min(int(others), self.tops.shape[1]) - 1] / self.size[group])

    def part(self, left: int, right: int) -> None:
        """Keep two groups apart until one of them has grown."""
        self.mean[left, right] = self.mean[right, left] = -np.inf
        self._look_again(np.array([left, right]))

    def merge(self, left: int, right: int) -> None:
        """Put the right group into the left one."""
        self.tops[left] += self.tops[right]
        self.size[left] += self.size[right]
        self.sums[left] += self.sums[right]
        self.sums[:, left] = self.sums[left]
        self.label[self.label == right] = left
        self.gone[right] = True
        others = ~self.gone
        others[left] = False
        row = np.full(len(self.size), -np.inf)
        row[others] = self.sums[left, others] / (self.size[left] * self.size[others])
        self.mean[left] = self.mean[:, left] = row
        self.mean[right] = self.mean[:, right] = -np.inf
        self._look_again(np.flatnonzero((self.best == left) | (self.best == right) | (np.arange(len(row)) == left)))
        closer = row > self.value
        self.best[closer], self.value[closer] = left, row[closer]

    def _look_again(self, groups: np.ndarray) -> None:
        self.best[groups] = self.mean[groups].argmax(axis=1)
        self.value[groups] = self.mean[groups, self.best[groups]]


def _as_table(ids: pd.Index, event: np.ndarray, totals: np.ndarray, settings: EventSettings) -> pd.DataFrame:
    members = np.bincount(event, minlength=max(1, len(ids)))[event] if len(ids) else np.zeros(0)
    closeness = np.where(members > 1, totals / np.maximum(members - 1, 1), np.nan)
    names = {position: "e" + hashlib.sha256(ids[position].encode("utf-8", "surrogatepass")).hexdigest()[:12] for position in np.unique(event)}
    return pd.DataFrame({"article_id": ids, "event_id": [names[position] for position in event], "closeness": closeness,
                         "margin": closeness - settings.event_cut, "why": ""}, columns=COLUMNS)
