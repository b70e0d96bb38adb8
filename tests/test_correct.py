"""The panel that corrects an outlet, a headline, a date, an agency or a kind of text, in process and on a real library."""

import dataclasses
import io

import pandas as pd
import pytest
from conftest import articles_of, word_vectors
from hostile import CLEAN
from markupsafe import escape
from pages_in_process import forget_the_pages
from sample_comparison import TEXTS, make_comparison
from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from dashboard import data
from dashboard.views import correct, repair
from test_correct import on_screen
chosen = on_screen(data.library())
(repair if st.session_state.get("repairs") else correct).show(chosen, data.lanes(chosen))
"""
GIVEN = {"published": "02/03/2031", "outlet": "harbourcourier.example"}


def on_screen(library):
    """The sample event as the library holds its articles now."""
    made = make_comparison()
    return dataclasses.replace(made, tables={**made.tables, "articles": library.articles(["a1", "a2", "a3", "a4"])})


@pytest.fixture(scope="module", autouse=True)
def own_pages():
    """The pages on the real pipeline, whatever a test before made of them."""
    forget_the_pages()
    yield
    forget_the_pages()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A library with the four sample articles, grouped by hashed words."""
    from analysis import pipeline
    from analysis.settings import Settings

    monkeypatch.setenv("PARALLAX_LIBRARY", str(tmp_path / "library.sqlite"))
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
    library = pipeline.open_library(tmp_path / "library.sqlite")
    rows = [{"article_id": key, "outlet": outlet, "title": title, "published": time, "text": text} for key, (outlet, title, time, text) in TEXTS.items()]
    library.add_articles(articles_of(*rows).assign(given=[GIVEN, {}, {}, {}]))
    pipeline.regroup(library, Settings(), set(TEXTS))
    yield library
    library.close()


def opened(**state):
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    app.session_state["correcting"] = app.session_state["repairing"] = True
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def shown(app):
    return "".join(element.proto.body for element in app.get("html"))


def rows_of(app, caption):
    """The cells of a table of the page as text, row by row."""
    table = shown(app).split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    return pd.read_html(io.StringIO(f"<table>{table}</table>"), keep_default_na=False)[0].to_numpy(str).tolist()


def choose_field(app, title):
    return next(bar for bar in app.get("segmented_control") if bar.label == "What is wrong?").set_value(title).run()


def box(app, label):
    return next(found for found in [*app.text_input, *app.selectbox] if found.label == label)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def record(app, value, reason=""):
    box(app, "What is right?").set_value(value)
    box(app, "How do you know?").set_value(reason)
    return press(app, "Record the correction")


def test_the_panel_shows_what_stands_and_what_the_source_wrote(desk):
    app = opened()
    assert not app.exception
    facts = {row[0]: row[1:] for row in rows_of(app, "What is known about this article")}
    assert facts["Date"] == ["2 Mar 2031, 08:00 UTC", "02/03/2031"] and facts["Outlet"] == ["Harbour Courier", "harbourcourier.example"]
    assert facts["Agency"] == ["unknown or none", ""] and facts["Headline"] == ["Council closes north pier after storm", ""]
    assert "No correction of these articles yet" in shown(app)


def test_a_date_is_corrected_logged_and_taken_back(desk):
    app = choose_field(opened(), "Date")
    assert box(app, "What is right?").value == "2031-03-02T08:00Z"
    app = record(app, "2 March 2026", "the page says so")
    assert not app.exception and "Date corrected." in shown(app)
    assert str(desk.articles(["a1"])["published"].iloc[0]) == "2026-03-02 00:00:00+00:00"
    assert rows_of(app, "What is known about this article")[2][1] == "2 Mar 2026"
    (entry,) = rows_of(app, "Corrections of these articles, the latest first")
    assert entry[0].startswith("A ") and entry[1:5] == ["Date", "2 Mar 2031, 08:00 UTC", "2 Mar 2026", "the page says so"] and entry[6] == "in force"
    app = press(app, "Undo this correction")
    assert not app.exception and "Taken back." in shown(app) and "Undo this correction" not in [button.label for button in app.button]
    assert str(desk.articles(["a1"])["published"].iloc[0]) == "2031-03-02 08:00:00+00:00"
    assert rows_of(app, "Corrections of these articles, the latest first")[0][6] == "taken back"


def test_an_empty_date_becomes_unknown(desk):
    record(choose_field(opened(), "Date"), "")
    assert pd.isna(desk.articles(["a1"])["published"].iloc[0])


def test_what_cannot_be_taken_is_said_beside_the_form_which_keeps_it(desk):
    app = opened()
    for field, typed, said in (("Date", "05/06/2017", "is no date that can be understood"), ("Date", "2099-01-01", "lies in the future"),
                               ("Headline", TEXTS["a1"][1], "That is what the library has already")):
        app = record(choose_field(app, field), typed, "I was there")
        assert not app.exception and said in shown(app) and 'role="alert"' in shown(app)
        assert box(app, "What is right?").value == typed and box(app, "How do you know?").value == "I was there"
    assert desk.corrections().empty


def test_the_kind_of_text_is_a_choice(desk):
    app = choose_field(opened(), "Kind of text")
    right = box(app, "What is right?")
    assert right.options == ["news", "opinion", "live", "round-up", "transcript"] and right.value == "news"
    record(app, "opinion")
    assert desk.articles(["a1"])["genre"].iloc[0] == "opinion"


def test_of_two_corrections_of_a_field_the_later_one_is_in_force(desk):
    app = record(opened(), "The Courier")
    app = record(app, "Harbour Post")
    log = rows_of(app, "Corrections of these articles, the latest first")
    assert [(row[3], row[6]) for row in log] == [("Harbour Post", "in force"), ("The Courier", "gave way to a later one")]
    assert box(app, "Take back").options[0].startswith("Outlet of A ")
    assert desk.articles(["a1"])["outlet"].iloc[0] == "Harbour Post"


def test_a_correction_that_dissolves_the_event_on_screen_leads_to_the_one_its_articles_stand_in_now(desk):
    app = record(opened(), "Harbour Post")
    event = desk.groups().set_index("article_id")["event_id"]["a1"]
    assert event != "e1", "the page was opened on an event this library does not have"
    assert app.query_params["event"] == event


def test_hostile_values_and_reasons_are_shown_letter_by_letter(desk, monkeypatch):
    from analysis import pipeline

    texts = [text for text in CLEAN.values() if text.strip() and len(text) <= 300]
    log = pd.DataFrame([{"correction_id": f"c{place}", "at": text, "article_id": "a1", "field": "title", "value": text, "original": text, "reason": text, "undoes": ""}
                        for place, text in enumerate(texts)], dtype="object")
    monkeypatch.setattr(pipeline, "corrections", lambda library: log)
    monkeypatch.setattr(pipeline, "as_given", lambda library, article_id: {"title": texts[0], "outlet": " ".join(texts)[:280]})
    app = opened()
    assert len(texts) > 40 and not app.exception and not app.markdown
    squeezed = " ".join(shown(app).split())
    assert [text for text in texts if squeezed.count(str(escape(" ".join(text.split())))) < 3] == [], "came with it, corrected to, reason"


def test_a_hostile_value_and_reason_are_recorded_letter_by_letter(desk):
    app = record(choose_field(opened(), "Headline"), CLEAN["md image"], CLEAN["template"])
    assert not app.exception and not app.markdown
    assert desk.articles(["a1"])["title"].iloc[0] == CLEAN["md image"] and desk.corrections()["reason"].iloc[0] == CLEAN["template"]


def test_the_repair_panel_says_which_repair_gave_way_and_names_the_articles_on_screen(desk):
    from analysis import pipeline

    pipeline.repair(desk, "same event", ["a1", "a3"], reason="one pier")
    pipeline.repair(desk, "not the same", ["a1", "a3"], reason="two piers")
    app = opened(repairs=True)
    assert not app.exception
    assert [row[5] for row in rows_of(app, "Repairs so far")] == ["gave way wholly", "in force"]
    said = shown(app).split("gave way wholly to a later one: ")[1].split("</p>")[0]
    assert "Harbour Courier" in said and "The Lantern" in said and said.endswith("are not held together.")


def test_what_cannot_be_repaired_is_said_beside_the_form_which_keeps_it(desk):
    app = opened(repairs=True)
    box(app, "Reason").set_value("a slip")
    app = press(app, "Record the repair")
    assert not app.exception and 'role="alert"' in shown(app) and box(app, "Reason").value == "a slip"
    assert desk.repairs().empty


def test_the_panels_are_hidden_while_reading_blind(desk):
    import ast
    from pathlib import Path

    source = ast.parse(Path("dashboard/views/event.py").read_text(encoding="utf8"))
    guarded = [ast.unparse(call) for node in ast.walk(source) if isinstance(node, ast.If) and ast.unparse(node.test) == "not widgets.blinded()"
               for call in ast.walk(node) if isinstance(call, ast.Call)]
    assert {"repair.show(chosen, lanes)", "correct.show(chosen, lanes)"} <= set(guarded)
