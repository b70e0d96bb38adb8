"""The tool examined on the reader's own articles: what must come out as nothing does come out as nothing.

Each check changes the articles in a way that must not change the answer (a copy, another name, another order) and compares the
whole way through again. The way is handed in, so that this file joins no stages.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import binom

from analysis import schema
from analysis.settings import ClaimSettings

Compare = Callable[[pd.DataFrame], schema.Comparison]
"""All articles given, taken as one event, with origins found anew -> the Comparison."""

FindTendencies = Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame, ClaimSettings], pd.DataFrame]
COLUMNS = ["check", "passed", "detail"]
FLAGS = ("early signal", "card")
COPY, HOLLOW = "-selfcheck-copy", "selfcheck-without-sentences"


def check_comparison(articles: pd.DataFrame, compare: Compare) -> pd.DataFrame:
    """Run the checks that need one event.

    How to read it: every row must have passed; a row that did not names what moved, and no figure of this event should be
    believed before it is mended.

    Args:
        articles: ARTICLES of one event, at least one.
        compare: the way from articles to a Comparison.

    Returns:
        check, passed, detail (a sentence): one row a check, in a fixed order.

    Raises:
        InputError: no article was given.

    Source: METHODS 8 (20); ours: reason.
    """
    if articles.empty:
        raise schema.InputError("There is no article to check the tool on", remedy="Choose an event with at least one article")
    plain = compare(articles)
    original = articles.sort_values(["n_words", "article_id"], ascending=[False, True], kind="stable").iloc[[0]]
    copied = original.assign(article_id=original["article_id"] + COPY, outlet=original["outlet"] + " (copy)")
    doubled = compare(pd.concat([articles, copied], ignore_index=True))
    own, copy = str(original["article_id"].iloc[0]), str(copied["article_id"].iloc[0])
    rows = [_same_numbers(doubled, own, copy), _one_origin(doubled, own, copy), _no_n_moved(plain, doubled), _hollow(articles, original, compare),
            _unmoved("Other outlet names change no figure", plain, compare(articles.assign(outlet="Renamed " + articles["outlet"].astype(str)))),
            _unmoved("Another order of the articles changes no figure", plain, compare(articles.iloc[::-1].reset_index(drop=True)))]
    return pd.DataFrame(rows, columns=COLUMNS)


def check_shuffled_names(contrasts: pd.DataFrame, articles: pd.DataFrame, groups: pd.DataFrame, find: FindTendencies,
                         settings: ClaimSettings) -> pd.DataFrame:
    """Shuffle outlet names within every event and count the runs in which any tendency is still claimed.

    How to read it: with shuffled names no outlet has a tendency, so a claim is a false alarm; the share of runs with one must
    not exceed the level that is stated, but for the luck of so many runs.

    Args:
        contrasts, articles, groups: as for `find_tendencies`.
        find: the function that finds tendencies.
        settings: runs and level.

    Returns:
        One row: check, passed, detail.

    Source: METHODS 9 ("null safety").
    """
    event = groups.drop_duplicates("article_id").set_index("article_id")["event_id"]
    known = articles.drop_duplicates("article_id")
    ordered = known.assign(event=known["article_id"].map(event)).sort_values(["event", "article_id"], kind="stable")
    spans = [np.flatnonzero(ordered["event"].to_numpy() == name) for name in ordered["event"].dropna().unique()]
    generator, outlets = np.random.default_rng(settings.shuffle_runs), ordered["outlet"].to_numpy(dtype=object)
    flagged = 0
    for _ in range(settings.shuffle_runs):
        dealt = outlets.copy()
        for span in spans:
            dealt[span] = outlets[span][generator.permutation(len(span))]
        flagged += bool(find(contrasts, ordered.assign(outlet=dealt), groups, settings)["says"].isin(FLAGS).any())
    most = int(binom.ppf(settings.shuffle_trust, settings.shuffle_runs, settings.false_discovery))
    detail = (f"{flagged} of {settings.shuffle_runs} runs with shuffled outlet names claimed a tendency; "
              f"at a rate of {settings.false_discovery:.0%} up to {most} are luck.")
    return pd.DataFrame([("Shuffled outlet names raise flags at the stated rate", flagged <= most, detail)], columns=COLUMNS)


def _same_numbers(doubled: schema.Comparison, own: str, copy: str) -> tuple[str, bool, str]:
    values = {key: doubled.measures[doubled.measures["article_id"] == key].set_index("measure")["value"].astype(float).sort_index() for key in (own, copy)}
    apart = (values[own] - values[copy]).abs()
    moved = sorted(apart.index[apart > 0]) + sorted(set(values[own].index) ^ set(values[copy].index))
    return "The same text twice differs by 0", not moved, f"Differs in {', '.join(moved)}." if moved else f"All {len(apart)} measures are equal."


def _one_origin(doubled: schema.Comparison, own: str, copy: str) -> tuple[str, bool, str]:
    origins = doubled.groups.set_index("article_id")["origin_id"]
    same = bool(origins[own] == origins[copy])
    return "One text in two outlets is one origin", same, "Both have one origin." if same else f"The copy of {own} was taken for a second voice."


def _no_n_moved(plain: schema.Comparison, doubled: schema.Comparison) -> tuple[str, bool, str]:
    before = plain.contrasts.set_index(["article_id", "measure"])[["n", "n_others"]]
    after = doubled.contrasts.set_index(["article_id", "measure"])[["n", "n_others"]].reindex(before.index)
    moved = sorted({str(article) for article, _ in before.index[(before.astype(float) != after.astype(float)).any(axis=1)]})
    claims = sorted(plain.claim_index["n_origins"].tolist()) != sorted(doubled.claim_index["n_origins"].tolist())
    detail = f"n moved for {', '.join(moved)}." if moved else "A claim's number of origins moved." if claims else "No n and no number of origins moved."
    return "A duplicated article changes no n", not moved and not claims, detail


def _hollow(articles: pd.DataFrame, original: pd.DataFrame, compare: Compare) -> tuple[str, bool, str]:
    empty = original.assign(article_id=HOLLOW, outlet="Without sentences", title="", text="", n_words=0)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = compare(pd.concat([articles, empty], ignore_index=True))
    numbers = found.measures.loc[found.measures["article_id"] == HOLLOW, "value"].astype(float).notna().sum()
    numbers += found.contrasts.loc[found.contrasts["article_id"] == HOLLOW, "difference"].astype(float).notna().sum()
    ours = [str(warning.message) for warning in heard if "/analysis/" in str(warning.filename).replace("\\", "/")]
    detail = f"{numbers} numbers were made from nothing." if numbers else f"It warned: {ours[0]}" if ours else "Every number is missing, and nothing warned."
    return "A text without sentences has no number", not numbers and not ours, detail


def _unmoved(check: str, plain: schema.Comparison, other: schema.Comparison) -> tuple[str, bool, str]:
    keys = ["article_id", "measure"]
    before, after = (table.set_index(keys)[["value", "difference", "low", "high"]].astype(float).sort_index() for table in (plain.contrasts, other.contrasts))
    same = before.index.equals(after.index) and bool(np.array_equal(before.to_numpy(), after.to_numpy(), equal_nan=True))
    claims = plain.claim_index["claim_id"].tolist() == other.claim_index["claim_id"].tolist()
    return check, same and claims, "All figures and claims are the same." if same and claims else "A figure moved." if not same else "The claims moved."
