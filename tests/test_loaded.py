"""Loaded wording: probabilities, the words marked, and a head trained on a person's own labels."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from analysis.framing.loaded import (
    WEIGHTS,
    WORD,
    load_loaded,
    mark_loaded,
    mix_words,
    read_parts,
    sample_loaded,
    score_loaded,
    standardise,
    weigh_words,
)
from analysis.framing.loaded_training import read_labelled, train_wording
from analysis.schema import CUES, InputError, ModelError, TableError
from analysis.settings import SentimentSettings

SETTINGS = SentimentSettings()
WEIGHT = load_loaded("")
LOADED = WEIGHT["head"] / np.linalg.norm(WEIGHT["head"])


def embed(texts):
    """Put texts with "slammed" or "radical" along the head, others against it: a tiny encoder that knows two words."""
    rows = np.array([LOADED if "slammed" in text or "radical" in text else -LOADED for text in texts]).reshape(-1, 384)
    return rows.astype(np.float32)


def scan(texts):
    """Give "slammed" and "radical" high word odds, others low; manner and probe lie at their mean over news: a scan of two words."""
    tables = []
    for text in texts:
        rows = [(0, 0, 0.0, *WEIGHT["mean"][[1, 3]])]
        for word in WORD.finditer(text):
            rows.append((word.start(), word.end(), (6.0 if word.group() in ("slammed", "radical") else -4.0) - WEIGHT["word_offset"], *WEIGHT["mean"][[1, 3]]))
        tables.append(np.array(rows, dtype=np.float32))
    return tables


def score(texts, settings=SETTINGS):
    return score_loaded(texts, embed(texts), scan(texts), settings)


def read(texts):
    return embed(texts), standardise(read_parts(texts, embed(texts), scan(texts), WEIGHT), WEIGHT)


def make_table(texts, narrations=None):
    table = pd.DataFrame({"article_id": "a", "sentence": range(1, len(texts) + 1), "paragraph": 1, "start": 0, "text": texts})
    return table.assign(end=table["text"].str.len(), narration=narrations or texts)


def make_tokens(rows, sentence=1):
    """rows: text, pos, start."""
    tokens = pd.DataFrame(rows, columns=["text", "pos", "start"])
    return tokens.assign(article_id="a", sentence=sentence, token=range(len(tokens)), end=tokens["start"] + tokens["text"].str.len(),
                         lemma=tokens["text"].str.lower(), tag="", dep="", head=0, entity="", entity_begins=False)


def test_a_loaded_sentence_scores_above_a_plain_one_and_no_narration_is_nan():
    texts = ["The minister slammed the plan", "The minister met the board", "", "12 — 13"]
    scores = score(texts)
    assert scores[0] > 0.7 > 0.3 > scores[1] and np.isnan(scores[2:]).all()
    assert len(score_loaded([], np.empty((0, 384)), [], SETTINGS)) == 0


def test_the_same_text_scores_the_same_bits_in_any_order():
    texts = ["The minister slammed the plan", "He left", "The minister slammed the plan"]
    scores, turned = score(texts), score(texts[::-1])
    assert scores[0] == scores[2] and (turned[::-1] == scores).all()


def test_vectors_of_another_length_are_refused():
    with pytest.raises(TableError, match="2 texts"):
        score_loaded(["a", "b"], embed(["a"]), scan(["a", "b"]), SETTINGS)
    with pytest.raises(TableError, match="1 tables"):
        score_loaded(["a", "b"], embed(["a", "b"]), scan(["a"]), SETTINGS)


def test_only_the_word_whose_removal_moves_the_sentence_is_marked_and_the_note_names_it():
    table = make_table(["The minister slammed the plan"])
    tokens = make_tokens([("The", "DET", 0), ("minister", "NOUN", 4), ("slammed", "VERB", 13), ("the", "DET", 21), ("plan", "NOUN", 25)])
    scored = table[["article_id", "sentence"]].assign(loaded=score(table["narration"]))
    before = table.copy(deep=True)
    marks = mark_loaded(table, tokens, scored, scan, SETTINGS)
    assert list(marks.columns) == list(CUES.columns)
    assert marks[["start", "end", "text", "kind"]].values.tolist() == [[13, 20, "slammed", "loaded"]]
    assert "slammed" in marks["note"][0] and "α ≈ .40" in marks["note"][0] and marks["score"][0] == scored["loaded"][0]
    pd.testing.assert_frame_equal(table, before)


def test_a_word_is_marked_where_the_narrator_uses_it_and_not_where_it_is_quoted():
    table = make_table(["“A slammed door,” he slammed"], ["he slammed"])
    tokens = make_tokens([("A", "DET", 1), ("slammed", "VERB", 3), ("door", "NOUN", 11), ("he", "PRON", 18), ("slammed", "VERB", 21)])
    marks = mark_loaded(table, tokens, table[["article_id", "sentence"]].assign(loaded=0.95), scan, SETTINGS)
    assert marks["start"].tolist() == [21]


def test_below_the_cut_or_without_sentences_nothing_is_marked():
    table = make_table(["The minister slammed the plan"])
    tokens = make_tokens([("slammed", "VERB", 13)])
    for rows, loaded in ((table, SETTINGS.loaded_cut - 0.01), (table, np.nan), (table.iloc[:0], 0.99)):
        marks = mark_loaded(rows, tokens, rows[["article_id", "sentence"]].assign(loaded=loaded), scan, SETTINGS)
        assert len(marks) == 0 and list(marks.columns) == list(CUES.columns)


def test_samples_are_the_body_sentences_with_enough_words_of_their_own():
    table = make_table(["Some four words here", "he said", "Some four words there"]).assign(sentence=[0, 1, 2])
    samples = sample_loaded(table, pd.DataFrame({"loaded": [0.9, 0.8, 0.25]}), SETTINGS)
    assert samples[["sentence", "measure", "value", "weight"]].values.tolist() == [[2, "loaded", 0.25, 1.0]]


def test_a_word_is_read_from_the_mean_of_its_pieces_and_function_words_are_not():
    # "The plan unravels": "unravels" comes in two pieces of 1 and 3, so 2; "plan" 5; "The" says nothing. Row 0 is the encoder's own mark.
    pieces = np.array([[0, 0, 9, 0, 0], [0, 3, 9, 0, 0], [4, 8, 5, 0, 0], [9, 14, 1, 0, 0], [14, 17, 3, 0, 0]], dtype=np.float32)
    assert weigh_words("The plan unravels", pieces, {"word_offset": 0.0}).tolist()[1:] == [5.0, 2.0]
    odds = weigh_words("The plan unravels here now", pieces, {"word_offset": 1.0})  # the last words lie beyond what was read
    assert np.isnan(odds[[0, 3, 4]]).all() and odds[1:3].tolist() == [6.0, 3.0]


def test_words_are_mixed_by_their_mean_odds_so_that_the_strong_one_counts():
    assert mix_words(np.array([np.log(3.0), np.log(1.0), np.nan])) == pytest.approx(np.log(2.0))  # odds 3 and 1: mean 2
    assert np.isnan(mix_words(np.array([np.nan])))


def test_changed_or_missing_weights_are_refused(tmp_path):
    for suffix in (".npz", ".json"):
        shutil.copy(WEIGHTS.with_suffix(suffix), tmp_path / f"w{suffix}")
    with (tmp_path / "w.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="not the ones"):
        load_loaded(str(tmp_path / "w.npz"))
    with pytest.raises(ModelError, match="missing"):
        load_loaded(str(tmp_path / "none.npz"))


def write_labels(path, n=60):
    rows = [{"text": f"The minister {'slammed' if k % 2 else 'met'} board {k}", "label": k % 2, "outlet": f"o{k % 3}"} for k in range(n)]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_head_trained_on_own_labels_is_written_and_used(tmp_path):
    report = train_wording(write_labels(tmp_path / "mine.jsonl"), tmp_path / "mine.npz", read, WEIGHT)
    assert report["n"] == 60 and report["n_loaded"] == 30 and report["groups"] == 3 and report["auroc"] == 1.0
    settings = SentimentSettings(loaded_weights=str(tmp_path / "mine.npz"))
    texts = ["They slammed it", "They met it"]
    loaded, plain = score(texts, settings)
    assert loaded > 0.8 and plain < 0.2


def test_labels_that_cannot_be_read_are_named(tmp_path):
    for name, content, said in (("few.jsonl", '{"text": "x", "label": 1}', "too few"), ("odd.csv", "text,label\nhello,maybe\n", "record 1"),
                                ("void.csv", "text,label\n,1\n", "no text"), ("bad.jsonl", "{", "not JSON")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=said):
            read_labelled(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        read_labelled(tmp_path / "none.csv")


@pytest.fixture(scope="module")
def real():
    from analysis import road
    from analysis.events.embed import load_embed
    from analysis.settings import Settings

    return load_embed(Settings().events), road.scan_wording(Settings())


@pytest.mark.models
def test_a_sentence_of_ours_reads_loaded_and_its_plain_twin_does_not(real):
    texts = ["The minister shamelessly rammed the reckless scheme through parliament.", "Parliament passed the minister's plan on Monday, officials said."]
    loaded, plain = score_loaded(texts, real[0](texts), real[1](texts), SETTINGS)
    assert loaded > 0.7 and plain < 0.3


@pytest.mark.models
def test_a_plain_report_of_violence_stays_under_a_loaded_remark_about_nothing_much(real):
    texts = ["Two gunmen shot and killed four people at a bus stop on Monday, police said.", "The mayor, never one to miss a camera, preened at the opening."]
    violent, loaded = score_loaded(texts, real[0](texts), real[1](texts), SETTINGS)
    assert violent < 0.25 and loaded > violent + 0.2


@pytest.mark.models
def test_a_scan_gives_the_places_of_all_pieces_whatever_stands_beside_them(real):
    text = "Naïve — “unrepentant” demagogues"
    alone, beside = real[1]([text])[0], real[1]([text + " " + "again and " * 30, text])[1]
    assert np.allclose(alone, beside, atol=1e-4) and alone.shape[1] == 5
    for start, end in alone[:, :2].astype(int):
        assert 0 <= start <= end <= len(text)
    assert {text[s:e] for s, e in alone[:, :2].astype(int)} >= {"—", "”"} and real[1]([]) == []
