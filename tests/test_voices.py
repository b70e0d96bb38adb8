"""Whose words an article prints, counted in words."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.framing.voices import MEASURES, UNRESOLVED, count_voices, find_cut_quotes, mark_voices, sample_voices
from analysis.schema import CUT_QUOTES, QUOTES, SAMPLES, VOICE_COUNTS
from dashboard.views import voices as views

TEXT = "He said “we left early” today. Ann says it rained. Nobody came."
#       0       8            23       31                   51


def articles(*texts):
    return pd.DataFrame({"article_id": [chr(97 + i) for i in range(len(texts))], "title": [""] * len(texts), "text": list(texts)})


def sentences(*spans, article_id="a", text=TEXT):
    rows = [(article_id, n, 1, s, e, text[s:e]) for n, (s, e) in enumerate(spans, start=1)]
    return pd.DataFrame(rows, columns=["article_id", "sentence", "paragraph", "start", "end", "text"])


def quotes(*rows):
    """Rows of (article, sentence, start, end, kind, resolved, cue, stance, words)."""
    full = [(a, n, s, e, k, r, pd.NA, pd.NA, cue, stance, r, w) for a, n, s, e, k, r, cue, stance, w in rows]
    return pd.DataFrame(full, columns=list(QUOTES.columns))


THREE = sentences((0, 30), (31, 50), (51, 63))
SPOKEN = quotes(("a", 1, 8, 23, "direct", "he", "said", "neutral", 3), ("a", 2, 40, 49, "indirect", "Ann", "claims", "doubt", 2))


def test_the_voice_is_whoever_speaks_most_words():
    voiced = mark_voices(THREE, SPOKEN)
    # 1: 3 of 6 words quoted, a tie: narrator · 2: 2 of 4 reported, a tie: narrator · 3: nothing: narrator
    assert voiced["voice"].tolist() == ["narrator", "narrator", "narrator"]
    longer = quotes(("a", 1, 0, 23, "direct", "Bo Poe", "said", "neutral", 5), ("a", 2, 31, 49, "indirect", "Ann", "says", "neutral", 4))
    # 1: 5 of 6 words quoted · 2: 4 of 4 reported
    assert mark_voices(THREE, longer)["voice"].tolist() == ["quote", "attributed", "narrator"]
    assert mark_voices(THREE, longer)["speaker"].tolist() == ["Bo Poe", "Ann", ""]


def test_narration_is_what_stands_outside_the_marks():
    assert mark_voices(THREE, SPOKEN)["narration"].tolist() == ["He said today.", "Ann says it rained.", "Nobody came."]
    whole = quotes(("a", 3, 51, 63, "direct", "Ann", "", "", 2))
    assert mark_voices(THREE, whole)["narration"].tolist()[2] == ""


def test_an_unresolved_pronoun_is_no_speaker_of_a_sentence():
    voiced = mark_voices(THREE, quotes(("a", 1, 0, 30, "direct", "he", "", "", 6)))
    assert voiced["voice"].tolist()[0] == "quote" and voiced["speaker"].tolist()[0] == ""


def test_title_offsets_are_not_taken_for_body_offsets():
    title = pd.DataFrame([("a", 0, 0, 0, 30, "x" * 30)], columns=THREE.columns)
    voiced = mark_voices(pd.concat([title, THREE], ignore_index=True), quotes(("a", 0, 0, 30, "direct", "Ann", "", "", 1)))
    assert voiced["voice"].tolist() == ["quote", "narrator", "narrator", "narrator"]


def test_speakers_are_counted_in_words():
    given = quotes(("a", 1, 8, 23, "direct", "he", "said", "neutral", 3), ("a", 2, 40, 49, "direct", "Ann", "claims", "doubt", 1),
                   ("a", 3, 51, 63, "indirect", "Ann", "claims", "doubt", 2))
    counts = count_voices(articles(TEXT), THREE, given).set_index("speaker")
    # 4 quoted words in all: an unresolved "he" has 3, Ann 1
    assert counts.loc[UNRESOLVED, "share"] == pytest.approx(0.75) and counts.loc["Ann", "share"] == pytest.approx(0.25)
    assert counts.loc["Ann", "n_quotes"] == 2 and counts.loc["Ann", "words_quoted"] == 1 and counts.loc["Ann", "cue"] == "claims"
    assert counts.loc[UNRESOLVED, "speaks_first"] and counts.loc["Ann", "speaks_last"] and counts.loc["Ann", "sentences"] == [2, 3]


def test_nobody_and_anybody_are_no_speakers():
    given = quotes(("a", 2, 40, 49, "indirect", "anybody", "says", "neutral", 2), ("a", 3, 51, 63, "indirect", "No one", "says", "neutral", 2))
    assert count_voices(articles(TEXT), THREE, given)["speaker"].tolist() == [UNRESOLVED]


def test_who_is_quoted_first_and_last_and_how_many_speak():
    given = quotes(("a", 1, 8, 23, "direct", "he", "said", "neutral", 3), ("a", 2, 31, 34, "indirect", "Bo", "says", "neutral", 2),
                   ("a", 2, 40, 49, "direct", "Ann", "claims", "doubt", 1))
    assert views.find_ends(count_voices(articles(TEXT), THREE, given)) == (UNRESOLVED, "Ann", 2)
    assert views.find_ends(count_voices(articles(TEXT), THREE, given.iloc[:0])) == ("nobody is quoted", "nobody is quoted", 0)


def test_shares_of_an_article_add_up_to_one():
    given = quotes(*[("a", 1, 8 + i, 9 + i, "direct", name, "", "", i + 1) for i, name in enumerate(("Ann", "Bo", "Cy"))])
    assert count_voices(articles(TEXT), THREE, given)["share"].sum() == pytest.approx(1.0)


def test_a_paraphrased_speaker_has_a_row_and_no_share():
    counts = count_voices(articles(TEXT), THREE, SPOKEN[SPOKEN["kind"] == "indirect"])
    assert counts["words_quoted"].tolist() == [0] and np.isnan(counts["share"].iloc[0]) and not counts["speaks_first"].iloc[0]


def test_samples_add_up_to_the_share_of_quoted_words():
    samples = sample_voices(THREE, SPOKEN)
    own = samples[samples["measure"] == "quote_share"]
    # words: 6 + 4 + 2 = 12, quoted 3
    assert own["value"].sum() / own["weight"].sum() == pytest.approx(3 / 12)
    coloured = samples[samples["measure"] == "coloured_cues"]
    assert coloured["value"].tolist() == [0, 1] and coloured["weight"].tolist() == [1, 1]
    assert set(samples["measure"]) <= {measure.name for measure in MEASURES}


def test_titles_are_no_sample():
    title = pd.DataFrame([("a", 0, 0, 0, 5, "Title")], columns=THREE.columns)
    assert sample_voices(title, SPOKEN.iloc[:0]).empty


LONG = "“we will build a new bridge and we will never close the old one” and more"
SHORT = "“we will build a new bridge” and more"


def spoken(*spans):
    return quotes(*[(a, 1, s, e, "direct", "Ann", "", "", 5) for a, s, e in spans])


def test_a_quotation_cut_by_one_outlet_shows_the_missing_words():
    cuts = find_cut_quotes(spoken(("a", 0, 65), ("b", 0, 28)), articles(LONG, SHORT))
    assert cuts["shared"].tolist() == ["we will build a new bridge"]
    assert cuts["missing_there"].tolist() == ["and we will never close the old one"] and cuts["missing_here"].tolist() == [""]


def test_the_same_quotation_and_a_split_one_are_not_cut():
    assert find_cut_quotes(spoken(("a", 0, 65), ("b", 0, 65)), articles(LONG, LONG)).empty
    split = "“we will build a new bridge and” she said “we will never close the old one”"
    rest = split.index("“we will never")
    assert find_cut_quotes(spoken(("a", 0, 65), ("b", 0, 32), ("b", rest, len(split))), articles(LONG, split)).empty


def test_quotations_of_one_article_are_not_compared():
    assert find_cut_quotes(spoken(("a", 0, 65), ("a", 0, 28)), articles(LONG)).empty


def test_nothing_in_gives_the_contract_out():
    none = SPOKEN.iloc[:0]
    assert list(count_voices(articles(TEXT), THREE, none).columns) == list(VOICE_COUNTS.columns)
    assert list(find_cut_quotes(none, articles(TEXT)).columns) == list(CUT_QUOTES.columns)
    assert list(sample_voices(THREE.iloc[:0], none).columns) == list(SAMPLES.columns)
    assert mark_voices(THREE.iloc[:0], none).empty


def test_inputs_and_row_order_change_nothing():
    before = [t.copy() for t in (THREE, SPOKEN)]
    forward, backward = mark_voices(THREE, SPOKEN), mark_voices(THREE.iloc[::-1], SPOKEN.iloc[::-1]).sort_values("sentence")
    pd.testing.assert_frame_equal(forward, backward)
    pd.testing.assert_frame_equal(count_voices(articles(TEXT), THREE, SPOKEN), count_voices(articles(TEXT), THREE.iloc[::-1], SPOKEN.iloc[::-1]))
    for kept, now in zip(before, (THREE, SPOKEN), strict=True):
        pd.testing.assert_frame_equal(kept, now)


def test_articles_that_print_a_quotation_alike_stand_together_where_it_is_cut():
    texts = {"a": "“We close it, and we are sorry,” she said.", "b": "'We close it, and we are sorry', she said.", "c": "“We close it,” she said."}
    ends = {key: text.index(" she") for key, text in texts.items()}
    rows = [(one, 0, ends[one], other, 0, ends[other]) for one, other in (("a", "c"), ("c", "a"), ("b", "c"), ("c", "b"))]
    cuts = pd.DataFrame(rows, columns=["article_id", "start", "end", "other_id", "other_start", "other_end"])
    chosen = SimpleNamespace(articles=pd.DataFrame({"article_id": list(texts), "text": list(texts.values())}), cut_quotes=cuts)
    ((longer, shorter),) = views.list_cuts(chosen, pd.DataFrame({"article_id": ["a", "b", "c"]}))
    assert list(longer) == ["a", "b"] and shorter == {"c": "“We close it,”"}
