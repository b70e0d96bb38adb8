"""Paragraphs on one row share claims; every article keeps its order and loses nothing."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as make

from analysis.framing.reading import align_paragraphs


def sentences_of(**n):
    """Return one sentence a paragraph, with a title, for articles of so many paragraphs."""
    return pd.DataFrame([(key, place, place) for key, count in n.items() for place in range(count + 1)], columns=["article_id", "sentence", "paragraph"])


def claims_of(*cells):
    """Return claims from (claim, article, sentences)."""
    return pd.DataFrame(
        [(claim, key, "firm" if numbers else "not found", list(numbers)) for claim, key, numbers in cells], columns=["claim_id", "article_id", "status", "sentences"]
    )


def wide(rows):
    """Return row -> paragraph of each article, None for a gap."""
    return {int(row): dict(zip(part["article_id"], part["paragraph"], strict=True)) for row, part in rows.groupby("row")}


def test_matched_paragraphs_stand_on_one_row_and_lone_ones_side_by_side():
    # a1 ~ b2 and a3 ~ b3; a2 has nothing beside it; b1 comes before
    claims = claims_of(("c", "a", [1]), ("c", "b", [2]), ("d", "a", [3]), ("d", "b", [3]))
    assert wide(align_paragraphs(claims, sentences_of(a=3, b=3), ["a", "b"])) == {1: {"b": 1}, 2: {"a": 1, "b": 2}, 3: {"a": 2}, 4: {"a": 3, "b": 3}}


def test_a_fact_told_in_another_place_does_not_break_the_order():
    # the two shared facts stand in opposite order: only one of them can be a row; the stronger (two claims) is
    claims = claims_of(("c", "a", [1]), ("c", "b", [2]), ("d", "a", [2]), ("d", "b", [1]), ("e", "a", [2]), ("e", "b", [1]))
    rows = align_paragraphs(claims, sentences_of(a=2, b=2), ["a", "b"])
    assert wide(rows)[2] == {"a": 2, "b": 1} and rows.loc[rows["row"] == 2, "matched"].tolist() == [2, 2]


def test_texts_that_share_nothing_still_stand_side_by_side_unmatched():
    rows = align_paragraphs(claims_of(("c", "a", [1]), ("c", "b", [])), sentences_of(a=2, b=1), ["a", "b"])
    assert wide(rows) == {1: {"a": 1, "b": 1}, 2: {"a": 2}} and rows["matched"].tolist() == [0, 0, 0]


def test_an_article_without_a_body_has_no_row():
    assert align_paragraphs(claims_of(("c", "a", [1])), sentences_of(a=1, b=0), ["a", "b"])["article_id"].tolist() == ["a"]
    assert align_paragraphs(claims_of(), sentences_of(), []).empty


@given(make.lists(make.tuples(make.sampled_from("abc"), make.integers(0, 4), make.integers(1, 5)), max_size=25))
def test_every_paragraph_stands_once_in_its_own_order(cells):
    claims = claims_of(*((f"c{claim}", key, [number]) for key, claim, number in cells))
    rows = align_paragraphs(claims, sentences_of(a=5, b=3, c=4), ["a", "b", "c"])
    for key, count in (("a", 5), ("b", 3), ("c", 4)):
        own = rows[rows["article_id"] == key].sort_values("row")
        assert own["paragraph"].tolist() == list(range(1, count + 1)) and own["row"].is_unique
