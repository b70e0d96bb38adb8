from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from event_rows import QUAKE, STRIKE, articles, embed, group, sets_of
from hypothesis import assume, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from analysis import road
from analysis.events.candidates import UNDATED, find_candidates, select_window, slab_of
from analysis.events.chains import chain_articles, components, find_shaken, label_chains
from analysis.events.explain import explain_groups
from analysis.events.gatherings import mark_gatherings
from analysis.events.group import group_articles, link
from analysis.schema import TableError
from analysis.settings import EventSettings, Settings

S = EventSettings()
SHOOTING_MALL = ("Gunfire at the Orchard Mall in Pellworth on Monday killed two shoppers and hurt four, police said. Witnesses described a man in a grey coat who "
                 "opened fire near the cinema. Chief Dana Ruiz named the suspect as Colin Marsh, 31, a former security guard. ")
SHOOTING_BAR = ("A quarrel outside the Blue Heron bar in Pellworth ended in gunfire on Thursday night, leaving a bartender dead. Detectives are looking for a "
                "red pickup truck. Chief Dana Ruiz said Lena Hobbs, 26, had tried to calm two customers over an unpaid bill. ")
JOBS = ("Employers added {n} jobs in {month}, the Labor Department said Friday, and the unemployment rate {moved} to {rate} percent. {extra} "
        "Economists polled beforehand had expected {guess}. ")
JOBS_ROWS = [("January", "142,000", "edged up", "5.2", "170,000", "Retailers shed clerks after the holidays."),
             ("February", "311,000", "fell", "4.9", "205,000", "Builders hired through a mild winter."),
             ("March", "88,000", "held", "4.9", "190,000", "Factories cut overtime as orders slowed.")]


def words(seed, n=40):
    rng = np.random.default_rng(seed)
    return " ".join("".join(rng.choice(list("bcdfglmnprstaeiou"), 7)) for _ in range(n))


def jittered(text, seed, share):
    """The text with a share of its words replaced: another report of the same event."""
    rng = np.random.default_rng(seed)
    return " ".join(word if rng.random() > share else words(seed * 977 + at, 1) for at, word in enumerate(text.split()))


def stream(sizes, seed=1):
    """Events of the given sizes, a week apart, as rows for `articles`."""
    rows = []
    for event, size in enumerate(sizes):
        core = words(seed * 100 + event)
        day = pd.Timestamp("2024-01-01T10:00Z") + pd.Timedelta(days=6 * event)
        rows += [(f"{event:02}-{at:03}", "", jittered(core, seed + event * 300 + at, 0.2), day + pd.Timedelta(hours=at % 20)) for at in range(size)]
    return rows


def gold_of(table):
    return {frozenset(found) for _, found in table["article_id"].groupby(table["article_id"].str[:2])}


def test_two_reports_of_one_quake_are_one_event_and_the_strike_is_another():
    table = articles(("a", "Quake fells bell tower in Vellmora", QUAKE, "2024-03-04T09:00Z"), ("b", "Nine hurt as quake hits Vellmora", jittered(QUAKE, 1, 0.2), "2024-03-04T12:00Z"),
                     ("c", "Bus drivers walk out", STRIKE, "2024-03-04T10:00Z"))
    groups, scores = group(table, S)
    assert sets_of(groups) == {frozenset("ab"), frozenset("c")}
    # Two in the event: closeness of each is the score of their pair, margin that minus the cut.
    assert groups["closeness"].tolist()[:2] == pytest.approx([float(scores["score"].iloc[0])] * 2)
    assert groups["margin"].iloc[0] == pytest.approx(groups["closeness"].iloc[0] - S.event_cut)
    assert np.isnan(groups["closeness"].iloc[2])


def test_two_shootings_in_one_town_in_one_week_are_two_events():
    rows = [(f"m{at}", "Shooting in Pellworth", jittered(SHOOTING_MALL, at, 0.15), f"2024-05-06T{10 + at}:00Z") for at in range(3)]
    rows += [(f"t{at}", "Shooting in Pellworth", jittered(SHOOTING_BAR, at + 9, 0.15), f"2024-05-10T{10 + at}:00Z") for at in range(3)]
    groups, _ = group(articles(*rows), S)
    assert sets_of(groups) == {frozenset(["m0", "m1", "m2"]), frozenset(["t0", "t1", "t2"])}


@pytest.mark.parametrize("dated", [True, False])
def test_three_monthly_jobs_reports_are_three_events(dated):
    # Without dates prints of one text would say as little as one report alone does; here three reporters word each month in their own way.
    rows, reworded = [], 0.1 if dated else 0.35
    for at, (month, n, moved, rate, guess, extra) in enumerate(JOBS_ROWS):
        text = JOBS.format(month=month, n=n, moved=moved, rate=rate, guess=guess, extra=extra * 2)
        rows += [(f"{month}{copy}", f"Economy adds {n} jobs in {month}", jittered(text, at * 7 + copy, reworded), f"2024-0{at + 2}-02" if dated else None) for copy in range(3)]
    groups, _ = group(articles(*rows), S)
    assert sets_of(groups) == {frozenset(f"{row[0]}{copy}" for copy in range(3)) for row in JOBS_ROWS}


def test_one_headline_over_two_events_is_two_events():
    rows = [(f"q{at}", "Mayor under pressure", jittered(QUAKE, at, 0.15), "2024-03-04") for at in range(2)]
    rows += [(f"s{at}", "Mayor under pressure", jittered(STRIKE, at + 5, 0.15), "2024-03-04") for at in range(2)]
    groups, _ = group(articles(*rows), S)
    assert sets_of(groups) == {frozenset(["q0", "q1"]), frozenset(["s0", "s1"])}


def test_the_same_report_a_month_later_is_another_event():
    groups, _ = group(articles(("a", "", QUAKE, "2024-03-04"), ("b", "", QUAKE, "2024-04-04"), ("c", "", QUAKE, "2024-03-05")), S)
    assert sets_of(groups) == {frozenset("ac"), frozenset("b")}


def test_events_of_two_and_of_two_hundred_are_both_whole():
    table = articles(*stream([2, 200, 5]))
    groups, _ = group(table, S)
    assert sets_of(groups) == gold_of(table)


def test_a_live_blog_does_not_glue_two_events():
    blog = ("blog", "Live updates: quake and strike", QUAKE + " " + STRIKE, "2024-03-04")
    table = mark_gatherings(articles(("a", "", QUAKE, "2024-03-04"), ("b", "", STRIKE, "2024-03-04"), blog), S)
    groups, scores = group(table, S)
    assert len(sets_of(groups)) == 3
    assert "live blog" in explain_groups(table, groups, scores, S).set_index("article_id").at["blog", "why"]


@pytest.mark.parametrize(("title", "genre"), [
    ("Live updates: storm nears coast", "live"), ("Election night – as it happened", "live"), ("Friday briefing: rates, rain and a rescue", "round-up"),
    ("Five things to know this morning", "round-up"), ("World news in brief", "round-up"), ("Residents live in fear of floods", "news"),
    ("Minister briefs allies on talks", "news"), ("Two things can be true", "news")])
def test_gatherings_are_known_by_their_titles(title, genre):
    assert mark_gatherings(articles(("a", title, QUAKE, None)), S)["genre"].tolist() == [genre]


def test_time_stamps_make_a_live_blog():
    entries = "\n\n".join(f"1{hour}:05 Something happened." for hour in range(9))
    assert mark_gatherings(articles(("a", "The day in court", entries, None)), S)["genre"].tolist() == ["live"]


def test_why_names_what_a_person_can_check():
    table = articles(("a", "Quake", QUAKE, "2024-03-04T09:00Z"), ("b", "Tower falls", jittered(QUAKE, 1, 0.1), "2024-03-04T15:00Z"))
    groups, scores = group(table, S)
    why = explain_groups(table, groups, scores, S).set_index("article_id").at["a", "why"]
    assert "Vellmora" in why and "6 h apart" in why and "“Tower falls”" in why


def test_a_day_without_a_time_is_a_whole_day():
    table = articles(("a", "", QUAKE, "2024-03-04"), ("b", "", QUAKE, "2024-03-04T18:00Z"), ("c", "", QUAKE, "2024-03-05T06:00Z"))
    _, scores = group(table, S)
    # The day runs to 24:00, so b lies in it and c begins 6 hours after its end; b and c are 12 hours apart.
    assert scores["hours"].tolist() == [0.0, 6.0, 12.0]


def test_no_articles_and_one_article():
    assert group(articles(), S)[0].empty
    groups, _ = group(articles(("a", "", "", None)), S)
    assert len(groups) == 1 and np.isnan(groups["closeness"].iloc[0])


def test_identical_ids_are_refused():
    table = articles(("a", "", QUAKE, None), ("a", "", STRIKE, None))
    with pytest.raises(TableError, match="article a"):
        find_candidates(table, embed(table["text"].tolist()), S)


def test_a_slab_is_counted_from_a_fixed_day():
    slabs = slab_of(pd.to_datetime(pd.Series(["1970-01-01", "1970-01-11", None]), utc=True), S)
    assert slabs.tolist() == [0, 1, UNDATED]


def test_a_component_too_large_falls_at_its_weakest_links():
    # A chain 0-1-2-3 whose middle link is weakest, at most two in a piece.
    edges = (np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.9, 0.3, 0.8]))
    assert [part.tolist() for part in components(4, edges, EventSettings(component_limit=2))] == [[0, 1], [2, 3]]


def test_twins_are_less_alike_than_the_reports_of_either():
    # Two pairs at .7 inside, .4 across: above the cut of .22. With two articles each could have (.7 + .4) / 2 = .55, so .22 + .6 x (.55 - .22) = .42 is asked.
    scores = np.array([[0, .7, .4, .4], [.7, 0, .4, .4], [.4, .4, 0, .7], [.4, .4, .7, 0]])
    none = np.zeros((0, 2), dtype=int)
    assert link(scores, none, none, EventSettings(event_cut=0.22, contrast=0.6)).tolist() == [0, 0, 2, 2]
    assert link(scores, none, none, EventSettings(event_cut=0.22, contrast=0.0)).tolist() == [0, 0, 0, 0]


def test_two_that_a_person_parts_stay_apart_when_one_of_them_has_joined_another():
    # 2 joins 1, then 3 joins 0; 0 and 2 must never meet, also when one of them is no longer a group of its own.
    scores = np.array([[0, .1, .1, .6], [.1, 0, .9, .1], [.1, .9, 0, .1], [.6, .1, .1, 0]])
    found = link(scores, np.zeros((0, 2), dtype=int), np.array([[0, 2]]), EventSettings(event_cut=0.05, contrast=0.0))
    assert found.tolist() == [0, 1, 1, 0]


def test_the_input_is_left_alone():
    table = articles(*stream([2, 2]))
    before = table.copy(deep=True)
    group(table, S)
    pd.testing.assert_frame_equal(table, before)


sizes = st.lists(st.integers(1, 5), min_size=1, max_size=5)


@budget(max_examples=15, deadline=None)
@given(sizes, st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_order_of_the_articles_does_not_matter(event_sizes, seed, rng):
    rows = stream(event_sizes, seed)
    shuffled = rng.sample(rows, len(rows))
    pd.testing.assert_frame_equal(group(articles(*rows), S)[0], group(articles(*shuffled), S)[0])


@budget(max_examples=15, deadline=None)
@given(sizes, st.integers(0, 50))
def test_an_unrelated_article_changes_no_group(event_sizes, seed):
    rows = stream(event_sizes, seed)
    before, _ = group(articles(*rows), S)
    after, _ = group(articles(*rows, ("zz", "", words(9_999), "2024-01-03T10:00Z")), S)
    pd.testing.assert_frame_equal(before, after[after["article_id"] != "zz"].reset_index(drop=True))


@budget(max_examples=15, deadline=None)
@given(sizes, st.integers(0, 50), st.data())
def test_constraints_always_hold(event_sizes, seed, data):
    table = articles(*stream(event_sizes, seed), *[("zz", "", words(1), None), ("zy", "", words(2), None)])
    ids = table["article_id"].tolist()
    one, other, alone = (data.draw(st.sampled_from(ids)) for _ in range(3))
    kind = data.draw(st.sampled_from(["must", "cannot"]))
    constraints = pd.DataFrame([(kind, one, other), ("exclude", alone, "")], columns=["kind", "article_id", "other_id"])
    event = group(table, S, constraints)[0].set_index("article_id")["event_id"]
    assert (event == event[alone]).sum() == 1
    if one != other and alone not in (one, other):
        assert (event[one] == event[other]) == (kind == "must")


def test_contradicting_constraints_are_refused():
    table = articles(("a", "", QUAKE, None), ("b", "", QUAKE, None))
    with pytest.raises(TableError, match="same event and not the same"):
        group(table, S, pd.DataFrame([("must", "a", "b"), ("cannot", "b", "a")], columns=["kind", "article_id", "other_id"]))
    with pytest.raises(TableError, match="kind of constraint"):
        group_articles(table, group(table, S)[1], S, pd.DataFrame([("maybe", "a", "b")], columns=["kind", "article_id", "other_id"]))


EVERYTHING = Settings()


def regrouped(before, table, touched, constraints=None):
    return road.regroup(table, before, touched, embed, EVERYTHING, constraints)


def grouped(table, constraints=None):
    return road.group(table, embed, EVERYTHING, constraints)


@budget(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=4, max_size=9), st.integers(0, 50), st.data())
def test_regrouping_a_window_equals_a_full_run_to_the_last_column(event_sizes, seed, data):
    """Additions and repairs together, whatever lies between the articles that a repair ties (up to fifty days here)."""
    table = articles(*stream(event_sizes, seed))
    ids = table["article_id"].tolist()
    pairs = st.tuples(st.sampled_from(["must", "cannot"]), st.sampled_from(ids), st.sampled_from(ids)).filter(lambda row: row[1] < row[2])
    log = data.draw(st.lists(pairs, max_size=3, unique_by=lambda row: row[1:]))
    n_before = data.draw(st.integers(0, len(log)))
    former, constraints = (pd.DataFrame(rows, columns=["kind", "article_id", "other_id"]) for rows in (log[:n_before], log))
    assume(not contradict(constraints))
    added = set(data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3)))
    before = grouped(table[~table["article_id"].isin(added)], former)
    named = {i for row in log[n_before:] for i in row[1:]}
    mates = before.loc[before["event_id"].isin(before.loc[before["article_id"].isin(named), "event_id"]), "article_id"]
    pd.testing.assert_frame_equal(regrouped(before, table, added | named | set(mates), constraints), grouped(table, constraints))


def contradict(constraints):
    """Whether a chain of must pairs holds a cannot pair together."""
    together = {}
    for _, one, other in constraints[constraints["kind"] == "must"].itertuples(index=False):
        group = together.get(one, {one}) | together.get(other, {other})
        together.update(dict.fromkeys(group, group))
    return any(other in together.get(one, ()) for _, one, other in constraints[constraints["kind"] == "cannot"].itertuples(index=False))


def test_a_repair_that_ties_an_article_far_away_holds_when_a_window_is_regrouped():
    # Event 0 and event 29 lie half a year apart; a repair made them one. An article comes to event 0.
    table = articles(*stream([3] + [2] * 29))
    ties = pd.DataFrame([("must", "00-001", "29-000")], columns=["kind", "article_id", "other_id"])
    before = grouped(table[table["article_id"] != "00-002"], ties)
    after = regrouped(before, table, {"00-002"}, ties)
    assert frozenset(["00-000", "00-001", "00-002", "29-000", "29-001"]) in sets_of(after)
    pd.testing.assert_frame_equal(after, grouped(table, ties))


def test_what_a_person_ties_is_as_near_as_its_nearest_part():
    # 0 and 1 are like 2 by .6 and .0; tied together they are .6 like it, not the mean of .3, and one event comes of the three.
    scores = np.array([[0, 0, .6], [0, 0, 0], [.6, 0, 0]])
    assert link(scores, np.array([[0, 1]]), np.zeros((0, 2), dtype=int), EventSettings(event_cut=0.4, contrast=0.0)).tolist() == [0, 0, 0]


def test_ties_reach_on_through_further_ties():
    table = articles(*stream([1] * 30))
    ties = pd.DataFrame([("must", "00-000", "14-000"), ("must", "14-000", "28-000")], columns=["kind", "article_id", "other_id"])
    window = select_window(table, {"00-000"}, S, 1, ties)
    assert window[["00-000", "14-000", "28-000"]].eq("inside").all() and window["20-000"] == "outside"


def test_an_article_that_takes_a_neighbour_away_shakes_the_chain_it_leaves():
    # b's best is a at .4, c's is d at .5, so .22 + .5 x (.4 - .22) = .31 is asked of b and c, which have .32. x comes and is .7 like b: now the
    # lesser of both bests is .5, .36 is asked, and c's chain is another, though x is not in it. a and b stay: a has nothing better.
    ids = pd.CategoricalDtype(list("abcdx"), ordered=True)
    rows = [("a", "b", 0.4), ("b", "c", 0.32), ("c", "d", 0.5), ("b", "x", 0.7)]
    near = pd.DataFrame(rows, columns=["article_id", "other_id", "score"]).astype({"article_id": ids, "other_id": ids}).assign(hours=0.0)
    asked = EventSettings(event_cut=0.22, chain_contrast=0.5)
    old = chain_articles(near[near["other_id"] != "x"], asked)
    assert label_chains(old)["b"] == label_chains(old)["c"]
    assert label_chains(chain_articles(near, asked))["b"] != label_chains(chain_articles(near, asked))["c"]
    assert find_shaken(near, {"x"}, asked) == {"a", "b", "c"}


def test_an_addition_touches_only_its_window():
    table = articles(*stream([2] * 30))  # 30 events over 180 days
    before = grouped(table[table["article_id"] != "00-001"])
    asked = []

    def watched(texts):
        asked.append(len(texts))
        return embed(texts)

    after = road.regroup(table, before, {"00-001"}, watched, EVERYTHING)
    assert max(asked[:-1]) < 20  # the last call is for storylines, which run over the library
    assert sets_of(after) == gold_of(table)
    untouched = before["article_id"].str[:2] != "00"
    pd.testing.assert_frame_equal(after[after["article_id"].str[:2] != "00"].reset_index(drop=True), before[untouched].reset_index(drop=True))


def test_prints_of_two_agencies_are_one_event():
    # Three prints of either text: .9 among themselves, .42 across. A print counts .5, so each could have (.5 + .5 + .42) / 3 = .47 elsewhere and
    # .23 + .65 x (.47 - .23) = .39 is asked. Counted in full it would be (.9 + .9 + .42) / 3 = .74 and .56.
    scores = np.full((6, 6), 0.42)
    scores[:3, :3] = scores[3:, 3:] = 0.9
    np.fill_diagonal(scores, 0)
    none = np.zeros((0, 2), dtype=int)
    asked = EventSettings(event_cut=0.23, contrast=0.65)
    assert set(link(scores, none, none, asked)) == {0}
    assert set(link(scores, none, none, replace(asked, copy_score=2.0))) == {0, 3}
