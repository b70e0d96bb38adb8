"""What a person does by hand stays: corrections and class marks, their undoing, and what wins over what."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from conftest import articles_of, word_vectors

from analysis import pipeline
from analysis.corpus.class_marks import MARKS, in_force, make_mark
from analysis.corpus.corrections import CORRECTIONS, make_correction, make_undo, settle
from analysis.schema import InputError
from analysis.settings import Settings

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
FERRY = {"article_id": "f", "outlet": "Gull", "title": "Ferry stops", "text": "The ferry stopped at noon near the old pier.", "published": "2024-05-01T10:00:00Z"}
BOAT = {"article_id": "b", "outlet": "Tern", "title": "Boat stops", "text": "The ferry stopped at noon near the old pier, a man said.", "published": "2024-05-01T12:00:00Z"}
LIST = {"article_id": "l", "outlet": "Tern", "title": "Ten best soups", "text": "Soup with beans, soup with peas.", "published": None}


@pytest.fixture(autouse=True)
def no_model(monkeypatch):
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)


@pytest.fixture
def library(tmp_path):
    opened = pipeline.open_library(tmp_path / "library.sqlite")
    opened.add_articles(articles_of(FERRY, BOAT, LIST).assign(given=["", "", '{"published": "05/06/2017"}']))
    pipeline.regroup(opened, Settings(), {"f", "b", "l"})
    yield opened
    opened.close()


def shown(library, article_id: str) -> dict:
    return library.articles([article_id]).to_dict("records")[0]


@pytest.mark.parametrize(("field", "value", "kept"), [
    ("outlet", "  The  Gull ", "The Gull"), ("title", "Ferry\nhalts ", "Ferry halts"), ("agency", "AP", "AP"), ("genre", "opinion", "opinion"), ("title", "", ""),
])
def test_a_correction_is_shown_and_taking_it_back_gives_what_came_with_the_article(library, field, value, kept):
    before = library.articles()
    made = pipeline.correct(library, "f", field, value, reason="seen in print")
    assert shown(library, "f")[field] == kept
    pipeline.undo_correction(library, made)
    pd.testing.assert_frame_equal(library.articles(), before)
    log = pipeline.corrections(library)
    assert list(log["undoes"]) == ["", made] and list(log["reason"]) == ["seen in print", ""]


def test_a_date_is_corrected_to_a_day_a_time_or_to_unknown_and_what_the_source_wrote_is_kept(library):
    for value, moment, precision in (("2024-05-02", "2024-05-02T00:00Z", "day"), ("2 May 2024 16:30", "2024-05-02T16:30Z", "time"), ("", None, "")):
        pipeline.correct(library, "l" if value else "f", "published", value)
        row = shown(library, "l" if value else "f")
        assert row["precision"] == precision
        assert pd.isna(row["published"]) if moment is None else row["published"] == pd.Timestamp(moment)
    assert pipeline.as_given(library, "l") == {"published": "05/06/2017"} and pipeline.as_given(library, "f") == {}
    assert list(pipeline.corrections(library)["original"]) == ["", "", "2024-05-01T10:00:00.000000Z"]


def test_a_correction_wins_over_ingesting_the_same_article_again_and_reaches_search_groups_and_stamp(library):
    stamp = library.stamp()
    pipeline.correct(library, "l", "title", "Pier closed")
    assert library.stamp() != stamp
    assert library.search("pier closed")[0] == "l" and library.search("ten best") == []
    assert library.add_articles(articles_of(LIST)).known == 1
    assert shown(library, "l")["title"] == "Pier closed"
    assert set(library.groups()["article_id"]) == {"f", "b", "l"}


def test_the_latest_of_several_corrections_counts_and_each_can_be_taken_back(library):
    first = pipeline.correct(library, "f", "outlet", "One")
    second = pipeline.correct(library, "f", "outlet", "Two")
    pipeline.undo_correction(library, first)
    assert shown(library, "f")["outlet"] == "Two"
    pipeline.undo_correction(library, second)
    assert shown(library, "f")["outlet"] == "Gull"
    with pytest.raises(InputError, match="in force"):
        pipeline.undo_correction(library, second)


def test_an_outlet_is_corrected_by_alias_or_domain_to_its_one_name(library):
    pipeline.correct(library, "f", "outlet", "www.bbc.co.uk")
    assert shown(library, "f")["outlet"] == "BBC"


@pytest.mark.parametrize(("field", "value", "says"), [
    ("text", "x", "cannot be corrected"), ("genre", "poem", "no genre"), ("published", "05/06/2017", "no date"), ("published", "2100-01-01", "future"),
    ("title", "Ferry stops", "already"), ("title", "x" * 2000, "longer"), ("outlet", "Gull", "already"),
])
def test_what_is_no_correction_is_refused_by_name_and_nothing_is_kept(library, field, value, says):
    with pytest.raises(InputError, match=says):
        pipeline.correct(library, "f", field, value)
    with pytest.raises(InputError, match="no such article"):
        pipeline.correct(library, "ghost", "title", "x")
    assert pipeline.corrections(library).empty


def test_corrections_settle_field_by_field_in_the_order_made():
    log, article = pd.DataFrame(columns=list(CORRECTIONS.columns)), articles_of(FERRY).to_dict("records")[0]
    for field, value in (("title", "A"), ("genre", "opinion"), ("title", "B")):
        log = pd.concat([log, pd.DataFrame([make_correction(article, field, value, at=NOW, log=log)])], ignore_index=True)
    assert settle(log) == {"f": {"title": "B", "genre": "opinion"}}
    log = pd.concat([log, pd.DataFrame([make_undo(log["correction_id"].iloc[2], at=NOW, log=log)])], ignore_index=True)
    assert settle(log) == {"f": {"title": "A", "genre": "opinion"}}
    assert set(log["original"]) == {"Ferry stops", "news"}


def test_marks_are_listed_where_their_article_stands_now_and_can_be_taken_back(library):
    event = library.groups().set_index("article_id").at["f", "event_id"]
    one = pipeline.mark(library, event, "f", (1, 0, 9), pupil="K7", label="  plain \n fact ")
    two = pipeline.mark(library, event, "f", (0, 0, 5), pupil="Ü-12")
    pipeline.mark(library, event, "l", (1, 0, 4), pupil="K7", label="list")
    marks = pipeline.list_marks(library, event)
    assert list(marks["mark_id"]) == [one, two] and list(marks["label"]) == ["plain fact", ""]
    assert list(marks.columns) == [name for name in MARKS.columns if name != "undoes"]
    assert marks[["sentence", "start", "end"]].to_numpy().tolist() == [[1, 0, 9], [0, 0, 5]]
    pipeline.repair(library, "exclude", ["f"])
    moved = library.groups().set_index("article_id").at["f", "event_id"]
    assert len(pipeline.list_marks(library, moved)) == 2
    pipeline.undo_mark(library, one)
    assert list(pipeline.list_marks(library)["pupil"]) == ["Ü-12", "K7"] and len(library.marks()) == 4
    with pytest.raises(InputError, match="no such mark"):
        pipeline.undo_mark(library, one)


@pytest.mark.parametrize(("place", "pupil", "label", "says"), [
    ((1, 5, 5), "K7", "", "outside"), ((1, 0, 999), "K7", "", "outside"), ((0, 0, 12), "K7", "", "outside"), ((-1, 0, 2), "K7", "", "outside"),
    ((1, 0, 2), "Anna Schmidt", "", "code"), ((1, 0, 2), "a@b.org", "", "code"), ((1, 0, 2), "", "", "code"), ((1, 0, 2), "A" * 13, "", "code"),
    ((1, 0, 2), "K7", "x" * 81, "longer"),
])
def test_a_mark_outside_the_article_or_under_a_name_is_refused(place, pupil, label, says):
    with pytest.raises(InputError, match=says):
        make_mark(articles_of(FERRY).to_dict("records")[0], "e", place, pupil=pupil, label=label, at=NOW)


def test_no_marks_in_force_is_an_empty_table():
    assert in_force(pd.DataFrame(columns=list(MARKS.columns))).empty
