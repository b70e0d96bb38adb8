import numpy as np
import pandas as pd
import pytest
from event_rows import QUAKE, STRIKE, articles, embed

from analysis.events.storylines import link_storylines
from analysis.schema import TableError
from analysis.settings import EventSettings

S = EventSettings()
LATER = QUAKE.replace("shook the port", "was felt again in the port").replace("nine", "two")


def linked(*rows, settings=S):
    """Every article its own event, named e + article_id."""
    table = articles(*rows)
    groups = pd.DataFrame({"article_id": table["article_id"], "event_id": "e" + table["article_id"]})
    return link_storylines(table, groups, embed(table["text"].tolist()), settings)


def test_the_same_matter_a_year_later_is_one_storyline_and_another_matter_is_not():
    found = linked(("a", "", QUAKE, "2024-03-04"), ("b", "", LATER, "2025-03-04"), ("c", "", STRIKE, "2024-03-04"))
    assert found["ea"] == found["eb"] != found["ec"]


def test_time_only_adds():
    near = linked(("a", "", QUAKE, "2024-03-04"), ("b", "", LATER, "2024-03-05"), settings=EventSettings(storyline_cut=0.8))
    undated = linked(("a", "", QUAKE, None), ("b", "", LATER, None), settings=EventSettings(storyline_cut=0.8))
    assert near.nunique() <= undated.nunique()


def test_two_matters_of_one_day_stay_two_storylines():
    assert linked(("a", "", QUAKE, "2024-03-04"), ("c", "", STRIKE, "2024-03-04")).nunique() == 2


def test_order_does_not_matter():
    rows = [("a", "", QUAKE, "2024-03-04"), ("b", "", LATER, None), ("c", "", STRIKE, "2024-03-04")]
    pd.testing.assert_series_equal(linked(*rows), linked(*rows[::-1]))


def test_none_and_one():
    assert linked().empty
    assert linked(("a", "", "", None)).index.tolist() == ["ea"]


def test_an_article_without_an_event_is_named():
    table = articles(("a", "", QUAKE, None))
    with pytest.raises(TableError, match="article a"):
        link_storylines(table, pd.DataFrame({"article_id": [], "event_id": []}), np.ones((1, 2)), S)
