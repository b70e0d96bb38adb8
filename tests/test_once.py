"""Parts of a page built once for everybody: what may be shared, what may not, and that nothing of one reader reaches another."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from markupsafe import Markup

from dashboard import data, once, widgets

VIEWS = sorted((Path(__file__).resolve().parent.parent / "dashboard" / "views").glob("*.py"))
EVENT = SimpleNamespace(event_id="e1", made_with={})


@pytest.fixture
def page(monkeypatch):
    """A page without a server: what it shows is listed, what is kept lies on an empty shelf, what the reader chose in a dictionary."""
    shown, kept, chosen = [], {}, {}
    monkeypatch.setattr(st, "html", shown.append)
    monkeypatch.setattr(st, "session_state", chosen)
    monkeypatch.setattr(data, "keep", lambda key, make: kept[key] if key in kept else kept.setdefault(key, make()))
    return SimpleNamespace(shown=shown, kept=kept, chosen=chosen)


def test_a_part_is_built_once_and_shown_every_time(page):
    built = []

    @once.once
    def part(chosen, lanes, word):
        built.append(word)
        once.show_html(Markup("<p>{}</p>").format(word))
        return len(word)

    assert [part(EVENT, None, "a"), part(EVENT, None, "a"), part(EVENT, None, "bb")] == [1, 1, 2]
    assert built == ["a", "bb"] and page.shown == ["<p>a</p>", "<p>a</p>", "<p>bb</p>"]


def test_a_part_within_a_part_belongs_to_the_outer_one(page):
    @once.once
    def inner(chosen, lanes):
        once.show_html(Markup("inner"))

    @once.once
    def outer(chosen, lanes):
        inner(chosen, lanes)
        once.show_html(Markup("outer"))

    outer(EVENT, None)
    outer(EVENT, None)
    assert page.shown == ["inner", "outer"] * 2 and len(page.kept) == 1


@pytest.mark.parametrize(("name", "value"), [("blind", True), ("size", "Large"), ("layers", ["Names"]), ("measure", "Hedges")])
def test_readers_whose_links_differ_do_not_share_a_part(page, name, value):
    @once.once
    def part(chosen, lanes):
        return widgets.address(chosen, "Read")

    plain = part(EVENT, None)
    page.chosen[name] = value
    assert part(EVENT, None) != plain


def test_hidden_and_shown_outlets_are_two_comparisons(page):
    part = once.once(lambda chosen, lanes: chosen.made_with.get("outlets", "shown"))
    assert [part(EVENT, None), part(SimpleNamespace(event_id="e1", made_with={"outlets": "hidden"}), None)] == ["shown", "hidden"]


def test_a_part_may_not_look_at_one_readers_address(page):
    part = once.once(lambda chosen, lanes: widgets.asked("pick"))
    with pytest.raises(RuntimeError, match="'pick'"):
        part(EVENT, None)
    assert not once.building()


def test_links_carry_nothing_of_the_session_but_what_parts_are_kept_by():
    tree = ast.parse(Path(widgets.__file__).read_text(encoding="utf8"))
    makers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ("link", "address", "blinded", "text_size", "read_address")]
    read = {node.args[0].value for maker in makers for node in ast.walk(maker)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and isinstance(node.args[0], ast.Constant)}
    assert read | set(widgets.KEPT) == set(once.CARRIED)


def shared_parts(tree):
    """The functions of a module that are built once for all."""
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and any(isinstance(mark, ast.Name) and mark.id == "once" for mark in node.decorator_list)]


def reads_the_session(part):
    """Whether a part names Streamlit, an address or a clock itself."""
    names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    calls = {node.attr for node in ast.walk(part) if isinstance(node, ast.Attribute)}
    return sorted(names & {"st", "time", "datetime"} | calls & {"asked", "target", "session_state", "query_params", "show_download", "show_figure"})


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_no_shared_part_holds_a_widget_or_reads_the_session(path):
    assert [(part.name, found) for part in shared_parts(ast.parse(path.read_text(encoding="utf8"))) if (found := reads_the_session(part))] == []


def test_the_rule_can_fail_and_parts_are_found():
    tree = ast.parse("@once\ndef part(chosen, lanes):\n    st.html(widgets.asked('pick'))\n")
    assert reads_the_session(shared_parts(tree)[0]) == ["asked", "st"]
    assert sum(len(shared_parts(ast.parse(path.read_text(encoding="utf8")))) for path in VIEWS) > 10
