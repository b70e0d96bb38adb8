"""The page "Add articles" in process: what a person sees before adding, what is added, what is refused, and that nothing is fetched unasked."""

import sys
import time
from dataclasses import replace

import pytest
import streamlit as st
from conftest import word_vectors
from news_world import STORIES, World, page
from streamlit.testing.v1 import AppTest

from analysis.schema import InputError

SCRIPT = """
import streamlit as st
from dashboard.views import add
add.show()
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The page on a fresh library, grouping by hashed words."""
    for name in [name for name in sys.modules if name.split(".")[0] == "dashboard"]:
        del sys.modules[name]
    st.cache_resource.clear()
    from analysis import pipeline

    monkeypatch.setenv("PARALLAX_LIBRARY", str(tmp_path / "library.sqlite"))
    monkeypatch.setattr(pipeline.kept_.embed_, "load_embed", lambda settings: word_vectors)
    opened = AppTest.from_string(SCRIPT, default_timeout=60)
    yield opened
    st.cache_resource.clear()


def shown(app):
    return "".join(element.proto.body for element in app.get("html"))


def button(app, label):
    return next(found for found in app.button if found.label == label)


def finish(app):
    """Run the page until the ingest in the background is done."""
    from dashboard import adding

    for _ in range(600):
        if adding.current() is not None and not adding.current().running:
            return app.run()
        time.sleep(0.1)
    raise AssertionError("the ingest did not end")


def pasted_text():
    ferry, school = ("\n\n".join([STORIES[name][0], *STORIES[name][2]]) for name in ("ferry", "school"))
    return f"Outlet: The Gull\n{ferry}\n\n=====\n\n{school}\n\n=====\nToo short."


def test_pasted_articles_are_shown_put_right_and_added(app):
    app.run()
    app.text_area[0].set_value(pasted_text())
    button(app, "Look at it").click()
    app.run()
    assert not app.exception and "3 articles found" in shown(app) and "Article 3 cannot be added" in shown(app)
    fields = {found.label: found for found in app.text_input[3:6]}
    fields["Outlet"].set_value("The <b>Tern</b>")
    fields["Date"].set_value("05/06/2031")
    app.run()
    assert "This date cannot be understood" in shown(app) and button(app, "Add 1 article")
    {found.label: found for found in app.text_input[3:6]}["Date"].set_value("2031-03-04")
    app.run()
    button(app, "Add 2 articles").click()
    app.run()
    finish(app)
    page_ = shown(app)
    assert not app.exception and "2 articles added, 0 already there, 0 refused" in page_
    assert "The &lt;b&gt;Tern&lt;/b&gt;" in page_ and "4 Mar 2031" in page_ and "event=" in page_
    button(app, "Add more").click()
    app.run()
    assert app.text_area[0].value == ""


def test_links_are_fetched_only_when_the_switch_is_on(app, monkeypatch):
    from analysis import pipeline

    with World() as world:
        way_out = pipeline.open_web
        monkeypatch.setattr(pipeline, "open_web", lambda *given: replace(way_out(*given), network=world.network()))
        app.query_params["way"] = "Links and feeds"
        app.run()
        app.text_area[0].set_value("http://gull.test/ferry\nftp://x\nhttp://gull.test/cyrillic\nhttp://gull.test/gone\nhttp://gull.test/rss")
        app.run()
        assert "Nothing is fetched while the switch is off" in shown(app) and "1 line will be refused" in shown(app)
        assert button(app, "Fetch and add 4 links").disabled and world.asked == []
        app.toggle[0].set_value(True)
        app.run()
        button(app, "Fetch and add 4 links").click()
        app.run()
        finish(app)
    page_ = shown(app)
    assert not app.exception and "3 articles added, 1 already there, 1 refused" in page_
    assert "ru: not measured" in page_ and "the server has taken the page away" in page_


def test_an_upload_is_previewed_matched_and_added_under_its_own_columns(app):
    app.query_params["way"] = "Files"
    app.run()
    table = b"Zeitung,Artikel\nNA," + b"The ferry stopped at noon. " * 6 + b"\n"
    app.file_uploader[0].set_value([("blatt.csv", table, "text/csv"), ("../../page.html", page().encode(), "text/html"), ("x.pdf.txt", b"%PDF-1", "text/plain")])
    app.run()
    assert not app.exception and "The first rows as they stand" in shown(app) and "Choose the column with the text" in shown(app) and "this is a PDF" in shown(app)
    assert button(app, "Add 2 files").disabled
    boxes = {found.label: found for found in app.selectbox}
    boxes["Text"].set_value("2. Artikel")
    boxes["Outlet"].set_value("1. Zeitung")
    app.run()
    button(app, "Add 2 files").click()
    app.run()
    finish(app)
    assert not app.exception and "2 articles added" in shown(app) and ">NA<" in shown(app)


def test_one_ingest_at_a_time_and_its_fault_is_kept_for_the_one_who_began_it():
    from dashboard.adding import Adding

    adding, gate = Adding(), []

    def wait(tell):
        tell("step")
        while not gate:
            time.sleep(0.01)
        raise InputError("broken", where="x", remedy="y")

    assert adding.start("a", wait) and not adding.start("b", wait)
    gate.append(1)
    for _ in range(500):
        if not adding.job.running:
            break
        time.sleep(0.01)
    assert adding.job.error.problem == "broken" and adding.job.steps == ["step"] and adding.job.owner == "a"
    adding.forget("b")
    assert adding.job is not None
    adding.forget("a")
    assert adding.job is None
