"""Imprint: dates, outlet, agency and byline, only where the page states them."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from analysis.corpus.dates import find_published, parse_date
from analysis.corpus.imprint import find_byline, read_imprint

UTC = UTC


@pytest.mark.parametrize(("line", "when", "precision"), [
    ("16:30 GMT +312 May 2017", datetime(2017, 5, 12, 13, 30, tzinfo=UTC), "time"),  # +3 and 12 May: +31 is no zone; 16:30 - 3 h
    ("27 June 2018 22:36 (UTC+04:00)", datetime(2018, 6, 27, 18, 36, tzinfo=UTC), "time"),  # 22:36 - 4 h
    ("March 4, 202412:45 PM UTC", datetime(2024, 3, 4, 12, 45, tzinfo=UTC), "time"),  # year and clock glued
    ("Nov. 18, 2019 7:04 pm ET", datetime(2019, 11, 19, 0, 4, tzinfo=UTC), "time"),  # winter: 19:04 + 5 h is the next day
    ("July 18, 2019 7:04 pm ET", datetime(2019, 7, 18, 23, 4, tzinfo=UTC), "time"),  # summer: + 4 h
    ("2024-02-28T08:41:00Z", datetime(2024, 2, 28, 8, 41, tzinfo=UTC), "time"),
    ("2020-09-20 08:30:00", datetime(2020, 9, 20, tzinfo=UTC), "day"),  # no zone: the clock time cannot be placed
    ("Thursday, February 29, 2024", datetime(2024, 2, 29, tzinfo=UTC), "day"),
    ("sexta-feira, 22 de outubro de 2010 às 20:13", datetime(2010, 10, 22, tzinfo=UTC), "day"),
    ("11/18/19", datetime(2019, 11, 18, tzinfo=UTC), "day"),  # there is no 18th month
])
def test_a_stated_date_is_read_with_its_zone(line, when, precision):
    assert parse_date(line) == (when, precision)


@pytest.mark.parametrize("line", ["03/04/2019", "31 February 2019", "Mon 12", "May 2019", "+112 May", "2 hours ago", "", "20191231235959" * 50])
def test_what_is_no_one_date_is_none(line):
    assert parse_date(line) is None


def test_an_ambiguous_glued_offset_gives_no_clock_time():
    # +112 May: +1 and 12 May, or +11 and 2 May; neither is taken for sure, and the number left is no day.
    assert parse_date("10:00 GMT +112 May 2017") is None


BODY = "The council met for two hours and agreed to rebuild the bridge before the winter, the mayor said."


def test_a_date_without_a_year_takes_the_exports_year_only_when_they_agree():
    lines = ["date 2017-05-30", "Bridge to be rebuilt", "May 30, 11:41 UTC+3", BODY]
    assert find_published(lines, [False, False, False, True])[:2] == (datetime(2017, 5, 30, 8, 41, tzinfo=UTC), "time")
    lines[0] = "date 2017-08-01"
    assert find_published(lines, [False, False, False, True])[:2] == (datetime(2017, 8, 1, tzinfo=UTC), "day")


def test_the_pages_own_date_wins_over_the_exports():
    lines = ["date 2017-05-30", "Bridge to be rebuilt", "28 May 2017", BODY]
    assert find_published(lines, [False, False, False, True])[:2] == (datetime(2017, 5, 28, tzinfo=UTC), "day")


def test_dates_in_the_body_and_in_captions_are_not_publication_dates():
    caption = "Workers stand at the river bank next to what is left of the old bridge on the morning of May 10, 2017, in the centre of the town."
    lines = ["Bridge to be rebuilt", caption, "On 12 May 2017 the council met and agreed to rebuild the bridge, the mayor said."]
    assert find_published(lines, [False, False, True])[:2] == (None, "")


def test_dates_of_other_articles_and_of_comments_are_not_the_pages():
    teasers = ["Ferry to open", "4 May 2019", "New chair", "2 May 2019", "Museum shows maps", "30 April 2019"]
    assert find_published([*teasers, "Bridge to be rebuilt", BODY], [False] * 7 + [True], "Bridge to be rebuilt")[:2] == (None, "")
    page = [*teasers, "Bridge to be rebuilt", "1 May 2019", BODY]
    assert find_published(page, [False] * 8 + [True], "Bridge to be rebuilt")[:2] == (datetime(2019, 5, 1, tzinfo=UTC), "day")
    comments = ["May 4, 2019 at 3:17 pm", "Good.", "May 4, 2019 at 5:07 pm", "Indeed.", "May 4, 2019 at 5:30 pm"]
    assert find_published(["Bridge", BODY, *comments], [False, True] + [False] * 5)[:2] == (None, "")


def test_a_date_that_is_told_as_so_long_ago_is_not_replaced_by_a_neighbours():
    lines = ["Ferry to open", "2 May 2019", "Bridge to be rebuilt", "By Ada Finch", "Monday 5:30PM", BODY]
    assert find_published(lines, [False] * 5 + [True], "Bridge to be rebuilt")[:2] == (None, "")


def test_publication_wins_over_update_and_a_sources_date_is_neither():
    lines = ["Bridge to be rebuilt", "Updated 5 May 2019", "3 May 2019", "Source: Harbour Ministry, 1 May 2019", BODY]
    assert find_published(lines, [False] * 4 + [True], lines[0])[:2] == (datetime(2019, 5, 3, tzinfo=UTC), "day")
    assert find_published([lines[0], lines[3], BODY], [False, False, True], lines[0])[:2] == (None, "")
    assert find_published([lines[0], lines[1], BODY], [False, False, True], lines[0])[:2] == (datetime(2019, 5, 5, tzinfo=UTC), "day")


@pytest.mark.parametrize(("lines", "body", "outlet", "agency"), [
    (["Bridge", BODY, "© 2019 The Harbour Courier. All rights reserved."], [0, 1, 0], "The Harbour Courier", ""),
    (["Bridge", BODY, "(Harbour News Desk)"], [0, 1, 0], "Harbour News Desk", ""),
    (["Bridge", "PORTVILLE, May 3. /HARBA/. " + BODY], [0, 1], "HARBA", "HARBA"),
    (["Bridge", "© Harba/ A. Writer", "PORTVILLE (Harba) – " + BODY], [0, 0, 1], "Harba", ""),
    (["Bridge", BODY, "SOURCE:HarbourTV and agencies"], [0, 1, 0], "HarbourTV", ""),
    (["Bridge", "PORTVILLE (Reuters) - " + BODY], [0, 1], "", "Reuters"),  # any outlet may print it
    (["Bridge", BODY[:-1] + ", HarbourTV reported."], [0, 1], "", "HarbourTV"),
    (["Bridge", BODY[:-1] + ", Jones reported."], [0, 1], "", ""),  # a person
    (["Bridge", BODY, "© 2019 Associated Press. All Rights Reserved.", "Comments"], [0, 1, 0, 0], "", "Associated Press"),  # of the article alone
    (["Bridge", "PORTVILLE (AP) — " + BODY, "More", "Jobs", "© 2019 Associated Press. All Rights Reserved."], [0, 1, 0, 0, 0], "Associated Press", ""),
    (["Bridge", BODY, "Jobs", "© 2019 Harbour & Company, Inc."], [0, 1, 0, 0], "", ""),  # a company may print a paper of another name
    (["Bridge", BODY], [0, 1], "", ""),
])
def test_outlet_and_agency_come_from_lines_that_state_them(lines, body, outlet, agency):
    found = read_imprint(lines, [bool(b) for b in body])
    assert (found["outlet"], found["agency"]) == (outlet, agency)


def test_a_known_outlet_gets_its_listed_name_and_the_list_is_left_alone():
    outlets = pd.DataFrame({"outlet": ["Harbour TV"], "aliases": ["HarbourTV;HTV"], "domains": ["harbour.example"]})
    before = outlets.copy()
    found = read_imprint(["Bridge", BODY, "SOURCE:HarbourTV and agencies"], [False, True, False], outlets)
    assert found["outlet"] == "Harbour TV"
    pd.testing.assert_frame_equal(outlets, before)


def test_a_byline_loses_its_by_and_its_date():
    assert find_byline(["Bridge to be rebuilt", "By Ada Finch - The Harbour Courier - Thursday, February 29, 2024"]) == "Ada Finch"
    assert find_byline(["By", "Ada Finch", "3 May 2019"]) == "Ada Finch"
    assert find_byline(["Bridge to be rebuilt", "By the river stood a crowd."]) == ""


def test_a_hostile_lead_is_read_soon():
    import time

    began = time.process_time()
    read_imprint([", " + "A" * 60 + " A.A.A.A.A.A.A" * 20] * 4 + [", Aaaa" * 100_000], [True] * 5)
    assert time.process_time() - began < 5
