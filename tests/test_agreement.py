"""Agreement between readers, held to sums worked by hand and to Krippendorff's own example."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as make

from analysis.framing.agreement import compare_readers, count_guesses, count_marks, find_alpha

KRIPPENDORFF = (  # 2011, section C: four observers, twelve units, categories 1 to 5, gaps where nobody judged
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def judged(*lines):
    """Return judgements from lines of values, one line a reader, '.' for none."""
    return pd.DataFrame(
        [(unit, reader, value) for reader, line in enumerate(lines) for unit, value in enumerate(line.split()) if value != "."],
        columns=["unit", "reader", "value"],
    )


def test_alpha_is_what_krippendorff_works_out_himself():
    found = find_alpha(judged(*KRIPPENDORFF))
    assert round(found.alpha, 3) == 0.743 and found.n_units == 11 and found.n_readers == 4


def test_two_readers_who_agree_as_often_as_chance_get_nothing():
    # values 1 1 0 0 / 1 0 1 0: n = 8, four of each; agreed = 4; expected = (4*3 + 4*3) / 7 = 24/7; alpha = 1 - 4 / (8 - 24/7) = 1/8
    assert find_alpha(judged("1 1 0 0", "1 0 1 0")).alpha == pytest.approx(1 / 8)


def test_readers_who_always_agree_reach_one_and_who_always_differ_fall_below_zero():
    assert find_alpha(judged("1 0 1", "1 0 1")).alpha == 1
    assert find_alpha(judged("1 0 1", "0 1 0")).alpha < 0


@pytest.mark.parametrize(("lines", "words"), [((), "two readers"), (("1 0 1",), "two readers"), (("1 . .", ". 0 1"), "two readers"), (("0 0", "0 0"), "same answer")])
def test_alpha_that_cannot_be_told_is_not_a_number_and_says_why(lines, words):
    found = find_alpha(judged(*lines))
    assert math.isnan(found.alpha) and words in found.why


@given(make.lists(make.lists(make.sampled_from([0, 1]), min_size=6, max_size=6), min_size=2, max_size=5))
def test_the_order_of_readers_and_the_names_of_answers_do_not_matter(rows):
    table = pd.DataFrame([(unit, reader, value) for reader, row in enumerate(rows) for unit, value in enumerate(row)], columns=["unit", "reader", "value"])
    alpha = find_alpha(table).alpha
    turned = find_alpha(table.assign(reader=-table["reader"], value=table["value"].map({0: "yes", 1: "no"}))[::-1].reset_index(drop=True)).alpha
    assert (math.isnan(alpha) and math.isnan(turned)) or alpha == pytest.approx(turned)
    assert math.isnan(alpha) or alpha <= 1


SENTENCES = pd.DataFrame({"article_id": ["a", "a", "a", "b"], "sentence": [0, 1, 2, 0]})
MARKS = pd.DataFrame(
    [(1, "a", -1), (1, "a", 1), (2, "a", -1), (2, "a", 1), (2, "a", 2), (3, "a", -1)], columns=["reader", "article_id", "sentence"]
)  # three readers of a; sentence 1 by two, sentence 2 by one; nobody read b


def test_marks_are_counted_per_sentence_beside_the_tool():
    before = MARKS.copy()
    counted = count_marks(SENTENCES, MARKS, {("a", 1), ("b", 0)})
    assert counted["n_readers"].tolist() == [3, 3, 3, 0] and counted["n_marked"].tolist() == [0, 2, 1, 0]
    assert counted["tool"].tolist() == [False, True, False, True] and math.isnan(counted["share"].iloc[3])
    pd.testing.assert_frame_equal(MARKS, before)


def test_the_majority_is_one_reader_beside_the_tool_and_a_tie_is_left_out():
    # majority on a: no, yes (2 of 3), no; the tool: no, yes, no: all three agree
    among, against = compare_readers(SENTENCES, MARKS, {("a", 1)})
    assert against.alpha == 1 and against.n_units == 3 and among.n_readers == 3 and among.n_units == 3
    tied = compare_readers(SENTENCES, MARKS[MARKS["reader"] < 3], {("a", 1)})[1]
    assert tied.n_units == 2  # sentence 2 is marked by one of two


def test_a_reader_who_marked_nothing_counts_and_nobody_gives_no_number():
    among, against = compare_readers(SENTENCES, MARKS.iloc[:0], set())
    assert math.isnan(among.alpha) and math.isnan(against.alpha) and among.n_readers == 0


def test_the_last_guess_of_a_reader_counts():
    guesses = pd.DataFrame([(1, "q", "A"), (1, "q", "B"), (2, "q", "B"), (3, "q", "C")], columns=["reader", "question", "answer"])
    counted = count_guesses(guesses)
    assert counted[["answer", "n", "n_readers"]].values.tolist() == [["B", 2, 3], ["C", 1, 3]]
    assert count_guesses(guesses.iloc[:0]).empty
