"""Figures draw tables as they are: these tests hold them to their points, ids, words and to inert text."""

import numpy as np
import pandas as pd
import pytest

from analysis.output import canvas, figures

ARTICLES = pd.DataFrame(
    {
        "article_id": ["x", "y", "z"],
        "outlet": ["Late", "Early", "<b>Undated</b>"],
        "published": pd.to_datetime(["2031-01-02", "2031-01-01", None], utc=True),
        "genre": ["news", "opinion", ""],
    }
)


@pytest.fixture
def lanes():
    """Return the lanes of three articles: y, x, z by time."""
    return figures.make_lanes(ARTICLES)


def texts(figure):
    """Return every word a figure would show."""
    return figure.to_json()


def test_letters_follow_time_and_the_undated_come_last(lanes):
    assert list(lanes["article_id"]) == ["y", "x", "z"] and list(lanes["letter"]) == ["A", "B", "C"]


def test_lanes_do_not_depend_on_row_order(lanes):
    pd.testing.assert_frame_equal(figures.make_lanes(ARTICLES[::-1]), lanes)


def test_a_label_names_the_genre_of_what_is_no_report(lanes):
    assert list(lanes["label"]) == ["A · Early (opinion)", "B · Late", "C · <b>Undated</b>"]


def test_the_twenty_seventh_article_is_called_aa():
    assert figures.letter(25) == "Z" and figures.letter(26) == "AA" and figures.letter(52) == "BA"


def test_no_two_of_eight_articles_share_colour_or_shape():
    many = pd.DataFrame({"article_id": [str(place) for place in range(8)], "outlet": "o", "published": pd.NaT, "genre": "news"})
    drawn = figures.make_lanes(many)
    assert drawn["colour"].is_unique and drawn["symbol"].is_unique


def test_text_is_inert_and_cut():
    assert figures.plain("a <b>&\n c", 80) == "a &lt;b&gt;&amp; c"
    assert figures.plain("x" * 100, 10) == "x" * 9 + "…"
    assert figures.plain("about what happens", 15) == "about what…", "cut after a word"


def contrasts(**changes):
    """Return one contrast row each for y and x, and none with a number for z."""
    rows = [
        {"article_id": key, "measure": "m", "value": 0.3, "others": 0.1, "difference": difference, "low": 0.1, "high": 0.4, "n": 9, "told": told}
        for key, difference, told in (("y", 0.2, True), ("x", -0.2, False), ("z", np.nan, False))
    ]
    return pd.DataFrame(rows).assign(**changes)


def test_a_dot_carries_its_article_and_an_undefined_difference_draws_none(lanes):
    before = contrasts()
    figure = figures.draw_contrasts(before, lanes, "Tone", "-1…1", (-0.1, 0.1))
    assert [list(trace.customdata[0]) for trace in figure.data] == [["y", "m"], ["x", "m"]]
    assert figure.data[0].x == (0.2,) and figure.data[1].marker.color == figures.PALE
    assert figure.layout.shapes[0].x0 == -0.1 and figure.layout.shapes[0].x1 == 0.1
    pd.testing.assert_frame_equal(before, contrasts())


def test_an_interval_runs_from_low_to_high_and_is_absent_when_unknown(lanes):
    bar = figures.draw_contrasts(contrasts(), lanes, "t", "u").data[0].error_x
    # difference 0.2, low 0.1, high 0.4: 0.2 up, 0.1 down
    assert bar.array[0] == pytest.approx(0.2) and bar.arrayminus[0] == pytest.approx(0.1)
    assert figures.draw_contrasts(contrasts(low=np.nan), lanes, "t", "u").data[0].error_x.visible is False


def test_no_figure_shows_an_article_s_own_markup(lanes):
    places = pd.DataFrame(
        {
            "article_id": ["z"],
            "key": ["<i>"],
            "kind": "actor",
            "headline": 1,
            "lead": 0,
            "body": 0,
            "last": 0,
            "first_paragraph": 0.0,
            "n_paragraphs": 3,
        }
    )
    voices = pd.DataFrame({"speaker": ["<i>"], "article_id": ["z"], "words_quoted": [3]})
    words = pd.DataFrame({"word": ["<i>"], "contribution": [0.2]})
    drawn = [
        figures.draw_slope(places, lanes),
        figures.draw_first_mentions(places, lanes, {"<i>": "<i>"}),
        figures.draw_speakers(voices, lanes, ["<i>"]),
        figures.draw_shift(words, "<b>a</b>", "b"),
    ]
    for figure in drawn:
        shown = [trace.name for trace in figure.data] + [trace.hovertemplate for trace in figure.data] + list(figure.layout.yaxis.ticktext or [])
        assert not any("<b>" in words or "<i>" in words for words in shown if words)


def test_dots_on_one_spot_stand_apart_inside_their_row():
    points = pd.DataFrame({"row": [0, 0, 0, 1], "x": [1.0, 1.0, 9.0, 1.0]})
    aside = canvas.stand_apart(points)
    # two of three in row 0 share a spot: the second hangs one dot lower; the others stay put
    assert list(aside) == [0, 1, 0, 0]


def test_dots_that_would_touch_on_a_phone_hang_under_one_another():
    # a range of 16 has room for 16 dots abreast: 0.6 apart they touch, 1 apart they do not
    points = pd.DataFrame({"row": 0, "x": [0.0, 0.6, 1.0, 16.0]})
    assert list(canvas.stand_apart(points)) == [0, 1, 0, 0]


def test_a_row_is_as_high_as_its_dots_and_its_label_stands_above_them(lanes):
    voices = pd.DataFrame({"speaker": ["s", "s", "t"], "article_id": ["x", "y", "x"], "words_quoted": [5, 5, 9]})
    figure = figures.draw_speakers(voices, lanes, ["s", "t"])
    first, second = figure.layout.yaxis.tickvals
    under = {trace.customdata[0][0]: list(trace.y) for trace in figure.data if len(trace.x)}
    # in row s both are quoted at five words, so one hangs a dot lower; row t begins below it
    assert sorted(under["x"][:1] + under["y"]) == [first + canvas.GAP, first + canvas.GAP + canvas.DOT]
    assert second - first == canvas.LINE + 2 * canvas.GAP + canvas.DOT
    assert figure.layout.yaxis.ticklabelposition == "inside top" and figure.layout.yaxis.range[0] > second > first > figure.layout.yaxis.range[1]


def test_the_axis_shows_every_interval_and_zero_and_no_more_than_some_room(lanes):
    figure = figures.draw_contrasts(contrasts(), lanes, "t", "u", (-0.3, 0.1))
    # from the band's -0.3 to the interval's 0.4 is 0.7, with a room of 0.042 on either side
    assert list(figure.layout.xaxis.range) == pytest.approx([-0.342, 0.442])


def test_a_long_axis_title_is_broken_and_not_cut(lanes):
    title = figures.draw_contrasts(contrasts(), lanes, "Sentiment of its own words", "-1…1").layout.xaxis.title.text
    assert title.replace("<br>", " ") == "Sentiment of its own words: difference from the others’ mean (-1…1)"
    assert all(len(line) <= canvas.LABEL for line in title.split("<br>"))


def test_the_slope_runs_through_all_places_and_no_letter_lies_on_another(lanes):
    rows = [("y", 1, 0, 3, 0), ("x", 1, 1, 3, 1), ("z", 0, 1, 1, 0)]  # in the order of the lanes
    places = pd.DataFrame([{"article_id": a, "key": "k", "headline": h, "lead": f, "body": b, "last": e, "count": h + f + b + e} for a, h, f, b, e in rows])
    figure = figures.draw_slope(places.iloc[::-1], lanes)
    assert list(figure.layout.yaxis.ticktext) == ["3 mentions", "1 mention", "not mentioned"]
    assert list(figure.layout.xaxis.ticktext) == ["headline", "first<br>paragraph", "between", "last<br>paragraph"]
    letters = [trace for trace in figure.data if trace.mode == "markers+text"]
    spots = [spot for trace in letters for spot in zip(trace.x, trace.y, strict=True)]
    assert len(spots) == 12
    cases, lines = figure.data[:6:2], figure.data[1:6:2]
    assert all(case.line.color == canvas.EDGE and case.line.width > line.line.width and list(case.y) == list(line.y) for case, line in zip(cases, lines, strict=True))
    nearest = min(abs(one[1] - two[1]) for at, one in enumerate(spots) for two in spots[:at] if one[0] == two[0])
    assert nearest >= canvas.DOT
    for trace, (_, *counts) in zip(letters, rows, strict=True):
        assert [fill == canvas.PALE for fill in trace.marker.color] == [count == 0 for count in counts]
        # the height says how often: more mentions stand further up, and the same number of one article on one height
        assert sorted(range(4), key=lambda at: (trace.y[at], at)) == sorted(range(4), key=lambda at: (-counts[at], at))
        assert len(set(trace.y)) == len(set(counts))


def test_an_article_that_never_mentions_an_actor_has_no_dot(lanes):
    rows = pd.DataFrame({"key": ["k", "k"], "article_id": ["x", "y"], "first_paragraph": [np.nan, 2.0], "n_paragraphs": [4, 4]})
    figure = figures.draw_first_mentions(rows, lanes, {"k": "K"})
    assert {trace.name: len(trace.x) for trace in figure.data} == {"A · Early (opinion)": 1, "B · Late": 0, "C · &lt;b&gt;Undated&lt;/b&gt;": 0}


def test_bars_point_to_the_article_they_lift():
    figure = figures.draw_shift(pd.DataFrame({"word": ["a", "b", "c"], "contribution": [0.1, -0.4, 0.0]}), "L", "R", top=2)
    assert list(figure.data[0].y) == ["a"] and list(figure.data[1].y) == ["b"]
    assert figure.data[1].marker.pattern.shape == "/"


@pytest.mark.parametrize(
    "draw",
    [
        lambda lanes: figures.draw_contrasts(contrasts().head(0), lanes, "t", "u"),
        lambda lanes: figures.draw_voices_apart(pd.DataFrame(columns=["article_id", "measure", "value", "n"]), lanes, {"m": "M"}, "u"),
        lambda lanes: figures.draw_speakers(pd.DataFrame(columns=["speaker", "article_id", "words_quoted"]), lanes, []),
        lambda lanes: figures.draw_shift(pd.DataFrame({"word": [], "contribution": pd.Series(dtype=float)}), "a", "b"),
    ],
)
def test_nothing_to_draw_is_an_empty_figure(lanes, draw):
    assert sum(len(trace.x if trace.x is not None else ()) for trace in draw(lanes).data) == 0


def test_the_timeline_leaves_out_the_undated_and_keeps_ids():
    events = pd.DataFrame(
        {
            "event_id": ["e1", "e2"],
            "storyline_id": "s",
            "title": ["<a>", "b"],
            "first": pd.to_datetime(["2031-01-01", None], utc=True),
            "n_articles": 2,
            "n_origins": 2,
        }
    )
    trace = figures.draw_timeline(events, {"s": "S"}).data[0]
    assert [list(row) for row in trace.customdata] == [["e1"]] and trace.text == ("&lt;a&gt;",)
    assert figures.draw_timeline(events.assign(n_articles=1), {"s": "S"}).data[0].hovertext == ("1 article, 2 origins",)


def test_events_of_one_day_stand_under_one_another_in_time():
    times = pd.to_datetime(["2031-01-01", "2031-01-02", "2032-06-01"], utc=True)
    events = pd.DataFrame({"event_id": ["e1", "e2", "e3"], "storyline_id": "s", "title": "t", "first": times, "n_articles": 1, "n_origins": 1})
    heights = figures.draw_timeline(events, {"s": "S"}).data[0].y
    assert heights[0] == heights[2] and heights[1] - heights[0] >= 18  # a dot of one origin is 18 pixels wide


def test_dots_on_one_spot_stand_in_the_order_of_their_letters(lanes):
    voices = pd.DataFrame({"speaker": "s", "article_id": ["x", "y", "z"], "words_quoted": [5, 5, 5]})
    heights = {trace.text[0]: trace.y[0] for trace in figures.draw_speakers(voices, lanes, ["s"]).data}
    assert heights["A"] < heights["B"] < heights["C"]
