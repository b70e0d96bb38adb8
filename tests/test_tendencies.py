"""Tendencies and self-checks: nothing under ten events, and what shuffled names may claim."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import schema
from analysis.framing.selfchecks import check_comparison, check_shuffled_names
from analysis.framing.tendencies import find_tendencies
from analysis.settings import ClaimSettings

SETTINGS = ClaimSettings(event_draws=200, shuffle_runs=20)


def events_of(n, gap, measures=1, seed=0):
    """n events of outlets A, B, C; A's values lie `gap` above noise of spread 0.1."""
    rng = np.random.default_rng(seed)
    contrasts, articles, groups = [], [], []
    for event in range(n):
        names = [f"{outlet}{event}" for outlet in "ABC"]
        articles += [dict(dict.fromkeys(schema.ARTICLES.columns, ""), article_id=name, outlet=name[0]) for name in names]
        groups += [(name, f"e{event}", "s", name, 1.0, 1.0, "") for name in names]
        for at in range(measures):
            values = rng.normal(scale=0.1, size=3) + [gap, 0, 0]
            for name, value in zip(names, values, strict=True):
                others = (values.sum() - value) / 2
                contrasts.append((name, f"m{at}", value, others, value - others, math.nan, math.nan, 20, 2, False))
    return (pd.DataFrame(contrasts, columns=list(schema.CONTRASTS.columns)), pd.DataFrame(articles),
            pd.DataFrame(groups, columns=list(schema.GROUPS.columns)))


def says(found, outlet="A"):
    return found.set_index(["outlet", "measure"])["says"][outlet, "m0"]


@pytest.mark.parametrize(("n", "word"), [(9, "nothing"), (10, "early signal"), (29, "early signal"), (30, "card")])
def test_the_number_of_shared_events_decides_what_may_be_said(n, word):
    found = find_tendencies(*events_of(n, gap=0.5), SETTINGS)
    assert says(found) == word
    assert (found["n_events"] == n).all()


def test_noise_cannot_be_told_apart_and_is_listed():
    assert set(find_tendencies(*events_of(40, gap=0.0, seed=4), SETTINGS)["says"]) == {"cannot be told apart"}


def test_the_value_is_the_mean_difference_pulled_to_zero():
    contrasts, articles, groups = events_of(30, gap=0.5)
    mean = contrasts[contrasts["article_id"].str.startswith("A")]["difference"].mean()
    value = find_tendencies(contrasts, articles, groups, SETTINGS).set_index("outlet").loc["A", "value"]
    assert 0.9 * mean < value < mean


def test_adjusted_values_follow_benjamini_and_hochberg():
    # p .01 .02 .03 .50 over 4 rows: q = .01x4/1 = .04, .02x4/2 = .04, .03x4/3 = .04, .50
    from analysis.framing.tendencies import _adjust
    assert _adjust(np.array([0.5, 0.01, np.nan, 0.03, 0.02])) == pytest.approx([0.5, 0.04, np.nan, 0.04, 0.04], nan_ok=True)


def test_a_text_of_two_outlets_speaks_for_neither():
    contrasts, articles, groups = events_of(12, gap=0.5)
    shared = groups.assign(origin_id=groups["article_id"].where(~groups["article_id"].str[0].isin(["A", "B"]), groups["event_id"] + "wire"))
    assert find_tendencies(contrasts, articles, shared, SETTINGS)["outlet"].unique().tolist() == ["C"]


def test_an_outlet_without_whom_the_sign_turns_is_named():
    # A = 0.1, B = 0.4, C = -0.6 in each event: A - mean(B, C) = 0.2; without C: 0.1 - 0.4 = -0.3; without B: 0.7
    contrasts, articles, groups = events_of(12, gap=0.0)
    value = contrasts["article_id"].str[0].map({"A": 0.1, "B": 0.4, "C": -0.6}).astype(float)
    contrasts = contrasts.assign(value=value, difference=value.map({0.1: 0.2, 0.4: 0.65, -0.6: -0.85}))
    found = find_tendencies(contrasts, articles, groups, SETTINGS).set_index("outlet").loc["A"]
    assert found["hangs_on"] == ["C"]
    assert found["without_low"] < 0 < found["without_high"]


def test_order_changes_nothing_and_empty_stays_empty():
    contrasts, articles, groups = events_of(12, gap=0.2)
    pd.testing.assert_frame_equal(find_tendencies(contrasts, articles, groups, SETTINGS),
                                  find_tendencies(contrasts.iloc[::-1], articles.iloc[::-1], groups.iloc[::-1], SETTINGS))
    assert find_tendencies(schema.CONTRASTS.empty(), articles, groups, SETTINGS).empty


def test_shuffled_names_keep_to_the_stated_rate():
    found = check_shuffled_names(*events_of(30, gap=0.0, measures=3), find_tendencies, replace(SETTINGS, shuffle_runs=40, false_discovery=0.1))
    assert found["passed"].all(), found["detail"].tolist()


def comparison_of(articles, drift=0.0):
    """A stand-in for the pipeline: one measure, the number of words; equal texts are one origin unless `drift`."""
    ids = articles["article_id"].astype(str)
    words = articles["text"].str.split().str.len().astype(float).where(articles["text"].ne(""))
    origins = articles["text"] if not drift else ids
    votes = pd.DataFrame({"origin": origins, "words": words}).dropna().drop_duplicates("origin")
    others = [votes.loc[votes["origin"] != origin, "words"].mean() for origin in origins]
    order = np.argsort(ids.to_numpy())
    moved = words + drift * articles["outlet"].str.len()
    contrasts = pd.DataFrame({"article_id": ids, "measure": "words", "value": moved, "others": others, "difference": moved - others, "low": math.nan, "high": math.nan,
                              "n": words.notna().astype(int), "n_others": [(votes["origin"] != origin).sum() for origin in origins], "told": False}).iloc[order]
    groups = pd.DataFrame({"article_id": ids, "event_id": "e", "storyline_id": "s", "origin_id": origins, "closeness": 1.0, "margin": 1.0, "why": ""})
    index = pd.DataFrame({"claim_id": ["c"], "n_origins": [votes["origin"].nunique()]})
    return schema.Comparison("e", "event", (), {"contrasts": contrasts, "measures": contrasts[["article_id", "measure", "value"]], "groups": groups, "claim_index": index})


def given_articles():
    rows = [dict(dict.fromkeys(schema.ARTICLES.columns, ""), article_id=key, outlet=key.upper(), text=text, n_words=len(text.split()))
            for key, text in (("a", "One two three."), ("b", "One two."))]
    return pd.DataFrame(rows)


def test_a_sound_pipeline_passes_every_self_check():
    found = check_comparison(given_articles(), comparison_of)
    assert found["passed"].all(), found[~found["passed"]].to_string()
    assert len(found) == 6


def test_a_pipeline_that_looks_at_names_fails_the_self_checks():
    found = check_comparison(given_articles(), lambda articles: comparison_of(articles, drift=0.01)).set_index("check")["passed"]
    assert not found["The same text twice differs by 0"]
    assert not found["One text in two outlets is one origin"]
    assert not found["A duplicated article changes no n"]
    assert not found["Other outlet names change no figure"]
    assert found["Another order of the articles changes no figure"]


def test_self_checks_need_an_article():
    with pytest.raises(schema.InputError):
        check_comparison(given_articles().iloc[:0], comparison_of)
