"""What an article dwells on, against the others on the event."""

import numpy as np
import pandas as pd
import pytest

from analysis.framing.themes import DESCRIPTORS, assign_themes, find_themes, measure_themes, standardise_themes
from analysis.schema import THEMES, TableError
from analysis.settings import SentimentSettings

SETTINGS = SentimentSettings(theme_sentences=4, theme_alone=1)
NAMES = list(DESCRIPTORS)
GROUPS = pd.DataFrame({"article_id": ["a", "b", "c"], "origin_id": ["1", "2", "2"]})


def embed(texts):
    """One axis a theme; other sentences begin with the number of their axis, or point nowhere."""
    rows = np.zeros((len(texts), len(NAMES) + 1), dtype=np.float32)
    for row, text in enumerate(texts):
        axis = next((at for at, name in enumerate(NAMES) if text in DESCRIPTORS[name]), None)
        rows[row, axis if axis is not None else int(text.split()[0])] = 1
    return rows


def make(rows):
    table = pd.DataFrame(rows, columns=["article_id", "sentence", "text"]).assign(paragraph=1, start=0, end=1)
    return table, embed(table["text"].tolist())


ROWS = [("a", 0, "1 title"), ("a", 1, "0 cost"), ("a", 2, "12 plain"), ("b", 1, "1 court"), ("b", 2, "12 other"), ("c", 1, "1 court"), ("c", 2, "12 other")]


def test_shares_count_body_sentences_and_a_reprint_is_one_voice():
    # a: one of two sentences on axis 0 -> .5; origin 2 (b and its reprint c): 0 on axis 0, .5 on axis 1.
    sentences, vectors = make(ROWS)
    themes = find_themes(sentences, vectors, embed, GROUPS, SETTINGS).set_index(["article_id", "theme"])
    assert list(themes.reset_index().columns.sort_values()) == sorted(THEMES.columns)
    assert themes.loc[("a", NAMES[0]), ["share", "others", "difference", "n"]].tolist() == [0.5, 0.0, 0.5, 2]
    assert themes.loc[("a", NAMES[1]), ["share", "others"]].tolist() == [0.0, 0.5]
    assert themes.loc[("b", NAMES[1]), "sentences"] == [1]
    alone = find_themes(*make(ROWS[:5]), embed, GROUPS.iloc[:2], SETTINGS).set_index(["article_id", "theme"])
    assert alone["share"].equals(themes.loc[["a", "b"], "share"])


def test_row_order_changes_nothing_and_the_input_stays():
    sentences, vectors = make(ROWS)
    before = sentences.copy(deep=True)
    turned = find_themes(*make(ROWS[::-1]), embed, GROUPS, SETTINGS)
    pd.testing.assert_frame_equal(turned, find_themes(sentences, vectors, embed, GROUPS, SETTINGS))
    pd.testing.assert_frame_equal(sentences, before)


def test_a_sentence_between_two_themes_belongs_to_neither():
    scores = np.array([[1.5, 1.3, 0.0], [1.5, 1.1, 0.0], [0.9, 0.0, 0.0]])  # lead .2 < .3; lead .4; height .9 < 1
    near = np.array([[0.5, 0.1, 0.1]] * 3)
    assert assign_themes(near, scores, SETTINGS).tolist() == [-1, 0, -1]


def test_a_sentence_that_stands_out_only_because_the_others_are_farther_belongs_to_none():
    scores = np.array([[1.5, 0.0, 0.0]] * 4)
    near = np.array([[0.23, 0.0, 0.0], [0.30, 0.21, 0.0], [0.24, 0.13, 0.0], [0.30, 0.0, 0.40]])  # under .24; lead .09 < .10; both met; nearer to another
    assert assign_themes(near, scores, SETTINGS).tolist() == [-1, -1, 0, -1]


def test_a_theme_is_told_when_two_origins_have_it_or_one_article_several_times():
    once = [("a", 1, "0 cost"), ("a", 2, "12 x"), ("b", 1, "12 plain"), ("b", 2, "12 other"), ("c", 1, "1 court"), ("c", 2, "12 other")]
    settings = SentimentSettings(theme_sentences=4)
    assert len(find_themes(*make(once), embed, GROUPS, settings)) == 0  # one sentence each in a and c
    often = [*once, ("a", 3, "0 price"), ("a", 4, "0 wage")]
    assert set(find_themes(*make(often), embed, GROUPS, settings)["theme"]) == {NAMES[0]}  # three in a
    both = [*once, ("b", 3, "0 price")]
    assert set(find_themes(*make(both), embed, GROUPS, settings)["theme"]) == {NAMES[0]}  # origins 1 and 2
    reprint = [*once, ("b", 3, "1 court")]
    assert len(find_themes(*make(reprint), embed, GROUPS, settings)) == 0  # b and c are one origin


def test_standardised_scores_have_mean_nought_and_no_spread_is_no_error():
    scores = standardise_themes(measure_themes(embed(["0 a", "1 b"]), embed), ["0 a", "1 b"])
    assert np.allclose(scores.mean(axis=0), 0)
    assert (standardise_themes(measure_themes(embed(["12 a", "12 a"]), embed), ["12 a", "12 a"]) == 0).all()


def test_one_origin_has_no_others_and_a_short_event_no_themes():
    sentences, vectors = make(ROWS)
    alone = find_themes(sentences, vectors, embed, GROUPS.assign(origin_id="1"), SETTINGS)
    assert alone["others"].isna().all() and alone["difference"].isna().all()
    short = find_themes(sentences, vectors, embed, GROUPS, SentimentSettings())
    assert len(short) == 0 and list(short.columns) == list(THEMES.columns)
    assert len(find_themes(sentences.iloc[:0], vectors[:0], embed, GROUPS, SETTINGS)) == 0


def test_vectors_of_another_length_are_refused():
    sentences, vectors = make(ROWS)
    with pytest.raises(TableError, match="6 vectors for 7"):
        find_themes(sentences, vectors[1:], embed, GROUPS, SETTINGS)
