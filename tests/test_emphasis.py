"""Emphasis: where claims and actors stand, and how names are put together."""

import math

import pandas as pd
import pytest
from conftest import articles_of

from analysis import schema
from analysis.framing.emphasis import weigh_emphasis
from analysis.settings import ClaimSettings

SETTINGS = ClaimSettings()


def sentences_of(*places):
    """(article, sentence, paragraph) -> SENTENCES."""
    return pd.DataFrame([(article, sentence, paragraph, 0, 1, "x") for article, sentence, paragraph in places], columns=list(schema.SENTENCES.columns))


def claims_of(*cells):
    """(claim, article, sentences) -> CLAIMS; no sentences = not found."""
    rows = [{**dict.fromkeys(schema.CLAIMS.columns, ""), "claim_id": claim, "article_id": article, "status": "firm" if found else "not found", "sentences": found}
            for claim, article, found in cells]
    return pd.DataFrame(rows, columns=list(schema.CLAIMS.columns))


def mentions_of(*given):
    """(article, sentence, referent, kind, role, further fields) -> MENTIONS."""
    rows = [{**dict.fromkeys(schema.MENTIONS.columns, ""), "article_id": article, "sentence": sentence, "referent": referent, "kind": kind, "named": True,
             "role": role, "label": referent, "confidence": "high (alias)", **further} for article, sentence, referent, kind, role, further in given]
    return pd.DataFrame(rows, columns=list(schema.MENTIONS.columns))


TWO = articles_of({"article_id": "a", "text": "x"}, {"article_id": "b", "text": "x"})
PLACES = sentences_of(("a", 0, 0), *(("a", at, at) for at in range(1, 6)), ("b", 0, 0), *(("b", at, at) for at in range(1, 6)))


def found(claims=None, mentions=None, places=PLACES):
    return weigh_emphasis(TWO, places, mentions_of() if mentions is None else mentions, claims_of() if claims is None else claims, SETTINGS)


def test_headline_lead_body_and_end_are_counted_apart():
    row = found(claims_of(("k", "a", [0, 1, 3, 5]), ("k", "b", [4]))).set_index("article_id").loc["a"]
    assert [row["headline"], row["lead"], row["body"], row["last"], row["count"], row["first_paragraph"]] == [1, 1, 1, 1, 4, 0]


def test_prominence_is_the_share_of_weighted_mentions():
    # sentence 1 of 5 is lead (weight 1); sentence 3 stands at 2/5: exp(-0.4); share of k = 1 / (1 + exp(-0.4))
    table = found(claims_of(("k", "a", [1]), ("l", "a", [3]))).set_index("key")
    assert table.loc["k", "prominence"] == pytest.approx(1 / (1 + math.exp(-0.4)))
    assert table["prominence"].sum() == pytest.approx(1)


def test_a_claim_an_article_lacks_is_missing_and_not_paragraph_nought():
    three = articles_of(*({"article_id": key, "text": "x"} for key in "abc"))
    table = weigh_emphasis(three, PLACES, mentions_of(), claims_of(("k", "a", [2]), ("k", "b", [1])), SETTINGS).set_index("article_id")
    assert table.loc["c", "count"] == 0
    assert math.isnan(table.loc["c", "first_paragraph"]) and math.isnan(table.loc["c", "prominence"])


def actors(*given):
    table = found(mentions=mentions_of(*given))
    return table[table["kind"] == "actor"].set_index(["key", "article_id"])


def test_names_and_sure_nouns_count_for_an_actor_and_a_guess_does_not():
    table = actors(("a", 1, "Jane Roe", "person", "subject", {}), ("a", 2, "Jane Roe", "person", "object", {"confidence": "medium (same head)"}),
                   ("a", 3, "Jane Roe", "person", "subject", {"confidence": "possible (same role)"}), ("b", 4, "Jane Roe", "person", "", {}))
    assert table.loc[("Jane Roe", "a"), ["count", "lead", "subject_share", "object_share"]].tolist() == [2, 1, 0.5, 0.5]
    assert table.loc[("Jane Roe", "b"), ["count", "first_paragraph", "subject_share"]].tolist() == [1, 4, 0.0]


def test_a_sentence_counts_once_however_often_it_names_somebody():
    table = actors(("a", 1, "Jane Roe", "person", "subject", {}), ("a", 1, "Jane Roe", "person", "", {"label": "the mayor"}), ("b", 1, "Jane Roe", "person", "", {}))
    assert table.loc[("Jane Roe", "a"), ["count", "subject_share"]].tolist() == [1, 1.0]


def test_of_people_without_a_name_only_several_at_once_are_an_actor():
    noun = {"named": False, "confidence": "medium (same head)"}
    assert actors(*[(article, at, label, "person", "", noun) for label in ("senator", "senators") for article in "ab" for at in (1, 2)]).index.get_level_values(
        "key").unique().tolist() == ["senators"]


def test_a_place_is_an_actor_only_when_it_acts_and_people_without_a_name_only_when_two_articles_speak_of_them():
    noun = {"named": False, "confidence": "medium (same head)"}
    table = actors(*[("a", at, "Norland", "place", "", {}) for at in (1, 2)], *[("a", at, "Sudland", "place", role, {}) for at, role in ((1, ""), (2, "subject"))],
                   *[("a", at, "nurses", "person", "", noun) for at in (1, 2, 3, 4)],
                   *[(article, at, "protesters", "group", "object", noun) for article in "ab" for at in (1, 2)], ("a", 5, "once named", "person", "", {}))
    assert sorted(set(table.index.get_level_values("key"))) == ["Sudland", "protesters"]


def test_order_changes_nothing_input_stays_and_empty_stays_empty():
    mentions = mentions_of(("a", 1, "Jane Roe", "person", "subject", {}), ("b", 1, "Jane Roe", "person", "subject", {}))
    claims = claims_of(("k", "a", [1]), ("k", "b", [2]))
    kept = [mentions.copy(deep=True), claims.copy(deep=True)]
    plain = found(claims, mentions)
    pd.testing.assert_frame_equal(plain, weigh_emphasis(TWO.iloc[::-1], PLACES.iloc[::-1], mentions.iloc[::-1], claims.iloc[::-1], SETTINGS))
    pd.testing.assert_frame_equal(mentions, kept[0])
    pd.testing.assert_frame_equal(claims, kept[1])
    assert found().empty
