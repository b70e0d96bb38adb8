"""The line about an event counts among comparable articles only, and a library never shows one that is out of date."""

import dataclasses

import pandas as pd
from conftest import articles_of
from sample_comparison import make_comparison

from analysis import differences
from analysis.corpus.library import open_library
from analysis.framing.summaries import rank_events, summarise_event
from analysis.schema import GROUPS
from analysis.settings import ClaimSettings, Settings

LOOSE = ClaimSettings(min_origins=1)


def comparison(**tables):
    """Return the sample event with some tables changed."""
    made = make_comparison()
    return dataclasses.replace(made, tables={**made.tables, **tables})


def test_counts_are_taken_among_comparable_articles_one_an_origin():
    # comparable: a1, a2 (one origin, o1), a3; a4 is "with care". One article an origin: a1 and a3.
    # contrasts with an interval: a1, a3 = 2 tested, a3 told; conflict: c2 in a3; left out: c2 and c3 in a4, which does not count
    assert summarise_event(make_comparison(), LOOSE) == {"n_comparable": 2, "n_told": 1, "n_tested": 2, "n_conflicts": 1, "n_left_out": 0}


def test_a_fact_that_two_articles_leave_out_is_one_fact():
    claims = make_comparison().claims
    out = claims.assign(left_out=claims["article_id"].isin(["a1", "a3"]) & (claims["claim_id"] == "c3"))
    assert out["left_out"].sum() == 2
    assert summarise_event(comparison(claims=out), LOOSE)["n_left_out"] == 1


def test_too_few_comparable_origins_count_nothing():
    assert summarise_event(make_comparison(), ClaimSettings()) == {"n_comparable": 2, "n_told": 0, "n_tested": 0, "n_conflicts": 0, "n_left_out": 0}


def test_an_opinion_piece_does_not_make_an_event_different():
    made = make_comparison()
    told = made.contrasts.assign(told=made.contrasts["article_id"] == "a4")
    assert summarise_event(comparison(contrasts=told), LOOSE)["n_told"] == 0


def test_the_largest_share_comes_first_and_what_was_not_tested_has_no_place():
    rows = pd.DataFrame(
        [("e1", 5, 2, 20, 0, 9), ("e2", 3, 1, 4, 0, 0), ("e3", 2, 0, 0, 3, 3), ("e4", 3, 1, 4, 2, 0)],
        columns=["event_id", "n_comparable", "n_told", "n_tested", "n_conflicts", "n_left_out"],
    )
    # shares .10, .25, none, .25 with two conflicts
    ranked = rank_events(rows)
    assert ranked["event_id"].tolist() == ["e4", "e2", "e1"] and ranked["share_told"].tolist() == [0.25, 0.25, 0.1]


def test_a_library_lists_what_was_compared_and_drops_it_when_the_event_changes(tmp_path):
    library = open_library(tmp_path / "l.sqlite")
    rows = [{"article_id": f"a{n}", "outlet": f"o{n}", "title": f"t{n}", "text": f"text {n}"} for n in range(1, 6)]
    library.add_articles(articles_of(*rows), pd.DataFrame(columns=["where", "reason"]))
    groups = pd.DataFrame([{**dict.fromkeys(GROUPS.columns, ""), "article_id": f"a{n}", "event_id": "e1", "storyline_id": "s1", "origin_id": f"o{n}",
                            "closeness": 0.5, "margin": 0.1} for n in range(1, 5)])
    library.save_groups(groups)
    assert [len(differences.list_different(library)[0]), differences.list_different(library)[1]] == [0, 1]
    loose = dataclasses.replace(Settings(), claims=LOOSE)
    differences.keep_summary(library, make_comparison(), loose)
    ranked, waiting = differences.list_different(library)
    assert ranked["event_id"].tolist() == ["e1"] and ranked["n_told"].tolist() == [1] and waiting == 0
    assert differences.list_different(library, outlet="nobody")[0].empty
    library.save_groups(pd.concat([groups, groups.iloc[[0]].assign(article_id="a5", origin_id="o5")]))
    assert [len(differences.list_different(library)[0]), differences.list_different(library)[1]] == [0, 1]
    differences.keep_summary(library, make_comparison(event_id="s1", scope="storyline"), loose)
    assert library.cached(differences.KIND, ["s1"]) == {}
