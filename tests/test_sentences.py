"""Sentence boundaries, exact offsets and parses that depend on the text alone."""

import numpy as np
import pandas as pd
import pytest

from analysis.corpus import sentences as sentences_
from analysis.corpus.sentences import attach_parses, iter_sentences, parse_texts, split_sentences, text_key
from analysis.schema import SENTENCES, TOKENS, ModelError
from analysis.settings import VoiceSettings


def article(text, title="", article_id="a"):
    return pd.DataFrame({"article_id": [article_id], "title": [title], "text": [text]})


def cut(text, settings=VoiceSettings()):  # noqa: B008
    """Sentences of a body by the rules alone: no model is loaded."""
    return [text[start:end] for _, start, end in sentences_._spans(text, False, settings)]


@pytest.mark.parametrize(("text", "expected"), [
    ("Mr. Roe of the U.S. Navy left. He sailed.", ["Mr. Roe of the U.S. Navy left.", "He sailed."]),
    ("It ended at 5 p.m. The crowd left.", ["It ended at 5 p.m.", "The crowd left."]),
    ("It ended at 5 p.m. Friday.", ["It ended at 5 p.m. Friday."]),
    ("She lives in the U.S. The rest moved.", ["She lives in the U.S.", "The rest moved."]),
    ("OSLO, Jan. 5 (XY) - No. 3 fell. No. She won.", ["OSLO, Jan. 5 (XY) - No. 3 fell.", "No.", "She won."]),
    ("J. K. Roe and Ann B. Poe met.", ["J. K. Roe and Ann B. Poe met."]),
    ("“It is over.” Then they left.", ["“It is over.”", "Then they left."]),
    ("“Is it over?” Ann Roe asked. “Yes!” he said.", ["“Is it over?” Ann Roe asked.", "“Yes!” he said."]),
    ("He left.Then it rained.", ["He left.", "Then it rained."]),
    ("Sales rose 3.5 per cent. Prices fell.", ["Sales rose 3.5 per cent.", "Prices fell."]),
    ("1. Open the gate.", ["1. Open the gate."]),
    ("He hesitated ... I waited.", ["He hesitated ... I waited."]),
])
def test_a_full_stop_ends_a_sentence_only_where_one_ends(text, expected):
    assert cut(text) == expected


def test_a_boundary_never_crosses_a_paragraph():
    assert cut("A heading\n\nThe text goes on without stop\n\nand on.") == ["A heading", "The text goes on without stop", "and on."]


def test_single_line_breaks_end_paragraphs_unless_the_text_is_hard_wrapped():
    assert cut("First line\nSecond line\nThird line") == ["First line", "Second line", "Third line"]
    # two of three broken lines go on in lower case: 0.67 is above 0.3, so the breaks are wrapping
    assert cut("One sentence that\nis wrapped by an\neditor. Another\nOne.") == ["One sentence that\nis wrapped by an\neditor.", "Another\nOne."]


def test_a_text_without_full_stops_is_cut_and_nothing_is_lost():
    text = "word " * 100
    pieces = cut(text, VoiceSettings(longest_sentence=60))
    assert max(map(len, pieces)) <= 60 and " ".join(pieces).split() == text.split()
    assert "".join(cut("x" * 130, VoiceSettings(longest_sentence=60))) == "x" * 130


@pytest.mark.parametrize("text", ["", "   \n\n ", "…", "\"", "’’’", "\u200b", "A" * 5000, ". . . .", "a\x00b", "👩‍👩‍👧 said. 👍"])
def test_hostile_texts_are_cut_without_losing_a_letter(text):
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


def test_the_key_follows_everything_that_decides_a_parse():
    keys = {text_key("a"), text_key("b"), text_key("a", whole=True), text_key("a", settings=VoiceSettings(longest_sentence=99))}
    assert len(keys) == 4 and text_key("a") == text_key("a")


def test_a_missing_model_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sentences_, "MODEL", "no_such_model")
    sentences_._model.cache_clear()
    with pytest.raises(ModelError, match="not installed"):
        sentences_._model()
    sentences_._model.cache_clear()


def test_another_model_than_the_measured_one_is_refused(monkeypatch):
    monkeypatch.setattr(sentences_, "MODEL_DIGEST", "0" * 64)
    sentences_._model.cache_clear()
    with pytest.raises(ModelError, match="not the one"):
        sentences_._model()
    sentences_._model.cache_clear()


def test_articles_without_words_give_empty_tables_and_load_no_model(monkeypatch):
    monkeypatch.setattr(sentences_, "_model", None)
    sentences, tokens = split_sentences(article(" ", " "))
    assert list(sentences.columns) == list(SENTENCES.columns) and list(tokens.columns) == list(TOKENS.columns)
    assert len(sentences) == len(tokens) == 0


@pytest.mark.models
def test_offsets_give_back_every_sentence_and_token():
    given = article("“We left,”  said Ann Roe.\n\nShe didn’t stay.", title="Who won? Nobody.")
    before = given.copy()
    sentences, tokens = split_sentences(given)
    assert sentences["sentence"].tolist() == [0, 1, 2] and sentences["paragraph"].tolist() == [0, 1, 2]
    for row in [*sentences.itertuples(), *tokens.itertuples()]:
        source = given["title"][0] if row.sentence == 0 else given["text"][0]
        assert source[row.start:row.end] == row.text
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.models
def test_tokens_count_from_nought_and_heads_stay_in_their_sentence():
    _, tokens = split_sentences(article("Ann Roe  was told. Bo Poe, who left, said so.\n\nNobody knew."))
    for _, own in tokens.groupby("sentence"):
        assert own["token"].tolist() == list(range(len(own)))
        assert own["head"].between(0, len(own) - 1).all()
        roots = own[own["dep"] == "ROOT"]
        assert (roots["head"] == roots["token"]).all() and len(roots) >= 1


@pytest.mark.models
def test_house_style_of_marks_changes_no_parse():
    curly, straight = (split_sentences(article(t))[1] for t in ("“It isn’t over,” said Ann Roe.", "\"It isn't over,\" said Ann Roe."))
    columns = ["sentence", "token", "start", "end", "lemma", "pos", "dep", "head", "entity"]
    pd.testing.assert_frame_equal(curly[columns].astype(object), straight[columns].astype(object))


@pytest.mark.models
def test_batches_order_and_kept_parses_change_nothing():
    given = pd.concat([article("Ann left. Bo stayed.", "A", "a"), article("It rained.", "", "b"), article("Ann left. Bo stayed.", "A", "c")], ignore_index=True)
    whole = split_sentences(given)
    batches = list(iter_sentences(given, batch=1))
    for n in (0, 1):
        joined = pd.concat([tables[n] for tables in batches], ignore_index=True)
        pd.testing.assert_frame_equal(joined.astype(object), whole[n].astype(object))
    titles, bodies = parse_texts(given["title"].tolist(), whole=True), parse_texts(given["text"].tolist())
    kept = attach_parses(given.iloc[::-1], pd.concat([bodies[0], titles[0]]), pd.concat([bodies[1], titles[1]]))
    assert kept[0]["article_id"].unique().tolist() == ["c", "b", "a"]
    assert np.array_equal(np.sort(kept[1]["lemma"].astype(str)), np.sort(whole[1]["lemma"].astype(str)))
