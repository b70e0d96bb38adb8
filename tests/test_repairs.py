from datetime import UTC, datetime

import pandas as pd
import pytest
from event_rows import QUAKE, STRIKE, articles, group, sets_of
from test_group import jittered

from analysis.events.repairs import REPAIRS, find_overruled, log_lines, make_repair, read_log, to_constraints
from analysis.schema import InputError
from analysis.settings import EventSettings

S = EventSettings()
NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def table():
    quakes = [(f"q{at}", "", jittered(QUAKE, at, 0.15), "2024-03-04") for at in range(3)]
    strikes = [(f"s{at}", "", jittered(STRIKE, at + 5, 0.15), "2024-03-04") for at in range(2)]
    return articles(*quakes, *strikes)


def empty_log():
    return pd.DataFrame(columns=list(REPAIRS.columns))


def add(log, kind, ids, groups=None, target=""):
    made = make_repair(kind, ids, at=NOW, log=log, groups=groups, target=target, reason="because")
    rows = [*log.to_dict("records"), made]
    if kind == "undo":
        rows = [{**row, "undone_by": made["repair_id"]} if row["repair_id"] == target else row for row in rows]
    return pd.DataFrame(rows, columns=list(REPAIRS.columns))


def under(log, table):
    return group(table, S, to_constraints(log))[0]


def test_a_move_survives_a_regroup_an_added_article_an_export_and_a_reimport(table, tmp_path):
    groups, _ = group(table, S)
    strike = groups.set_index("article_id").at["s0", "event_id"]
    log = add(empty_log(), "move", ["q0"], groups, strike)
    moved = {frozenset(["q1", "q2"]), frozenset(["q0", "s0", "s1"])}
    assert sets_of(under(log, table)) == moved
    grown = pd.concat([table, articles(("a0", "", jittered(QUAKE, 77, 0.15), "2024-03-05"))], ignore_index=True)
    assert sets_of(under(log, grown)) == {frozenset(["a0", "q1", "q2"]), frozenset(["q0", "s0", "s1"])}
    path = tmp_path / "repairs.jsonl"
    path.write_text("\n".join(log_lines(log)), encoding="utf8")
    pd.testing.assert_frame_equal(under(read_log(path), table), under(log, table))


def test_undo_restores_the_exact_former_groups_and_can_be_undone(table):
    before, _ = group(table, S)
    log = add(empty_log(), "split", ["q0"], before)
    changed = under(log, table)
    assert sets_of(changed) == {frozenset(["q0"]), frozenset(["q1", "q2"]), frozenset(["s0", "s1"])}
    undone = add(log, "undo", [], target=log["repair_id"].iloc[0])
    pd.testing.assert_frame_equal(under(undone, table), before)
    again = add(undone, "undo", [], target=undone["repair_id"].iloc[1])
    pd.testing.assert_frame_equal(under(again, table), changed)


def test_merge_joins_whole_events(table):
    groups, _ = group(table, S)
    log = add(empty_log(), "merge", ["q0", "s0"], groups)
    assert sets_of(under(log, table)) == {frozenset(["q0", "q1", "q2", "s0", "s1"])}


def test_exclude_stands_alone_and_include_lifts_it(table):
    log = add(empty_log(), "exclude", ["q0"])
    assert frozenset(["q0"]) in sets_of(under(log, table))
    assert sets_of(under(add(log, "include", ["q0"]), table)) == sets_of(group(table, S)[0])


def test_same_and_not_the_same_hold_between_two_articles(table):
    log = add(add(empty_log(), "same event", ["q0", "s0"]), "not the same", ["s0", "s1"])
    event = under(log, table).set_index("article_id")["event_id"]
    assert event["q0"] == event["s0"] != event["s1"]


def test_the_later_repair_wins_and_the_earlier_says_so(table):
    log = add(add(empty_log(), "same event", ["q0", "s0"]), "not the same", ["q0", "s0"])
    assert to_constraints(log)["kind"].tolist() == ["cannot"]
    first = log["repair_id"].iloc[0]
    assert find_overruled(log).to_numpy().tolist() == [
        [first, "wholly", f'Repair {first} ("same event") gave way wholly to a later one: q0 and s0 are not held together.']]


def test_a_repair_that_holds_in_part_says_so(table):
    groups, _ = group(table, S)
    log = add(add(empty_log(), "merge", ["q0", "s0"], groups), "not the same", ["q0", "s1"])
    assert find_overruled(log)["part"].tolist() == ["in part"]
    event = under(log, table).set_index("article_id")["event_id"]
    assert event["q0"] == event["s0"] != event["s1"]  # the merge without s1


def test_a_chain_of_repairs_never_contradicts_itself(table):
    log = empty_log()
    for kind, pair in [("same event", ["q0", "q1"]), ("same event", ["q1", "s0"]), ("not the same", ["q0", "s0"]), ("same event", ["q0", "s1"])]:
        log = add(log, kind, pair)
    event = under(log, table).set_index("article_id")["event_id"]  # group_articles refuses contradictions
    assert event["q0"] == event["s1"] and event["q0"] != event["s0"] == event["q1"]


def test_constraints_on_articles_that_are_gone_are_left_out(table):
    log = add(empty_log(), "same event", ["q0", "gone"])
    assert to_constraints(log, group(table, S)[0]).empty


@pytest.mark.parametrize(("kind", "ids", "target", "says"), [
    ("burn", ["q0"], "", "no kind"), ("undo", [], "r0", "no repair"), ("same event", ["q0", "q0"], "", "two articles"), ("exclude", [], "", "no article"),
    ("move", ["nobody"], "e0", "no such article"), ("move", ["q0"], "e0", "no such event")])
def test_what_cannot_be_done_is_refused(table, kind, ids, target, says):
    with pytest.raises(InputError, match=says):
        make_repair(kind, ids, at=NOW, log=empty_log(), groups=group(table, S)[0], target=target)


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"kind": "same event"}', "null"])
def test_a_broken_line_of_a_log_is_named(tmp_path, line):
    path = tmp_path / "log.jsonl"
    path.write_text("\n" + line, encoding="utf8")
    with pytest.raises(InputError, match="line 2"):
        read_log(path)
