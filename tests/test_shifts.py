"""The word shift: parts that add up to the gap."""

import numpy as np
import pandas as pd
import pytest

from analysis.framing.shifts import shift_words
from analysis.schema import InputError, TableError

WORDS = pd.DataFrame([
    ("a", 1, "good", 1.9, 1), ("a", 1, "bridge", 0.0, 3), ("b", 1, "bad", -2.5, 1), ("b", 2, "good", 1.9, 1), ("b", 2, "bridge", 0.0, 6),
    ("c", 1, "bridge", 0.0, 2),
], columns=["article_id", "sentence", "word", "valence", "count"])


def tone(article_id):
    rows = WORDS[WORDS["article_id"] == article_id]
    return (rows["valence"] * rows["count"]).sum() / rows["count"].sum() * 100


def test_the_parts_are_valence_times_difference_of_rates_and_add_up_exactly():
    # a: good 1/4 = 25 per 100; b: good 1/8 = 12.5, bad 12.5. good 1.9 x 12.5 = 23.75; bad -2.5 x -12.5 = 31.25; gap 55.
    shift = shift_words(WORDS, "a", "b")
    assert shift["word"].tolist() == ["bad", "good"]
    assert shift["contribution"].tolist() == pytest.approx([31.25, 23.75])
    assert shift["contribution"].sum() == pytest.approx(tone("a") - tone("b"), abs=1e-9)
    assert shift[["left_count", "right_count"]].values.tolist() == [[0, 1], [1, 1]]
    assert shift["sentences"].tolist() == [[["b", 1]], [["a", 1], ["b", 2]]]


def test_against_several_the_parts_add_up_to_the_gap_to_their_mean():
    shift = shift_words(WORDS, "a", ["b", "c"])
    assert shift["contribution"].sum() == pytest.approx(tone("a") - (tone("b") + tone("c")) / 2, abs=1e-9)


def test_turning_the_sides_turns_the_signs_and_the_same_words_shift_nothing():
    one, other = shift_words(WORDS, "a", "b"), shift_words(WORDS, "b", "a")
    np.testing.assert_allclose(one["contribution"], -other["contribution"])
    twin = pd.concat([WORDS[WORDS["article_id"] == "a"], WORDS[WORDS["article_id"] == "a"].assign(article_id="twin")])
    assert len(shift_words(twin, "a", "twin")) == 0


def test_row_order_changes_nothing_and_the_input_stays():
    before = WORDS.copy(deep=True)
    pd.testing.assert_frame_equal(shift_words(WORDS.iloc[::-1], "a", "b"), shift_words(WORDS, "a", "b"))
    pd.testing.assert_frame_equal(WORDS, before)


def test_headlines_do_not_count():
    titled = pd.concat([WORDS, pd.DataFrame([("a", 0, "bad", -2.5, 9)], columns=WORDS.columns)])
    pd.testing.assert_frame_equal(shift_words(titled, "a", "b"), shift_words(WORDS, "a", "b"))


@pytest.mark.parametrize(("left", "right"), [("a", "a"), ("a", "unknown"), ("unknown", "a"), ("a", [])])
def test_an_article_without_words_or_against_itself_is_refused(left, right):
    with pytest.raises(InputError):
        shift_words(WORDS, left, right)


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="valence"):
        shift_words(WORDS.drop(columns="valence"), "a", "b")
