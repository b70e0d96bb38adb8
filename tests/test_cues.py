"""Hedges, boosters, scare quotes and agentless passives, in the outlet's own words only."""

import pandas as pd
import pytest

from analysis.corpus.sentences import split_sentences
from analysis.framing.cues import HELD_BACK, MEASURES, find_cues, mark_cues, sample_cues
from analysis.framing.quotes import find_quoted
from analysis.framing.speakers import name_speakers
from analysis.framing.statements import find_statements
from analysis.schema import CUES, SAMPLES


def road(*texts):
    articles = pd.DataFrame({"article_id": [chr(97 + i) for i in range(len(texts))], "title": "", "text": list(texts)})
    sentences, tokens = split_sentences(articles)
    quoted = find_quoted(articles, sentences)
    quotes = name_speakers(sentences, tokens, quoted, find_statements(sentences, tokens, quoted))
    return sentences, tokens, quotes, quoted


def marks(*texts):
    cues = find_cues(*road(*texts))
    return list(zip(cues["kind"], cues["text"], strict=True))


@pytest.mark.models
@pytest.mark.parametrize(("text", "expected"), [
    ("The bridge may fall.", [("hedge", "may")]),
    ("It was apparently old and, of course, unsafe.", [("hedge", "apparently"), ("booster", "of course")]),
    ("Roughly 40 people came.", [("hedge", "Roughly")]),
    ("The bridge was closed on Monday.", [("agentless passive", "was closed")]),
    ("The bridge was closed by the council.", []),
    ("The bridge is located in Oslo.", []),
    ("They opened the “bridge” in May.", [("scare quotes", "“bridge”")]),
    ("They opened “The Long Bridge” in May.", []),
    ("It will almost certainly fall.", []),
    ("It is more likely to fall than the other one.", []),
    ("He may not enter.", []),
    ("The council met on Monday.", []),
])
def test_each_cue_is_marked_where_it_stands(text, expected):
    assert marks(text) == expected


@pytest.mark.models
@pytest.mark.parametrize("text", [
    "“The bridge may fall,” said Ann Roe.",
    "Ann Roe said that the bridge may fall.",
    "The bridge may fall, Ann Roe said.",
    "We may close the bridge.",
    "The bridge may fall.”",
])
def test_words_of_others_and_of_nobody_known_are_not_marked(text):
    assert marks(text) == []


@pytest.mark.models
def test_what_somebody_said_elsewhere_is_no_scare_quote():
    said = "“It is a white elephant that nobody wants,” said Ann Roe."
    assert ("scare quotes", "“white elephant”") in marks("They opened the “white elephant” in May.")
    assert ("scare quotes", "“white elephant”") not in marks("They opened the “white elephant” in May.", said)


@pytest.mark.models
def test_what_is_held_back_is_found_but_never_marked_nor_counted():
    given = road("They opened the “bridge” in May, which may fall.")
    assert set(find_cues(*given)["kind"]) == {"scare quotes", "hedge"} and set(mark_cues(*given)["kind"]) == {"hedge"}
    assert HELD_BACK == {"scare quotes"} and "scare_quotes" not in {measure.name for measure in MEASURES}


@pytest.mark.models
def test_rates_are_per_word_of_the_outlets_own():
    sentences, tokens, quotes, quoted = road("“We left early today,” she said. The bridge may fall.")
    samples = sample_cues(sentences, quotes, mark_cues(sentences, tokens, quotes, quoted))
    hedges = samples[samples["measure"] == "hedges"]
    # own words: "she said" 2, "The bridge may fall" 4; one hedge
    assert hedges["value"].sum() == 1 and hedges["weight"].sum() == 6
    assert set(samples["measure"]) == {measure.name for measure in MEASURES}


@pytest.mark.models
def test_marks_lie_in_their_sentence_and_inputs_stay():
    given = road("The bridge may fall. It was closed. It is roughly old.")
    before = [t.copy() for t in given]
    cues = mark_cues(*given)
    texts = given[0].set_index("sentence")
    for cue in cues.itertuples():
        row = texts.loc[cue.sentence]
        assert row["text"][cue.start - row["start"]:cue.end - row["start"]] == cue.text
    for kept, now in zip(before, given, strict=True):
        pd.testing.assert_frame_equal(kept, now)
    shuffled = [t.sample(frac=1, random_state=1) if i != 1 else t for i, t in enumerate(given)]
    pd.testing.assert_frame_equal(mark_cues(*shuffled).sort_values(["sentence", "start"], ignore_index=True), cues)


@pytest.mark.models
def test_no_article_gives_the_contract_out():
    sentences, tokens, quotes, quoted = (t.iloc[:0] for t in road("It may fall."))
    cues = mark_cues(sentences, tokens, quotes, quoted)
    assert list(cues.columns) == list(CUES.columns) and list(sample_cues(sentences, quotes, cues).columns) == list(SAMPLES.columns)

