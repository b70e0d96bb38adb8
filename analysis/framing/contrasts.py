"""One article against the other origins on the same event, with how far chance alone could carry it.

Every measure is a ratio over sentences (a mean, or a count per 1,000 words), so one resampling serves all: sentences are
drawn again with replacement, and the ratio is taken anew. That speaks about this article's sentences, not about its outlet.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

DECIMALS = 12
SEED_DECIMALS = 2
"""The draws are seeded by the values to this digit: the encoder's last bits differ with the texts read beside one, and must move no interval."""


@dataclass(frozen=True)
class _Sample:
    """One article's sentences for one measure, in an order that depends on their numbers alone."""

    values: np.ndarray
    weights: np.ndarray
    digest: bytes

    def ratio(self, scale: float) -> float:
        """Sum of values / sum of weights x scale; NaN without weight. Exact sums, so that the order of rows is nothing."""
        weight = math.fsum(self.weights)
        return math.fsum(self.values) / weight * scale if weight > 0 else math.nan

    def draws(self, scale: float, n: int) -> np.ndarray:
        """The ratio of n resamples; seeded by the numbers themselves, so a rename or another order changes nothing."""
        picks = np.random.default_rng(int.from_bytes(self.digest[:8], "big")).integers(0, len(self.values), (n, len(self.values)))
        weights = self.weights[picks].sum(axis=1)
        return np.divide(self.values[picks].sum(axis=1) * scale, weights, out=np.full(n, np.nan), where=weights > 0)


def measure_articles(samples: pd.DataFrame, measures: Sequence[schema.Measure], settings: ClaimSettings) -> pd.DataFrame:
    """Take every measure of every article, with the interval its own sentences give.

    How to read it: the interval says how much the number would move if the article had drawn other sentences of its kind. It
    does not say that the article is typical of its outlet.

    Args:
        samples: SAMPLES; rows with a NaN value or no weight are left out.
        measures: name and scale of each measure; samples of other measures are ignored.
        settings: draws, coverage, least number of sentences.

    Returns:
        MEASURES: article x measure for all articles in `samples`, sorted; value NaN and n 0 without sentences; low and high
        NaN under `min_sentences`.

    Raises:
        TableError: a column is missing.

    Source: percentile bootstrap, Efron & Tibshirani 1993; level METHODS 6.
    """
    schema.check_table(samples, schema.SAMPLES)
    cut = _cut(samples)
    rows = []
    for article in sorted(samples["article_id"].astype(str).unique()):
        for measure in sorted(measures, key=lambda measure: measure.name):
            sample = cut.get((article, measure.name))
            if sample is None:
                rows.append((article, measure.name, math.nan, 0, math.nan, math.nan))
                continue
            low = high = math.nan
            if len(sample.values) >= settings.min_sentences:
                low, high = _interval(sample.draws(measure.scale, settings.draws), settings)
            rows.append((article, measure.name, sample.ratio(measure.scale), len(sample.values), low, high))
    return pd.DataFrame(rows, columns=list(schema.MEASURES.columns)) if rows else schema.MEASURES.empty()


def contrast_articles(samples: pd.DataFrame, measures: Sequence[schema.Measure], groups: pd.DataFrame, comparability: pd.DataFrame,
                      settings: ClaimSettings) -> pd.DataFrame:
    """Set every article of one event against the mean of the other comparable origins.

    Why leave-one-out: against a mean that holds the article itself, an event of three articles shrinks every difference by a
    third. How to read it: `difference` > 0 = more of the measure than the others on the same event. `told` is True when the
    interval excludes 0, the article is not barred, and it rests on enough sentences and origins; with many measures a few
    are told by chance, so it ranks what to look at and proves nothing.

    Args:
        samples: SAMPLES of one event.
        measures: name and scale of each.
        groups: GROUPS; articles of one origin are one vote.
        comparability: COMPARABILITY; articles judged "no" are nobody's "others".
        settings: draws, coverage, least numbers.

    Returns:
        CONTRASTS: every article of `groups` x measure, sorted; difference NaN where the article or all others have no value,
        or the article is judged "no". Two articles with the same sentences differ by exactly 0.

    Raises:
        TableError: a column is missing.

    Source: METHODS 3.4 (2, 6); ours: exact sums.
    """
    for table, contract in ((samples, schema.SAMPLES), (groups, schema.GROUPS), (comparability, schema.COMPARABILITY)):
        schema.check_table(table, contract)
    cut = _cut(samples)
    origin_of = dict(zip(groups["article_id"].astype(str), groups["origin_id"].astype(str), strict=True))
    usable = set(comparability.loc[comparability["verdict"] != "no", "article_id"].astype(str))
    rows = []
    for measure in measures:
        held = {article: sample for article in sorted(origin_of) if (sample := cut.get((article, measure.name))) is not None}
        rows.extend(_contrast(measure, held, origin_of, usable, settings))
    if not rows:
        return schema.CONTRASTS.empty()
    return pd.DataFrame(rows, columns=list(schema.CONTRASTS.columns)).sort_values(["article_id", "measure"], kind="stable").reset_index(drop=True)


def shuffle_band(samples: pd.DataFrame, measures: Sequence[schema.Measure], groups: pd.DataFrame, comparability: pd.DataFrame,
                 settings: ClaimSettings) -> pd.DataFrame:
    """Say how far from the others an article of its length lands when the event's sentences are dealt out at random.

    How to read it: the grey band of a figure. A difference inside it is what mere dealing gives.

    Args:
        samples, measures, groups, comparability, settings: as in `contrast_articles`.

    Returns:
        One row an article and measure: article_id, measure, low, high (same unit as the difference); NaN for articles that
        are not comparable or alone. Copies of one origin are dealt once and share its band.

    Raises:
        TableError: a column is missing.

    Source: METHODS 7 (3) and 8 (19); permutation of sentences within the event, ours.
    """
    for table, contract in ((samples, schema.SAMPLES), (groups, schema.GROUPS), (comparability, schema.COMPARABILITY)):
        schema.check_table(table, contract)
    cut = _cut(samples)
    origin_of = dict(zip(groups["article_id"].astype(str), groups["origin_id"].astype(str), strict=True))
    usable = set(comparability.loc[comparability["verdict"] != "no", "article_id"].astype(str))
    rows = []
    for measure in measures:
        first: dict[str, _Sample] = {}
        for article in sorted(usable & set(origin_of)):
            if (article, measure.name) in cut:
                first.setdefault(origin_of[article], cut[article, measure.name])
        bands = _deal(first, measure.scale, settings)
        rows.extend((article, measure.name, *(bands.get(origin, (math.nan, math.nan)) if article in usable else (math.nan, math.nan)))
                    for article, origin in origin_of.items())
    return pd.DataFrame(rows, columns=["article_id", "measure", "low", "high"]).sort_values(["article_id", "measure"], kind="stable").reset_index(drop=True)


def _cut(samples: pd.DataFrame) -> dict[tuple[str, str], _Sample]:
    """(article, measure) -> its sentences with a value and a weight."""
    known = samples[samples["value"].notna() & samples["weight"].notna()]
    known = known[known["weight"].astype(float) > 0]
    ordered = known.sort_values(["article_id", "measure", "sentence", "value", "weight"], kind="stable")
    found = {}
    for (article, measure), part in ordered.groupby(["article_id", "measure"], sort=False, observed=True):
        values, weights = part["value"].to_numpy(dtype=float), part["weight"].to_numpy(dtype=float)
        seed = np.round(values, SEED_DECIMALS) + 0.0  # no -0.0
        digest = hashlib.sha256(str(measure).encode() + seed.tobytes() + weights.tobytes()).digest()
        found[str(article), str(measure)] = _Sample(values, weights, digest)
    return found


def _interval(draws: np.ndarray, settings: ClaimSettings) -> tuple[float, float]:
    known = draws[np.isfinite(draws)]
    if not len(known):
        return math.nan, math.nan
    tail = (1 - settings.interval) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(np.round(low, DECIMALS)), float(np.round(high, DECIMALS))


def _contrast(measure: schema.Measure, held: dict[str, _Sample], origin_of: dict[str, str], usable: set[str], settings: ClaimSettings) -> list[tuple]:
    """Rows of one measure; an origin's value and draws are the mean over its comparable articles."""
    value = {article: sample.ratio(measure.scale) for article, sample in held.items()}
    draws = {article: sample.draws(measure.scale, settings.draws) for article, sample in held.items()}
    members: dict[str, list[str]] = {}
    for article in sorted(held, key=lambda article: held[article].digest):
        if article in usable and math.isfinite(value[article]):
            members.setdefault(origin_of[article], []).append(article)
    votes = {origin: (math.fsum(value[a] for a in found) / len(found) if len({value[a] for a in found}) > 1 else value[found[0]],
                      np.mean([draws[a] for a in found], axis=0)) for origin, found in members.items()}
    total = np.nansum([vote for _, vote in votes.values()], axis=0) if votes else np.zeros(settings.draws)
    rows = []
    for article, origin in origin_of.items():
        others = [vote for name, (vote, _) in votes.items() if name != origin]
        n = len(held[article].values) if article in held else 0
        if n == 0 or not others or article not in usable:
            rows.append((article, measure.name, value.get(article, math.nan), math.nan, math.nan, math.nan, math.nan, n, len(others), False))
            continue
        difference = math.fsum(value[article] - vote for vote in others) / len(others)
        low = high = math.nan
        if n >= settings.min_sentences:
            rest = (total - np.nan_to_num(votes[origin][1]) if origin in votes else total) / len(others)
            low, high = _interval(np.round(draws[article] - rest, DECIMALS), settings)
        told = bool((low > 0 or high < 0) and n >= settings.told_sentences and len(others) >= settings.min_origins)
        rows.append((article, measure.name, value[article], value[article] - difference, difference, low, high, n, len(others), told))
    return rows


def _deal(first: dict[str, _Sample], scale: float, settings: ClaimSettings) -> dict[str, tuple[float, float]]:
    """Origin -> band of its leave-one-out difference when the pooled sentences are dealt out anew."""
    order = sorted(first, key=lambda origin: first[origin].digest)
    if len(order) < 2:
        return {}
    values, weights = np.concatenate([first[o].values for o in order]), np.concatenate([first[o].weights for o in order])
    starts = np.cumsum([0, *(len(first[o].values) for o in order[:-1])])
    seed = hashlib.sha256(b"".join(first[o].digest for o in order)).digest()
    dealt = np.argsort(np.random.default_rng(int.from_bytes(seed[:8], "big")).random((settings.band_draws, len(values))), axis=1, kind="stable")
    ratios = np.add.reduceat(values[dealt], starts, axis=1) / np.add.reduceat(weights[dealt], starts, axis=1) * scale
    others = (ratios.sum(axis=1, keepdims=True) - ratios) / (len(order) - 1)
    return {origin: _interval(ratios[:, at] - others[:, at], settings) for at, origin in enumerate(order)}
