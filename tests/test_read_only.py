"""A library that is only shown: every page still reads, nothing offers a change, and what is asked for all the same is refused."""

import ast
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from conftest import articles_of
from pages_in_process import SECTIONS, shown
from postgres_server import Server
from sample_comparison import TEXTS, make_comparison
from streamlit.testing.v1 import AppTest

from analysis.corpus.library import open_library
from analysis.schema import LibraryError

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "This library is read-only here"
CHANGE = {"Record the repair", "Undo it", "Same event", "Not the same", "Record the correction", "Undo this correction", "Keep the marks in the library"}
WRITERS = {"repair", "undo", "correct", "undo_correction", "mark", "undo_mark", "ingest", "import_repairs", "import_library", "mend_library", "regroup", "prepare_comparisons"}
"""Everything of the pipeline a person changes a library with."""


@pytest.fixture
def only_shown(monkeypatch):
    monkeypatch.setenv("PARALLAX_READ_ONLY", "1")


@pytest.fixture
def filled(tmp_path):
    """A library with the four sample articles, grouped as in the sample event."""
    rows = [{"article_id": key, "outlet": outlet, "title": title, "published": time, "text": text} for key, (outlet, title, time, text) in TEXTS.items()]
    library = open_library(tmp_path / "shown.sqlite")
    library.add_articles(articles_of(*rows))
    library.save_groups(make_comparison().groups)
    yield library
    library.close()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_says_so_once_and_offers_no_change(open_app, only_shown, section):
    app = open_app(event="e1", section=section, **({"step": "3 Reveal"} if section == "Lesson" else {}))
    for key, value in {"repairing": True, "correcting": True, "class": "7b"}.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception and shown(app).count(NOTICE) == 1
    assert not CHANGE & {button.label for button in app.button} and not app.multiselect
    assert "Why these articles are together" in shown(app) and "What is known about this article" in shown(app)


def test_without_it_the_same_page_offers_them(open_app):
    app = open_app(event="e1")
    app.session_state["repairing"] = app.session_state["correcting"] = True
    app.run()
    assert {"Record the repair", "Record the correction"} <= {button.label for button in app.button} and NOTICE not in shown(app)


def test_nothing_leads_to_adding_articles_and_the_page_itself_adds_none(open_app, only_shown):
    for kind in ("", "empty"):
        app = open_app(kind)
        assert not app.exception and NOTICE in shown(app) and "Add articles" not in shown(app) and not app.get("code")
    page = AppTest.from_string("from dashboard.views import add\nadd.show()", default_timeout=60).run()
    assert not page.exception and "Nothing can be added here" in shown(page) and not page.button and not page.text_area


@pytest.mark.parametrize(("said", "shown_only"), [("1", True), ("yes", True), ("nonsense", True), ("0", False), ("no", False), ("", False), (" Off ", False)])
def test_any_word_but_a_no_means_that_the_library_is_only_shown(open_app, monkeypatch, said, shown_only):
    open_app()
    monkeypatch.setenv("PARALLAX_READ_ONLY", said)
    assert sys.modules["dashboard.data"].read_only() is shown_only


def test_whatever_asks_for_a_change_all_the_same_is_refused(filled, tmp_path, monkeypatch, only_shown):
    data, adding = fresh_pages(monkeypatch, tmp_path / "shown.sqlite")
    before = (tmp_path / "shown.sqlite").read_bytes()
    for ask in (lambda: data.repair("exclude", ["a1"]), lambda: data.undo("r1"), lambda: data.correct("a1", "title", "Else"), lambda: data.undo_correction("c1"),
                lambda: data.keep_mark("e1", "a1", (1, 0, 3), "7b-1", "loaded"), lambda: adding.start("me", [], False)):
        with pytest.raises(LibraryError, match="read-only here"):
            ask()
    assert adding.current() is None and (tmp_path / "shown.sqlite").read_bytes() == before
    assert data.library().shelf.read_only, "the file itself is opened so that nothing can be written"


def fresh_pages(monkeypatch, place):
    """The dashboard's data and adding on a library of one's own."""
    for name in [name for name in sys.modules if name.split(".")[0] == "dashboard"]:
        del sys.modules[name]
    st.cache_resource.clear()
    monkeypatch.setenv("PARALLAX_LIBRARY", str(place))
    monkeypatch.delitem(sys.modules, "analysis.pipeline", raising=False)
    import analysis

    monkeypatch.delattr(analysis, "pipeline", raising=False)
    from dashboard import adding, data

    return data, adding


def test_every_change_the_dashboard_can_make_asks_for_the_library_to_change():
    found = []
    for path in (ROOT / "dashboard").rglob("*.py"):
        for function in ast.parse(path.read_text(encoding="utf8")).body:
            if isinstance(function, ast.FunctionDef):
                calls = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
                written = {name for name in WRITERS if f"pipeline.{name}" in calls}
                found += sorted(written)
                assert not written or {"library_to_change", "data.library_to_change"} & calls, f"{path.name}: {function.name}"
    assert set(found) == {"repair", "undo", "correct", "undo_correction", "mark", "ingest"}


def test_the_list_of_what_changes_a_library_is_whole():
    body = ast.parse((ROOT / "analysis" / "pipeline.py").read_text(encoding="utf8")).body
    changing = {alias.name for node in body if isinstance(node, ast.ImportFrom) and node.module in ("analysis.upkeep", "analysis.keeping", "analysis.arrivals")
                for alias in node.names if alias.name[0].islower()}
    assert changing - WRITERS == {"overruled_repairs", "export_repairs", "export_feeds", "export_library", "backup_library", "check_library", "examine_library", "open_web"}


def test_what_can_be_made_again_is_kept_by_nobody_who_only_reads(filled, tmp_path):
    reader = open_library(tmp_path / "shown.sqlite", read_only=True)
    reader.keep("comparisons", {"c": b"made"})
    reader.put_many({"v": np.ones(3, dtype="float32")})
    assert reader.cached("comparisons", ["c"]) == {} and reader.get_many(["v"]) == {}
    filled.keep("comparisons", {"c": b"made"})
    assert reader.cached("comparisons", ["c"]) == {"c": b"made"}
    with pytest.raises(LibraryError, match="may not be written to"), reader.alone():
        pass
    assert not (tmp_path / "shown.sqlite.lock").exists()


def as_nobody(work):
    """Do something in a child that has no rights of root, and return what it says."""
    there, here = os.pipe()
    if (child := os.fork()) == 0:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        try:
            said = str(work())
        except LibraryError as error:
            said = f"{type(error).__name__}: {error}"
        os.write(here, said.encode()[:60_000])
        os._exit(0)
    os.close(here)
    os.waitpid(child, 0)
    with os.fdopen(there) as answer:
        return answer.read()


def test_a_library_in_a_place_where_nothing_may_be_written_can_be_read(tmp_path):
    """A write-ahead log wants a file beside it even to read: in a read-only place there is none, unless a writer has it open."""
    place = tmp_path / "shelf"
    place.mkdir()
    for folder in (*tmp_path.parents, tmp_path):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    writer = open_library(place / "a.sqlite")
    writer.add_articles(articles_of({"article_id": "a", "title": "One", "text": "The ferry sank."}))
    writer.close()
    (place / "a.sqlite").chmod(0o444)
    place.chmod(0o555)
    try:
        assert sorted(path.name for path in place.iterdir()) == ["a.sqlite"]

        def read():
            reader = open_library(place / "a.sqlite", read_only=True)
            return f"{reader.count_articles()} {reader.search('ferry')} {reader.events(1, 5).shape}"

        assert as_nobody(read).startswith("1 ['a']")
        reader = open_library(place / "a.sqlite", read_only=True)
        if os.getuid() == 0:  # the owner of the place comes with a writer, and the reader sees what they add
            again = open_library(place / "a.sqlite")
            again.add_articles(articles_of({"article_id": "b", "title": "Two", "text": "The second ferry."}))
            assert as_nobody(read).startswith("2 [") and reader.count_articles() == 2
            again.close()
        assert as_nobody(lambda: open_library(place / "a.sqlite").keep("x", {"y": b"z"})).startswith("LibraryError: ")
    finally:
        place.chmod(0o755)


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.close()


def test_a_library_on_a_server_opens_in_the_dashboard_by_its_address(server, monkeypatch):
    address = server.make_database("shown")
    data, _ = fresh_pages(monkeypatch, address.replace("desk@", "desk:geheim@"))
    library = data.library()
    library.add_articles(articles_of(*({"article_id": key, "outlet": row[0], "title": row[1], "published": row[2], "text": row[3]} for key, row in TEXTS.items())))
    library.save_groups(make_comparison().groups)
    assert data.outlets() == sorted(row[0] for row in TEXTS.values()) and data.events(page=1, per_page=5)[1] == 1
    assert "postgresql" in data.library_name() and "geheim" not in data.library_name()
    assert not data.read_only()
    library.close()
    monkeypatch.setenv("PARALLAX_READ_ONLY", "1")
    st.cache_resource.clear()
    assert data.events(page=1, per_page=5)[1] == 1
    with pytest.raises(LibraryError, match="read-only here") as caught:
        data.correct("a1", "title", "Else")
    assert "geheim" not in str(caught.value)
    data.library().keep("comparisons", {"c": b"made"})
    assert data.library().cached("comparisons", ["c"]) == {}
    data.library().close()
