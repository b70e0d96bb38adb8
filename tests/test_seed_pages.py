"""The five seed pages along the whole road: what the project promises of them."""

from pathlib import Path

import pandas as pd
import pytest

from analysis import road
from analysis.events.embed import load_embed
from analysis.settings import Settings
from analysis.tables import Way
from analysis.ways import read_articles

PAGES = sorted((Path(__file__).parents[1] / "seeds" / "articles").glob("*.txt"))
EXPECTED = {  # outlet: (title, date, agency, first words of the body, last words of the body)
    "Sputnik": ("Russia, US to Rebuild Relations 'Crushed' by Obama Administration - Kremlin Aide", "2017-05-12", "",
                "Moscow and Washington should restore", "promoting the idea of fruitful cooperation with Washington."),
    "Azernews": ("Putin: US-Russia relations not in “best state”", "2018-06-27", "PressTV", "Relations between Russia and the US", "bilateral relations,\" it added."),
    "TASS": ("Moscow concerned over no breakthrough in US administration’s relations with Russia", "2017-05-30", "TASS",
             "Russian Deputy Foreign Minister Sergey Ryabkov noted that", "in the United States,\" Ryabkov pointed out."),
    "Sahar News Monitoring Desk": ("US And Russian Authorities Show Desire to Improve Relations", None, "VoA",
                                   "MOSCOW – US Secretary of State", "on the sidelines of the G-20 summit."),
    "TRT World": ("Putin, Tillerson discuss bad state of US-Russian ties, Kremlin says", "2017-04-13", "", "Kremlin spokesman Dmitry Peskov says",  # the standfirst
                  "predecessor, Barack Obama."),
}
FOREIGN = ("©", "REUTERS", "Read also", "Follow Trend", "Related news", "Tags:", "Recommended", "Check Also", "Leave a Reply", "{{", "Share", "Most read", "SOURCE:",
           "MIN READ", "Lavrov After Meeting", "shakes hands", "Photo", "Home /", "0 68")


@pytest.fixture(scope="module")
def articles() -> pd.DataFrame:
    return pd.concat([table for page in PAGES for table, _ in read_articles(page, Way(Settings()))], ignore_index=True)


@pytest.mark.parametrize("outlet", EXPECTED)
def test_a_page_gives_its_outlet_title_date_agency_and_whole_body(articles, outlet):
    title, date, agency, first, last = EXPECTED[outlet]
    (page,) = articles[articles["outlet"] == outlet].itertuples()
    assert (page.title, page.agency, page.language) == (title, agency, "en")
    assert pd.isna(page.published) if date is None else page.published.date().isoformat() == date
    assert page.text.startswith(first) and page.text.endswith(last)
    assert [mark for mark in FOREIGN if mark in page.text] == []


@pytest.mark.models
def test_five_happenings_are_five_events_of_one_storyline_and_may_be_compared_with_a_notice(articles):
    embed = load_embed(Settings().events)
    groups = road.group(articles, embed, Settings())
    assert groups["event_id"].nunique() == 5 and groups["storyline_id"].nunique() == 1 and groups["origin_id"].nunique() == 5
    comparison = road.compare(articles, groups, groups["storyline_id"].iloc[0], embed, Settings())
    assert comparison.scope == "storyline" and any("5 different happenings" in notice for notice in comparison.notices)
    assert not comparison.claims["left_out"].astype(bool).any() and comparison.claim_index["conflict"].eq("").all()


@pytest.mark.models
def test_one_text_in_two_outlets_differs_by_exactly_nothing(articles):
    one = articles.iloc[[1]]
    twin = one.assign(article_id="twin", outlet="Another Outlet")
    other = articles.iloc[[4]]
    comparison = road.compare_as_one(pd.concat([one, twin, other], ignore_index=True), load_embed(Settings().events), Settings())
    assert comparison.groups.set_index("article_id")["origin_id"].loc[["twin", one["article_id"].iloc[0]]].nunique() == 1
    values = comparison.measures.pivot(index="measure", columns="article_id", values="value")
    gaps = (values["twin"] - values[one["article_id"].iloc[0]]).dropna()
    assert len(gaps) >= 8 and (gaps == 0).all()
