"""Contrasts: the leave-one-out difference, its interval, and what must be exactly nothing."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from analysis import schema
from analysis.framing.contrasts import contrast_articles, measure_articles, shuffle_band
from analysis.settings import ClaimSettings

SETTINGS = ClaimSettings(draws=200, band_draws=100)
TONE = schema.Measure("tone", "Tone", "-1…1", 1.0, "warm", "cold", "truth", "ours")
RATE = schema.Measure("rate", "Rate", "per 1,000 words", 1000.0, "many", "few", "truth", "ours")


def samples_of(**values):
    rows = [(article, sentence, "tone", value, 1.0) for article, found in values.items() for sentence, value in enumerate(found, 1)]
    return pd.DataFrame(rows, columns=list(schema.SAMPLES.columns))


def groups_of(**origins):
    rows = [(article, "e", "s", origin, 1.0, 1.0, "") for article, origin in origins.items()]
    return pd.DataFrame(rows, columns=list(schema.GROUPS.columns))


def judged(*articles, no=()):
    rows = [(article, "no" if article in no else "comparable", "", "full", 0.0) for article in articles]
    return pd.DataFrame(rows, columns=list(schema.COMPARABILITY.columns))


def row(table, article):
    return table.set_index("article_id").loc[article]


def test_the_difference_is_to_the_mean_of_the_other_origins():
    # a: (0.6+0.2)/2 = 0.4; b: 0.1; c: 0.3; others of a = (0.1+0.3)/2 = 0.2; difference 0.2
    found = contrast_articles(samples_of(a=[0.6, 0.2], b=[0.1], c=[0.3]), [TONE], groups_of(a="1", b="2", c="3"), judged("a", "b", "c"), SETTINGS)
    assert row(found, "a").difference == pytest.approx(0.2)
    assert row(found, "a").others == pytest.approx(0.2)
    assert row(found, "a").n_others == 2


def test_copies_of_one_origin_are_one_vote():
    # b and c are one text of 0.1, d is 0.7: others of a = (0.1+0.7)/2 = 0.4, not (0.1+0.1+0.7)/3 = 0.3
    found = contrast_articles(samples_of(a=[0.5], b=[0.1], c=[0.1], d=[0.7]), [TONE], groups_of(a="1", b="2", c="2", d="3"), judged(*"abcd"), SETTINGS)
    assert row(found, "a").others == pytest.approx(0.4)
    assert row(found, "b").n_others == 2


def test_identical_texts_differ_by_exactly_nothing():
    values = [0.1, 0.7, -0.3, 0.2, 0.15, 0.9, -0.77, 0.31]
    for copies in (2, 3, 7):
        names = [f"a{at}" for at in range(copies)]
        found = contrast_articles(samples_of(**dict.fromkeys(names, values)), [TONE], groups_of(**{name: name for name in names}), judged(*names), SETTINGS)
        assert (found["difference"] == 0).all()
        assert (found["low"] == 0).all() and (found["high"] == 0).all()
        assert not found["told"].any()


def test_a_rate_divides_sums_and_not_means():
    # 1 hit in 10 words and 0 in 30 words: 1/40 x 1000 = 25 per 1,000, not the mean of 100 and 0
    samples = pd.DataFrame([("a", 1, "rate", 1.0, 10.0), ("a", 2, "rate", 0.0, 30.0)], columns=list(schema.SAMPLES.columns))
    assert measure_articles(samples, [RATE], SETTINGS)["value"].tolist() == [25.0]


def test_no_interval_under_five_sentences_and_one_that_holds_the_value_above():
    few, enough = measure_articles(samples_of(a=[0.1] * 4, b=[0.1, 0.5, 0.3, 0.2, 0.4]), [TONE], SETTINGS).itertuples()
    assert math.isnan(few.low) and math.isnan(few.high)
    assert enough.low < enough.value < enough.high


def test_missing_values_make_no_number_and_no_warning():
    samples = samples_of(a=[math.nan, math.nan], b=[0.2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = contrast_articles(samples, [TONE], groups_of(a="1", b="2"), judged("a", "b"), SETTINGS)
        measured = measure_articles(samples, [TONE], SETTINGS)
        shuffle_band(samples, [TONE], groups_of(a="1", b="2"), judged("a", "b"), SETTINGS)
    assert found["difference"].isna().all()
    assert measured.set_index("article_id").loc["a", "n"] == 0


def test_a_barred_article_has_no_difference_and_is_nobodys_other():
    found = contrast_articles(samples_of(a=[0.5], b=[0.1], c=[-0.9]), [TONE], groups_of(a="1", b="2", c="3"), judged("a", "b", "c", no=("c",)), SETTINGS)
    assert row(found, "a").others == pytest.approx(0.1)
    assert math.isnan(row(found, "c").difference)


def test_a_clear_difference_on_enough_sentences_is_told():
    far, near = [0.8, 0.9, 0.85, 0.8, 0.9, 0.95, 0.9, 0.85], [0.0, 0.1, 0.05, 0.0, 0.1, 0.0, 0.05, 0.1]
    found = contrast_articles(samples_of(a=far, b=near, c=near[::-1]), [TONE], groups_of(a="1", b="2", c="3"), judged("a", "b", "c"), SETTINGS)
    assert row(found, "a").told and row(found, "a").low > 0
    short = contrast_articles(samples_of(a=far[:6], b=near, c=near), [TONE], groups_of(a="1", b="2", c="3"), judged("a", "b", "c"), SETTINGS)
    assert not row(short, "a").told


def test_order_and_names_change_nothing():
    samples = samples_of(a=[0.3, 0.1, 0.6, 0.2, 0.5], b=[0.4, 0.9, 0.1, 0.2, 0.7], c=[-0.3, 0.2, 0.1, 0.0, 0.6])
    groups, names = groups_of(a="1", b="2", c="3"), {"a": "z", "b": "y", "c": "x"}
    plain = contrast_articles(samples, [TONE], groups, judged("a", "b", "c"), SETTINGS)
    turned = contrast_articles(samples.sample(frac=1, random_state=3), [TONE], groups.iloc[::-1], judged("c", "b", "a"), SETTINGS)
    pd.testing.assert_frame_equal(plain, turned)
    renamed = contrast_articles(samples.replace(names), [TONE], groups.replace(names), judged("x", "y", "z"), SETTINGS)
    back = renamed.assign(article_id=renamed["article_id"].map({new: old for old, new in names.items()})).sort_values("article_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, back, check_exact=True)


def test_the_grey_band_holds_zero_and_shrinks_with_more_sentences():
    rng = np.random.default_rng(1)
    wide = samples_of(**{name: rng.normal(size=6).tolist() for name in "abc"})
    tight = samples_of(**{name: rng.normal(size=60).tolist() for name in "abc"})
    groups = groups_of(a="1", b="2", c="3")
    bands = [shuffle_band(samples, [TONE], groups, judged(*"abc"), SETTINGS) for samples in (wide, tight)]
    assert ((bands[0]["low"] < 0) & (bands[0]["high"] > 0)).all()
    assert (bands[1]["high"] - bands[1]["low"]).max() < (bands[0]["high"] - bands[0]["low"]).min()


def test_the_input_is_left_as_it_was_and_empty_stays_empty():
    samples, groups, comparability = samples_of(a=[0.5], b=[0.1]), groups_of(a="1", b="2"), judged("a", "b")
    kept = [table.copy(deep=True) for table in (samples, groups, comparability)]
    contrast_articles(samples, [TONE], groups, comparability, SETTINGS)
    for table, before in zip((samples, groups, comparability), kept, strict=True):
        pd.testing.assert_frame_equal(table, before)
    assert measure_articles(schema.SAMPLES.empty(), [TONE], SETTINGS).empty
    assert contrast_articles(schema.SAMPLES.empty(), [TONE], groups, comparability, SETTINGS)["difference"].isna().all()


def test_a_missing_column_is_named():
    with pytest.raises(schema.TableError, match="weight"):
        measure_articles(samples_of(a=[1.0]).drop(columns="weight"), [TONE], SETTINGS)
