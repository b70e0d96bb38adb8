"""Does an outlet differ from the others again and again? Only over many shared events, and with what could not be told apart.

One event compares articles. Thirty compare outlets: each event gives one difference from the others on the same happening, and
the events, not the articles or sentences, are what is counted and resampled.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pandas as pd
from scipy import stats

from analysis import schema
from analysis.settings import ClaimSettings

DECIMALS = 12


def find_tendencies(contrasts: pd.DataFrame, articles: pd.DataFrame, groups: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Average each outlet's within-event differences, measure by measure, and say which can be told.

    A text printed by two outlets is the agency's and speaks for neither: it is left out. Two articles of one outlet on one
    event are averaged first.

    How to read it: `value` is the mean difference from the others on shared events, pulled towards 0 as far as the spread
    between outlets warrants; `says` is "nothing" under 10 events, "early signal" under 30, "card" from 30, and "cannot be
    told apart" where the events do not bear a difference: that is a finding too. The others are this collection's: the zero
    moves with its make-up, which `without_low`, `without_high` and `hangs_on` show. It does not say why.

    Args:
        contrasts: CONTRASTS of many events.
        articles: ARTICLES of them, for the outlet.
        groups: GROUPS of them, for event and origin.
        settings: numbers of events, level, draws.

    Returns:
        TENDENCIES: outlet x measure, sorted; low, high, q NaN under `early_events`.

    Raises:
        TableError: a column is missing.

    Source: METHODS 6; Benjamini & Hochberg 1995; event bootstrap ours.
    """
    for table, contract in ((contrasts, schema.CONTRASTS), (articles, schema.ARTICLES), (groups, schema.GROUPS)):
        schema.check_table(table, contract)
    known = _differences(contrasts, articles, groups)
    rows = [row for measure, part in known.groupby("measure", sort=True) for row in _measure(str(measure), part, settings)]
    if not rows:
        return schema.TENDENCIES.empty()
    table = pd.DataFrame(rows, columns=["outlet", "measure", "n_events", "value", "low", "high", "p", "without_low", "without_high", "hangs_on"])
    table["q"] = _adjust(table["p"].to_numpy(dtype=float))
    told = (table["q"] <= settings.false_discovery) & ((table["low"] > 0) | (table["high"] < 0))
    table["says"] = np.select([table["n_events"] < settings.early_events, ~told, table["n_events"] < settings.card_events],
                              ["nothing", "cannot be told apart", "early signal"], default="card")
    return table.sort_values(["outlet", "measure"], kind="stable").reset_index(drop=True)[list(schema.TENDENCIES.columns)]


def _differences(contrasts: pd.DataFrame, articles: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Mean difference and value of every outlet, event and measure; agency copies and unnamed outlets left out."""
    outlet = articles.drop_duplicates("article_id").set_index("article_id")["outlet"]
    place = groups.drop_duplicates("article_id").set_index("article_id")[["event_id", "origin_id"]].join(outlet.rename("outlet"), how="left")
    sharing = place.groupby(["event_id", "origin_id"])["outlet"].transform("nunique")
    own = place[(sharing < 2) & place["outlet"].fillna("").ne("")]
    joined = contrasts[["article_id", "measure", "value", "difference"]].merge(own, left_on="article_id", right_index=True, how="inner")
    joined = joined[joined["difference"].notna()].astype({"value": float, "difference": float})
    return joined.groupby(["measure", "event_id", "outlet"], as_index=False, observed=True)[["value", "difference"]].mean()


def _measure(measure: str, part: pd.DataFrame, settings: ClaimSettings) -> list[tuple]:
    """Rows of one measure before the adjustment over all of them."""
    differences = {str(outlet): np.sort(own["difference"].to_numpy()) for outlet, own in part.groupby("outlet", sort=True)}
    factor = _shrinkage(differences)
    values = part.pivot(index="event_id", columns="outlet", values="value")
    rows = []
    for outlet, found in differences.items():
        n, mean = len(found), math.fsum(found) / len(found)
        low = high = p = math.nan
        if n >= settings.early_events:
            low, high = _event_interval(found, settings)
            p = _p_value(found)
        least, most, turns = _without(values, outlet) if n >= settings.early_events else (math.nan, math.nan, [])
        by = factor[outlet]
        rows.append((outlet, measure, n, mean * by, low * by, high * by, p, least * by, most * by, turns))
    return rows


def _shrinkage(differences: dict[str, np.ndarray]) -> dict[str, float]:
    """tau2 / (tau2 + s2 / n) for each outlet: how much of its mean is more than the noise of its events (empirical Bayes, moments)."""
    noise = {outlet: float(np.var(found, ddof=1)) / len(found) for outlet, found in differences.items() if len(found) > 1}
    means = [math.fsum(differences[outlet]) / len(differences[outlet]) for outlet in noise]
    between = max(float(np.mean(np.square(means))) - float(np.mean(list(noise.values()))), 0.0) if noise else 0.0
    return {outlet: between / (between + noise[outlet]) if outlet in noise and between + noise[outlet] > 0 else 0.0 for outlet in differences}


def _event_interval(found: np.ndarray, settings: ClaimSettings) -> tuple[float, float]:
    seed = hashlib.sha256(np.round(found, DECIMALS).tobytes()).digest()
    picks = np.random.default_rng(int.from_bytes(seed[:8], "big")).integers(0, len(found), (settings.event_draws, len(found)))
    tail = (1 - settings.interval) / 2
    low, high = np.quantile(found[picks].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def _p_value(found: np.ndarray) -> float:
    """Two-sided t over events; 1 when all differences are 0, the smallest number when all are the same other one."""
    spread = float(np.std(found, ddof=1))
    if spread == 0:
        return 1.0 if found[0] == 0 else float(np.finfo(float).tiny)
    return float(2 * stats.t.sf(abs(float(np.mean(found))) / (spread / math.sqrt(len(found))), len(found) - 1))


def _adjust(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg over the rows that were tested; NaN stays NaN."""
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    if len(tested):
        order = tested[np.argsort(p[tested], kind="stable")]
        scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
        q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def _without(values: pd.DataFrame, outlet: str) -> tuple[float, float, list[str]]:
    """Smallest and largest mean difference when one other outlet at a time is taken out of "the others", and who turns the sign."""
    own, rest = values[outlet], values.drop(columns=outlet)
    base = float((own - rest.mean(axis=1)).mean())
    means = {str(name): float((own - rest.drop(columns=name).mean(axis=1)).mean()) for name in rest.columns if rest.shape[1] > 1}
    known = {name: mean for name, mean in means.items() if math.isfinite(mean)}
    if not known:
        return math.nan, math.nan, []
    return min(known.values()), max(known.values()), sorted(name for name, mean in known.items() if mean * base < 0)
