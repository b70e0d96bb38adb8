"""The lists of the overview, held against the same sums done by hand in pandas over a small library of random make."""

import random

import pandas as pd
import pytest
from conftest import articles_of

from analysis.corpus.library import open_library
from analysis.schema import GROUPS

N_EVENTS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library of 60 events, some without a time, some without a headline, and its articles joined to their groups."""
    dealer, rows, places = random.Random(7), [], []
    for event in range(N_EVENTS):
        day = f"2024-{dealer.randint(1, 12):02}-{dealer.randint(1, 28):02}"
        for number in range(dealer.randint(1, 4)):
            key = f"a{event}x{number}"
            rows.append({"article_id": key, "outlet": dealer.choice(["Gull", "Tern", ""]), "title": dealer.choice(["", f"Title {key}"]), "text": f"words of {key}",
                         "provenance": dealer.choice(["seed", ""]), "published": dealer.choice([f"{day}T0{number}:00Z", None, f"{day}T1{number}:00Z"])})
            places.append((key, f"e{event:02}", f"s{event // 3}", f"o{dealer.randint(0, 2)}-{event}"))
    articles = articles_of(*rows)
    groups = pd.DataFrame([dict(zip(("article_id", "event_id", "storyline_id", "origin_id"), place, strict=True)) for place in places])
    groups = groups.assign(closeness=0.5, margin=0.1, why="")[list(GROUPS.columns)]
    library = open_library(tmp_path_factory.mktemp("lists") / "a.sqlite")
    library.add_articles(articles)
    library.save_groups(groups)
    yield library, articles.merge(groups, on="article_id")
    library.close()


def summed(rows, key):
    """What a list says of each group, newest first, those without a time last, then by id."""
    lines = []
    for name, part in rows.groupby(key):
        titled = part[part["title"] != ""].sort_values("published", kind="stable", na_position="last")
        label = set(part["provenance"])
        lines.append({key: name, "n_articles": len(part), "n_events": part["event_id"].nunique(), "n_outlets": part.loc[part["outlet"] != "", "outlet"].nunique(),
                      "n_origins": part["origin_id"].nunique(), "first": part["published"].min(), "last": part["published"].max(),
                      "provenance": label.pop() if len(label) == 1 else "", "title": titled["title"].iloc[0] if len(titled) else ""})
    table = pd.DataFrame(lines)
    return table.sort_values(["last", key], ascending=[False, True], na_position="last", kind="stable").reset_index(drop=True)


@pytest.mark.parametrize("asked", [{}, {"min_origins": 2}, {"outlet": "Gull"}, {"since": "2024-06-01"}, {"until": "2024-06-01", "min_origins": 2}], ids=str)
def test_the_pages_of_events_are_the_whole_list_in_order(made, asked):
    library, rows = made
    wanted = summed(rows, "event_id")
    if "min_origins" in asked:
        wanted = wanted[wanted["n_origins"] >= asked["min_origins"]]
    if "outlet" in asked:
        wanted = wanted[wanted["event_id"].isin(rows.loc[rows["outlet"] == asked["outlet"], "event_id"])]
    if "since" in asked:
        wanted = wanted[wanted["last"] >= pd.Timestamp(asked["since"], tz="UTC")]
    if "until" in asked:
        wanted = wanted[wanted["first"] <= pd.Timestamp(asked["until"], tz="UTC")]
    pages = [library.events(page, 7, **asked) for page in range(1, N_EVENTS // 7 + 2)]
    found = pd.concat(pages, ignore_index=True)
    assert 5 < len(wanted) == library.count_events(**asked)
    columns = ["event_id", "n_articles", "n_outlets", "n_origins", "first", "last", "provenance", "title"]
    pd.testing.assert_frame_equal(found[columns], wanted[columns].reset_index(drop=True), check_dtype=False)


def test_a_page_past_the_end_is_empty_and_has_its_columns(made):
    found = made[0].events(99, 25)
    assert found.empty and "title" in found.columns


def test_the_pages_of_storylines_are_the_whole_list_in_order(made):
    library, rows = made
    wanted = summed(rows, "storyline_id")
    wanted = wanted[wanted["n_events"] > 1].reset_index(drop=True)
    pages = pd.concat([library.storylines(page, 6) for page in range(1, 5)], ignore_index=True)
    columns = ["storyline_id", "n_events", "n_articles", "first", "last", "title"]
    pd.testing.assert_frame_equal(pages[columns], wanted[columns], check_dtype=False)
    pd.testing.assert_frame_equal(library.storylines(), pages)
    assert library.count_storylines() == len(wanted)


def test_storylines_are_named_by_their_earliest_headline_however_many_are_asked_for(made):
    library, rows = made
    wanted = {row["storyline_id"]: row["title"] for row in summed(rows, "storyline_id").to_dict("records") if row["title"]}
    asked = [*wanted, *(f"nowhere {number}" for number in range(2000))]
    assert library.name_storylines(asked) == wanted
    assert library.name_storylines([]) == {}
