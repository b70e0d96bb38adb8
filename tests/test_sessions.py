"""What many visitors at once see of each other: nothing. Real sessions over real websockets, each with a word of its own."""

import ast
import asyncio
import random
from pathlib import Path

import pytest

from benchmarks.visitors import PRESSED, Served, Visitor

ROOT = Path(__file__).resolve().parent.parent
VISITORS, STEPS, PASTERS = 50, 3, 20  # a step of each sort; more of them: python -m benchmarks.bench_load
SECTIONS = ("Headlines", "Claims", "Wording", "Sentiment", "Emphasis", "Voices", "Read")


@pytest.fixture(scope="module")
def address():
    with Served("tests/sample_server.py", PARALLAX_SAMPLE="") as served:
        yield served


async def visit(address, number, start):
    """One visitor: open the event, type a secret word, walk about, and return every frame the server sent."""
    secret, dealer = f"canary{number:03}x{random.Random(number).randrange(10**9)}", random.Random(number)
    async with Visitor(address, keep_frames=True) as visitor:
        await visitor.open("event=e1&section=Wording")
        await start.wait()
        await visitor.choose("kwic-", secret)
        for step in range(STEPS):
            if step % 3 == 2:
                await visitor.choose("section", ["Wording"])
                await visitor.choose("kwic-", secret + str(step))
            elif step % 3:
                await visitor.choose("blind", dealer.random() < 0.5)
            else:
                await visitor.choose("section", [dealer.choice(SECTIONS)])
        await visitor.open(f"event=e1&section=Wording&word={secret}address")
        return secret, b"".join(visitor.frames), visitor.trouble


async def visit_together(address, count):
    """All visitors at once, in step from the moment every one has its page."""
    start = asyncio.Barrier(count)
    return await asyncio.gather(*(visit(address, number, start) for number in range(count)))


def test_fifty_visitors_at_once_never_see_each_others_words(address):
    seen = asyncio.run(visit_together(address, VISITORS))
    secrets = [secret.encode() for secret, _, _ in seen]
    for secret, frames, trouble in seen:
        assert trouble == []
        assert frames.count(secret.encode()) >= 2, "a visitor sees its own word, or the test looks at nothing"
        assert [other for other in secrets if other in frames] == [secret.encode()]


def test_a_visitor_who_hides_the_outlets_hides_them_for_nobody_else(address):
    async def both():
        async with Visitor(address, keep_frames=True) as blind, Visitor(address, keep_frames=True) as seeing:
            await blind.open("event=e1&blind=true")
            await seeing.open("event=e1")
            for section in SECTIONS:
                await asyncio.gather(blind.choose("section", [section]), seeing.choose("section", [section]))
            return b"".join(blind.frames), b"".join(seeing.frames)

    hidden, shown = asyncio.run(both())
    assert b"Harbour Courier" in shown and b"Harbour Courier" not in hidden and b"outlet A" not in shown


PASTED = (
    "Ferry to {0} delayed for an hour\n\n"
    "The morning ferry to {0} left an hour late on Monday because of fog, the harbour office said. About 200 passengers waited on the quay, and some of "
    "them went home again.\n\n"
    "Nobody was hurt. Boats to {0} were on time again by noon, the office said, and tickets that could not be used will be paid back within two weeks.\n\n"
    "The ferry line has been late on nine days since January. The council of {0} wants to talk about a second boat in May, said its clerk, Ada Brenn.\n"
)


async def paste(address, number, start):
    """One visitor pastes an article about a place nobody else has heard of and looks at it before it is added."""
    place = f"Canaryton{number:03}x{random.Random(number).randrange(10**9)}"
    async with Visitor(address, keep_frames=True) as visitor:
        await visitor.open(page="add")
        await start.wait()
        await visitor.choose("pasted-0", PASTED.format(place))
        await visitor.choose("look", PRESSED)
        await visitor.open()
        await visitor.open(page="add")
        return place.encode(), b"".join(visitor.frames), visitor.trouble


def test_what_a_visitor_pastes_and_has_not_added_is_seen_by_nobody_else(tmp_path):
    async def together(address):
        start = asyncio.Barrier(PASTERS)
        return await asyncio.gather(*(paste(address, number, start) for number in range(PASTERS)))

    with Served("dashboard/server.py", PARALLAX_LIBRARY=str(tmp_path / "empty.sqlite")) as served:
        seen = asyncio.run(together(served))
    places = [place for place, _, _ in seen]
    for place, frames, trouble in seen:
        assert trouble == []
        assert frames.count(b"Ferry to " + place) >= 1, "a visitor sees its own text, or the test looks at nothing"
        assert [other for other in places if other in frames] == [place]


def cached_arguments(tree):
    """Names of the parameters of every function under st.cache_data or st.cache_resource that are left out of its key."""
    left_out = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
            if any(isinstance(mark, ast.Attribute) and mark.attr.startswith("cache_") for mark in marks):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *filter(None, (node.args.vararg, node.args.kwarg))]
                left_out += [(node.name, argument.arg) for argument in given if argument.arg.startswith("_")]
    return left_out


def mutable_globals(tree):
    """Module-level names bound to a list, dict or set: state that all sessions would share."""
    shared = []
    for node in tree.body:
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.ListComp | ast.DictComp | ast.SetComp | ast.List | ast.Dict | ast.Set):
            shared += [name.id for name in (node.targets if isinstance(node, ast.Assign) else [node.target]) if isinstance(name, ast.Name)]
    return shared


def written_to(tree):
    """Names that something in the module changes in place: x[...] = …, del x[...], x.append(…) and their like, or `global x`."""
    changing = {"append", "add", "update", "setdefault", "pop", "popitem", "clear", "extend", "insert", "remove", "discard"}
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            names |= set(node.names)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del) and isinstance(node.value, ast.Name):
            names.add(node.value.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in changing and isinstance(node.func.value, ast.Name):
            names.add(node.func.value.id)
    return names


DASHBOARD = sorted((ROOT / "dashboard").rglob("*.py"))


@pytest.mark.parametrize("path", DASHBOARD, ids=lambda path: path.stem)
def test_no_cache_leaves_an_argument_out_of_its_key(path):
    assert cached_arguments(ast.parse(path.read_text(encoding="utf8"))) == []


@pytest.mark.parametrize("path", DASHBOARD, ids=lambda path: path.stem)
def test_no_module_keeps_what_one_visitor_does_where_all_can_see_it(path):
    tree = ast.parse(path.read_text(encoding="utf8"))
    assert set(mutable_globals(tree)) & written_to(tree) == set()
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]


def test_these_rules_can_fail():
    tree = ast.parse("import streamlit as st\nSEEN = {}\n@st.cache_data(ttl=3)\ndef load(_user, event): SEEN[event] = 1\n")
    assert cached_arguments(tree) == [("load", "_user")] and set(mutable_globals(tree)) & written_to(tree) == {"SEEN"}
