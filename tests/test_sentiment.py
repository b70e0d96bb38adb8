"""Sentence sentiment, whose words it belongs to, and the samples an article's measures are averaged from."""

import shutil

import numpy as np
import pandas as pd
import pytest

from analysis.framing import sentiment as module
from analysis.framing.sentiment import (
    MEASURES,
    find_event_words,
    list_words,
    load_weights,
    sample_sentiment,
    score_sentiment,
    weigh_words,
)
from analysis.schema import ModelError, TableError
from analysis.settings import SentimentSettings

SETTINGS = SentimentSettings()


def make_vectors(texts):
    """Give each text a unit row of its own, the same for the same text."""
    rows = np.array([np.random.default_rng(sum(map(ord, text)) + len(text)).normal(size=384) for text in texts])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def make_sentences(rows):
    """rows: article_id, sentence, text, narration, voice."""
    table = pd.DataFrame(rows, columns=["article_id", "sentence", "text", "narration", "voice"])
    return table.assign(paragraph=1, start=0, end=table["text"].str.len(), speaker="")


@pytest.fixture
def sentences():
    return make_sentences([
        ("a", 0, "Bridge reopens", "Bridge reopens", "narrator"),
        ("a", 1, "The repair was a great success for the town.", "The repair was a great success for the town.", "narrator"),
        ("a", 2, "“It is a terrible waste,” he said.", "he said.", "quote"),
        ("b", 1, "The repair was a great success for the town.", "The repair was a great success for the town.", "narrator"),
        ("b", 2, "“Awful.”", "", "quote"),
    ])


def score(sentences):
    vectors = make_vectors(sentences["text"])
    own = make_vectors([text or " " for text in sentences["narration"]])
    own[sentences["narration"] == ""] = np.nan
    return score_sentiment(sentences, vectors, SETTINGS, own)


def test_narration_equals_sentiment_exactly_without_a_quotation_and_is_nan_without_narration(sentences):
    scored = score(sentences)
    assert list(scored.columns) == ["article_id", "sentence", "vader", "sentiment", "narration"]
    assert (scored.loc[[0, 1, 3], "narration"] == scored.loc[[0, 1, 3], "sentiment"]).all()
    assert scored["narration"].isna().tolist() == [False, False, False, False, True]
    assert scored.loc[2, "narration"] != scored.loc[2, "sentiment"]
    assert scored["sentiment"].between(-1, 1).all()


def test_the_same_sentence_in_two_articles_scores_the_same_bits_in_any_order(sentences):
    scored = score(sentences)
    assert scored.loc[1, "sentiment"] == scored.loc[3, "sentiment"]
    turned = score(sentences.iloc[::-1].reset_index(drop=True))
    assert (turned["sentiment"].to_numpy()[::-1] == scored["sentiment"].to_numpy()).all()


def test_the_input_stays_as_it_was(sentences):
    before = sentences.copy(deep=True)
    sample_sentiment(sentences, score(sentences), {"a": "o1", "b": "o2"}, SETTINGS)
    pd.testing.assert_frame_equal(sentences, before)


def test_words_weigh_by_the_list_and_a_negated_word_turns_into_its_own():
    # VADER: good 1.9; negated 1.9 x -0.74 = -1.406; bridge is unknown = 0.
    assert weigh_words("Good bridge") == [("good", 1.9), ("bridge", 0.0)]
    assert weigh_words("not a good bridge")[2] == ("not good", pytest.approx(-1.406))
    assert weigh_words("isn’t good")[1][0] == "not good"


def test_empty_tables_marks_and_hostile_text_give_nan_and_no_error():
    empty = make_sentences([])
    assert len(score_sentiment(empty, np.empty((0, 384), np.float32), SETTINGS)) == 0
    assert len(sample_sentiment(empty, score_sentiment(empty, np.empty((0, 384)), SETTINGS), {}, SETTINGS)) == 0
    hostile = make_sentences([("a", 1, "… 12 — !!", "… 12 — !!", "narrator"), ("a", 2, "but good " * 20_000, "but good " * 20_000, "narrator")])
    scored = score_sentiment(hostile, make_vectors(["x", "y"]), SETTINGS)
    assert scored[["vader", "sentiment", "narration"]].isna().all(axis=1).tolist() == [True, False]


def test_vectors_of_another_length_or_a_missing_narration_are_refused(sentences):
    with pytest.raises(TableError, match="5 sentences"):
        score_sentiment(sentences, make_vectors(["one"]), SETTINGS)
    with pytest.raises(TableError, match="narration_vectors"):
        score_sentiment(sentences, make_vectors(sentences["text"]), SETTINGS)


def test_changed_weights_are_refused(tmp_path):
    for suffix in (".npz", ".json"):
        shutil.copy(module.WEIGHTS.with_suffix(suffix), tmp_path / f"w{suffix}")
    assert load_weights(tmp_path / "w.npz")["centres"].shape[1] == 384 + 17 + 1
    with (tmp_path / "w.npz").open("ab") as file:
        file.write(b"x")
    load_weights.cache_clear()
    with pytest.raises(ModelError, match="not the ones"):
        load_weights(tmp_path / "w.npz")
    with pytest.raises(ModelError, match="missing"):
        load_weights(tmp_path / "none.npz")


def test_event_words_are_those_of_sixty_per_cent_of_origins_and_a_reprint_counts_once():
    # "crash": origins 1, 2 of 2 = 100 %; "awful": origin 1 only (two reprints) = 50 % < 60 %.
    words = list_words(make_sentences([
        ("a", 1, "crash awful", "crash awful", "narrator"), ("b", 1, "crash awful", "crash awful", "narrator"),
        ("c", 1, "crash", "crash", "narrator"),
    ]))
    assert find_event_words(words, {"a": "1", "b": "1", "c": "2"}, SETTINGS) == {"crash"}
    assert find_event_words(words, {"a": "1", "b": "1"}, SETTINGS) == set()


def test_samples_keep_the_voices_apart_and_tone_parts_add_up(sentences):
    samples = sample_sentiment(sentences, score(sentences), {"a": "1", "b": "2"}, SETTINGS)
    by = samples.set_index(["article_id", "measure"])["sentence"]
    assert by.loc[[("a", "sentiment_narration")]].tolist() == [1]  # title apart, "he said." has 2 words < 4
    assert by.loc[[("a", "sentiment_quotes")]].tolist() == [2]
    assert by.loc[[("a", "sentiment_headline")]].tolist() == [0]
    assert set(samples["measure"]) == {measure.name for measure in MEASURES}
    shares = samples[samples["measure"].str.startswith("share_") & (samples["article_id"] == "a")]
    assert shares["value"].sum() == 1  # one sentence falls in exactly one class
    # great 3.1 + success 2.7 = 5.8, both words in both origins: the event's part 5.8, its own 0.
    tone = samples[samples["measure"].isin(["sentiment_event_words", "sentiment_own_words"]) & (samples["article_id"] == "b")]
    assert tone.groupby("measure")["value"].sum().tolist() == pytest.approx([5.8, 0.0])
    assert tone.groupby("measure")["weight"].sum().tolist() == [9.0, 9.0]


def test_one_origin_has_no_event_words_to_set_apart(sentences):
    samples = sample_sentiment(sentences, score(sentences), {"a": "1", "b": "1"}, SETTINGS)
    assert "sentiment_own_words" not in set(samples["measure"])


def test_sentiments_of_other_sentences_are_refused(sentences):
    with pytest.raises(TableError, match="row by row"):
        sample_sentiment(sentences, score(sentences).iloc[::-1], {"a": "1"}, SETTINGS)


@pytest.mark.models
def test_good_news_reads_better_than_bad_news():
    from analysis.events.embed import load_embed
    from analysis.settings import EventSettings

    texts = ["The rescued children were welcomed home with joy.", "The council meets on Tuesday.", "The blast killed dozens of children."]
    table = make_sentences([("a", n, text, text, "narrator") for n, text in enumerate(texts, 1)])
    scored = score_sentiment(table, load_embed(EventSettings())(texts), SETTINGS)["sentiment"]
    assert scored[0] > 0.3 > abs(scored[1]) and scored[2] < -0.3
