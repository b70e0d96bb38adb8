"""Cleaning of pasted pages and HTML, on the seeds and on hostile input."""

import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from analysis.corpus.clean import Readers, clean_html, clean_page, find_language, split_lines
from analysis.corpus.dates import parse_date
from analysis.corpus.headline import find_standfirst, find_title
from analysis.corpus.imprint import read_imprint
from analysis.corpus.lines import mark_body
from analysis.schema import InputError
from analysis.settings import CleanSettings

SEEDS = sorted((Path(__file__).parents[1] / "seeds" / "articles").glob("*.txt"))
READERS = Readers(mark_body, read_imprint, parse_date)
SETTINGS = CleanSettings()
UTC = UTC

EXPECTED = [
    ("Russia, US to Rebuild Relations 'Crushed' by Obama Administration - Kremlin Aide", "Sputnik", datetime(2017, 5, 12, 13, 30, tzinfo=UTC), "",
     "Moscow and Washington should", "cooperation with Washington.", 10),
    ("Putin: US-Russia relations not in “best state”", "Azernews", datetime(2018, 6, 27, 18, 36, tzinfo=UTC), "PressTV",
     "Relations between Russia", "it added.", 15),
    ("Moscow concerned over no breakthrough in US administration’s relations with Russia", "TASS", datetime(2017, 5, 30, 8, 41, tzinfo=UTC), "TASS",
     "Russian Deputy Foreign Minister", "Ryabkov pointed out.", 10),
    ("US And Russian Authorities Show Desire to Improve Relations", "Sahar News Monitoring Desk", None, "VoA",
     "MOSCOW – US Secretary", "sidelines of the G-20 summit.", 17),
    ("Putin, Tillerson discuss bad state of US-Russian ties, Kremlin says", None, datetime(2017, 4, 13, tzinfo=UTC), "", None, "Barack Obama.", None),
]
FOREIGN = ("©", "{{", "Read also", "Share", "Tags", "Related", "Recommended", "Leave a Reply", "Check Also", "SOURCE", "MIN READ", "shakes hands with",
           "Lavrov After Meeting", "Follow Trend", "Kremlin mum on", "leads a meeting", "Explore", "Most read")


@pytest.mark.parametrize(("path", "expected"), list(zip(SEEDS, EXPECTED, strict=True)), ids=lambda value: value.stem if isinstance(value, Path) else "")
def test_the_seeds_come_out_whole_and_alone(path, expected):
    title, outlet, published, agency, opening, closing, n_paragraphs = expected
    page = clean_page(path.read_text("utf-8"), READERS, SETTINGS, file=path.name)
    assert (page.title, page.published, page.agency, page.language) == (title, published, agency, "en")
    assert page.outlet == outlet if outlet else page.outlet.replace(" ", "") == "TRTWorld"
    paragraphs = page.text.split("\n\n")
    assert page.text.startswith(opening or paragraphs[0]) and page.text.endswith(closing)
    assert n_paragraphs in (None, len(paragraphs))
    assert not [mark for mark in FOREIGN if mark in page.text]


PARAGRAPHS = [
    "The harbour bridge will be rebuilt before the winter, the mayor of the town said on Tuesday after a meeting of the council.",
    "\"We have waited for ten years, and people have had enough of the detour,\" she told reporters at the town hall.",
    "The old bridge was closed in March after engineers found cracks in two of its four pillars, according to a report.",
]
HTML = ("<html><head><title>Bridge to be rebuilt | Harbour Courier</title><meta property='og:site_name' content='Harbour Courier'>"
        "<meta property='og:title' content='Bridge to be rebuilt | Harbour Courier'>{}</head>"
        "<body><nav><a href='/'>Home</a></nav><article><h1>Bridge to be rebuilt</h1>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) + "</article><footer>Copyright 2024</footer></body></html>")


def test_html_gives_body_title_and_site():
    page = clean_html(HTML.format(""), READERS, SETTINGS, url="https://harbour.example/bridge")
    assert page.text == "\n\n".join(PARAGRAPHS)
    assert (page.title, page.outlet, page.language, page.url) == ("Bridge to be rebuilt", "Harbour Courier", "en", "https://harbour.example/bridge")


def test_a_date_that_html_does_not_declare_is_unknown():
    page = clean_html(HTML.format(""), READERS, SETTINGS)
    assert (page.published, page.precision) == (None, "")


def test_a_declared_date_is_turned_into_utc():
    head = '<script type="application/ld+json">{"@graph": [{"datePublished": "2024-02-28T03:41:00-05:00"}]}</script>'
    page = clean_html(HTML.format(head).encode(), READERS, SETTINGS)
    assert (page.published, page.precision) == (datetime(2024, 2, 28, 8, 41, tzinfo=UTC), "time")


def test_hard_wrapped_paragraphs_are_joined_and_lists_of_headlines_are_not():
    wrapped = ("The harbour bridge will be rebuilt before the winter, the mayor\nof the town said on Tuesday after a meeting of the council that\n"
               "lasted two hours.")
    assert split_lines(wrapped) == [wrapped.replace("\n", " ")]
    assert split_lines("Council elects a new chair\nFerry to open\n\nShare") == ["Council elects a new chair", "Ferry to open", "Share"]


def test_an_exports_date_stands_on_its_own_line():
    assert split_lines(" date 2018-06-27 Bridge to be rebuilt\n") == ["date 2018-06-27", "Bridge to be rebuilt"]


def test_the_headline_is_chosen_over_the_section_and_the_standfirst():
    lines = ["News", "Harbour bridge to be rebuilt before winter",
             "The mayor of the town said that the old bridge, closed in March, would be rebuilt before the winter came.", "3 May 2019", *PARAGRAPHS]
    assert find_title(lines, np.array([False] * 4 + [True] * 3)) == lines[1]


STANDFIRST = "Council says that the old bridge, closed in March, will be rebuilt before the winter comes"


@pytest.mark.parametrize(("below", "found"), [
    ([STANDFIRST], 1), (["3 May 2019", STANDFIRST], 2), (["By Ada Finch", "News", "Share", STANDFIRST], 0),  # too far below
    (["Workers at the old bridge, closed in March, in the town before the winter, file photo"], 0),
    (["This post on the bridge may contain links; see what you can do before the winter in March"], 0),  # speaks to the reader
    (["Ferry Line Between Both Banks To Open In Spring As Operator Buys Two New Ships"], 0),  # another headline
    (["The museum at the market shows maps of the coast from four centuries to all visitors"], 0),  # another article's teaser
])
def test_the_standfirst_below_the_headline_is_the_articles(below, found):
    lines = ["Bridge to be rebuilt", *below, *PARAGRAPHS]
    body = np.array([False] * (len(lines) - 3) + [True] * 3)
    assert np.flatnonzero(find_standfirst(lines, body, lines[0])).tolist() == ([found] if found else [])


def test_a_caption_between_byline_and_body_is_no_headline():
    lines = ["News", "Bridge to be rebuilt", "By Ada Finch", "3 May 2019", "Mayor at the old bridge", *PARAGRAPHS]
    assert find_title(lines, np.array([False] * 5 + [True] * 3)) == lines[1]


def test_a_headline_without_spaces_is_found():
    lines = ["ホーム", "橋は冬の前に再建へ", "天気", "市長は火曜日、橋は冬の前に再建されると語った。古い橋は三月に閉鎖された。"]
    assert find_title(lines, np.array([False] * 3 + [True])) == lines[1]


@pytest.mark.parametrize(("text", "code"), [
    (PARAGRAPHS[0], "en"), ("Der Bürgermeister sagte, dass die Brücke vor dem Winter neu gebaut wird und nicht mehr als zehn Jahre hält.", "de"),
    ("Le maire a dit que le pont de la ville sera reconstruit avant l'hiver et que les travaux ne sont pas chers.", "fr"),
    ("橋は冬の前に再建されると市長は語った。", "ja"),
    ("Xyzzy plugh frobnicate", ""), ("", ""),
])
def test_the_language_is_told_or_left_open(text, code):
    assert find_language(text) == code


@pytest.mark.parametrize(("page", "words"), [
    ("", "empty"), (" \n\t ", "empty"), ("Home\nNews\nLog in", "no article"), ("\x00\x01" * 400, "binary"), ("word " * 1_100_000, "limit"),
    ("line\n" * 30_000, "limit"),
])
def test_what_is_no_article_is_refused_by_name(page, words):
    with pytest.raises(InputError, match=words) as caught:
        clean_page(page, READERS, SETTINGS, file="page.txt")
    assert caught.value.where == "page.txt"


@pytest.mark.parametrize("html", ["", "<p>Hello</p>", "<div>" * 100_000, b"\xff\xfe\x00", "<p>Log in</p>" * 70_000, "plain words only"])
def test_hostile_html_is_refused_soon(html):
    began = time.process_time()
    with pytest.raises(InputError):
        clean_html(html, READERS, SETTINGS, url="https://harbour.example")
    assert time.process_time() - began < 10


def test_html_of_one_paragraph_is_read():
    one = HTML.replace("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS), f"<p>{PARAGRAPHS[0]} {PARAGRAPHS[1]}</p>")
    assert clean_html(one.format(""), READERS, SETTINGS).text == f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"


@pytest.mark.parametrize(("precise", "loose", "taken"), [(900, 3_700, 3_700), (900, 3_500, 900), (1_100, 9_000, 1_100)])
def test_html_is_read_again_without_precision_where_that_left_little_of_much(monkeypatch, precise, loose, taken):
    import trafilatura

    def extract(tree, *, favor_precision=False, **_):
        return type("Found", (), {"text": "The mayor said " + "x" * ((precise if favor_precision else loose) - 15), "title": "", "author": ""})()

    monkeypatch.setattr(trafilatura, "bare_extraction", extract)
    assert len(clean_html(HTML.format(""), READERS, CleanSettings(min_words=1)).text) == taken
