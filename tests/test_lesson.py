"""A class's guesses and marks: kept by number, carried as a file that names nobody, laid beside the tool's."""

import json
import types

import pandas as pd
import pytest
from sample_comparison import make_comparison

from analysis.output.figures import make_lanes
from analysis.schema import InputError
from dashboard import blind, lesson
from dashboard.questions import CANNOT, make_questions


@pytest.fixture
def chosen(monkeypatch):
    """Return the sample event in a fresh session."""
    monkeypatch.setattr(lesson, "st", types.SimpleNamespace(session_state={}))
    return make_comparison()


def mark(chosen, reader, letter="A", sentence=1, start=0, end=5):
    lesson.put(chosen, reader, "loaded", letter, [{"letter": letter, "sentence": sentence, "start": start, "end": end}])


def test_what_a_reader_says_again_replaces_what_they_said(chosen):
    mark(chosen, 1, sentence=1)
    mark(chosen, 1, sentence=2)
    mark(chosen, 1, letter="B")
    mark(chosen, 2)
    rows = lesson.kept(chosen)
    assert sorted(zip(rows["reader"], rows["letter"], rows["sentence"], strict=True)) == [(1, "A", 2), (1, "B", 1), (2, "A", 1)]


def test_marks_made_blind_are_the_same_marks_when_the_outlets_are_shown(chosen):
    hidden = blind.hide_outlets(chosen)
    mark(hidden, 1, letter="C", sentence=1)
    seen = lesson.loaded_marks(chosen, make_lanes(chosen.articles))
    assert seen[["reader", "article_id", "sentence"]].values.tolist() == [[1, "a3", 1]]


def test_a_file_comes_back_as_it_was_and_names_no_outlet(chosen, monkeypatch):
    hidden = blind.hide_outlets(chosen)
    mark(hidden, 3)
    lesson.put(hidden, 3, "guess loaded", None, [{"letter": "C", "sentence": -1, "start": 0, "end": 0}])
    content, before = lesson.to_file(hidden), lesson.kept(hidden)
    assert not [word for word in ("Courier", "Lantern", "a1", "a3") if word in content.decode()]
    monkeypatch.setattr(lesson.st, "session_state", {})
    assert lesson.add_file(chosen, content) == 1
    assert lesson.kept(chosen).equals(before)


def test_readers_of_two_machines_keep_apart_and_a_file_read_twice_counts_once(chosen, monkeypatch):
    mark(chosen, 1, sentence=1)
    content = lesson.to_file(chosen)
    monkeypatch.setattr(lesson.st, "session_state", {})
    mark(chosen, 1, sentence=4)
    assert lesson.add_file(chosen, content) == 1
    assert sorted(zip(lesson.kept(chosen)["reader"], lesson.kept(chosen)["sentence"], strict=True)) == [(1, 4), (2, 1)]
    assert lesson.add_file(chosen, lesson.to_file(chosen)) == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"made_on": "e1", "marks": [{"reader": 1}]}', b"\xff\xfe", b'{"made_on": "e1", "marks": 7}', b"[" * 100_000],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(chosen, content):
    with pytest.raises(InputError, match="class marks"):
        lesson.add_file(chosen, content)
    assert lesson.kept(chosen).empty


@pytest.mark.parametrize(("field", "value"), [("reader", 0), ("reader", 10**9), ("label", "x" * 41), ("letter", "x" * 81), ("sentence", "<b>")])
def test_a_file_with_a_field_out_of_bounds_is_refused(chosen, field, value):
    mark(chosen, 1)
    packed = json.loads(lesson.to_file(chosen))
    packed["marks"][0][field] = value
    with pytest.raises(InputError):
        lesson.add_file(chosen, json.dumps(packed).encode())


def test_marks_made_on_other_articles_are_refused(chosen):
    mark(chosen, 1)
    with pytest.raises(InputError, match="other articles"):
        lesson.add_file(make_comparison(event_id="e2"), lesson.to_file(chosen))


def test_questions_ask_for_evidence_and_know_their_answers():
    chosen = make_comparison()
    chosen.tables["contrasts"] = chosen.contrasts.assign(measure="loaded", difference=[0.1, float("nan"), 0.3, 0.0], told=[False, False, True, False])
    questions = {question.key: question for question in make_questions(chosen, make_lanes(chosen.articles))}
    # told and above the others: a3 = C; c1 first in paragraph 1 of A, B, C (D has it in paragraph 1, too: sentence 2), so no question on c1;
    # c2 in ¶3 of A and of C; a1 and a2 are one origin
    assert questions["loaded"].answers == ("C",) and "more than shuffling" in questions["loaded"].found
    assert questions["lacks"].answers == ("D",) and questions["same"].answers == ("B",)
    assert all(set(question.answers) <= set(question.options) for question in questions.values())


def test_a_difference_that_chance_explains_is_answered_with_cannot_be_told():
    chosen = make_comparison()
    chosen.tables["contrasts"] = chosen.contrasts.assign(measure="loaded", told=False)
    questions = {question.key: question for question in make_questions(chosen, make_lanes(chosen.articles))}
    assert questions["loaded"].answers == (CANNOT,) and "cannot be told" in questions["loaded"].found


def test_one_article_leaves_nothing_to_guess():
    chosen = make_comparison()
    assert make_questions(chosen, make_lanes(chosen.articles).head(1)) == []


def test_marks_kept_in_a_library_come_back_to_another_session_under_the_code_of_the_class(chosen, monkeypatch):
    lanes = make_lanes(chosen.articles)
    mark(chosen, 2, letter="C", sentence=1, start=0, end=7)
    lesson.put(chosen, 2, "read", "C", [{"letter": "C", "sentence": -1, "start": 0, "end": 0}])
    lesson.put(chosen, 2, "guess loaded", None, [{"letter": "cannot be told", "sentence": -1, "start": 0, "end": 0}])
    before = lesson.kept(chosen)
    entries = lesson.to_entries(before, lanes, "7b")
    assert entries[0] == ("a3", (1, 0, 7), "7b-2", "loaded")
    columns = ["article_id", "sentence", "start", "end", "pupil", "label"]
    kept = pd.DataFrame([(key, *place, pupil, label) for key, place, pupil, label in [*entries, ("a1", (1, 0, 1), "7c-1", "read")]], columns=columns)
    monkeypatch.setattr(lesson.st, "session_state", {})
    assert lesson.add_entries(chosen, lanes, kept, "7b") == 1
    assert lesson.kept(chosen).equals(before)


def test_the_library_takes_what_a_class_marked(tmp_path, monkeypatch, chosen):
    from conftest import articles_of

    from analysis import pipeline

    library = pipeline.open_library(tmp_path / "l.sqlite")
    rows = [{"article_id": row["article_id"], "outlet": row["outlet"], "title": row["title"], "text": row["text"]} for row in chosen.articles.to_dict("records")]
    library.add_articles(articles_of(*rows), pd.DataFrame(columns=["where", "reason"]))
    mark(chosen, 1, letter="C", sentence=1, start=0, end=7)
    lesson.put(chosen, 1, "guess same", None, [{"letter": "B", "sentence": -1, "start": 0, "end": 0}])
    lanes = make_lanes(chosen.articles)
    for article_id, place, pupil, label in lesson.to_entries(lesson.kept(chosen), lanes, "7b"):
        pipeline.mark(library, "e1", article_id, place, pupil=pupil, label=label)
    monkeypatch.setattr(lesson.st, "session_state", {})
    assert lesson.add_entries(chosen, lanes, pipeline.list_marks(library), "7b") == 1
    assert set(lesson.kept(chosen)["label"]) == {"loaded", "guess same"}
