"""What is measured of a line: by itself, by lines like it, by the headline above it."""

import numpy as np
import pytest

from analysis.corpus import line_features as features
from analysis.corpus.line_shapes import LINE_FEATURES, read_lines

PROSE = [
    "The harbour bridge will be rebuilt before the winter, the mayor of the town said on Tuesday after a meeting of the council.",
    "The old bridge was closed in March after engineers found cracks in two of its four pillars, according to a report.",
]


def own(line: str, name: str) -> float:
    return float(read_lines([line]).own[0, LINE_FEATURES.index(name)])


@pytest.mark.parametrize(("line", "name", "value"), [
    ("Bridge closedThe old bridge was closed.", "glued", 1),
    ("The old bridge was closed.", "glued", 0),
    ("22 de outubro de 2010", "date", 1),
    ("No number in May", "date", 0),
    ("Ada Finch is a senior reporter at the paper.", "about", 1),
    ("The bridge is closed, a reporter wrote.", "about", 0),
    ("Baca juga: Jembatan", "turn", 1),
    ("橋は冬の前に再建されると市長は語った。", "words", np.log1p(9)),  # 18 ideographs are nine words
])
def test_a_line_is_measured_by_itself(line, name, value):
    assert own(line, name) == pytest.approx(value)


def test_the_headline_is_the_line_that_the_paragraphs_below_take_up():
    lines = ["Ferry line to open", "Weather", "Harbour bridge to be rebuilt", "By Ada Finch", *PROSE]
    title, (taken_up, *_) = features.headlines(read_lines(lines))
    assert title == {"harbour", "bridge", "rebuilt"}
    assert int(np.argmax(taken_up)) == 2 and taken_up[0] == 0


def test_lines_of_one_pattern_know_each_other():
    # "June 9 – Tampa, FL" and its like: capital, number, capital, capitals; three of them beside the first, none beside the paragraph.
    lines = ["June 9 – Tampa, FL", "June 10 – Austin, TX", "July 2 – Camden, NJ", "May 3 – Dallas, TX", PROSE[0]]
    page_patterns, _, beside, *_ = features.likeness(read_lines(lines))
    assert np.exp(page_patterns).round().tolist() == [4, 4, 4, 4, 1]
    assert beside.tolist() == [3, 3, 3, 3, 0]


def test_a_run_of_paragraphs_is_known_by_the_date_above_it():
    lines = [PROSE[0], "Menu", "News", "Sport", "3 May 2019", PROSE[1]]
    page = read_lines(lines)
    runs = features.paragraph_runs(page, frozenset(), np.zeros(6))
    assert runs[[0, 5], 7].tolist() == [0, 1]  # whether a dated line stands above the run
    assert runs[[0, 4, 5], 11] == pytest.approx([0, -np.log(2), 0])  # the date is one line above its run


@pytest.mark.parametrize("lines", [["One line."], ["a"] * 3, ["!!!", "© 2019"], [PROSE[0]] * 50])
def test_every_page_has_finite_measures_of_one_width(lines):
    measured = features.describe_lines(lines)
    assert measured.shape == (len(lines), features.describe_lines(PROSE).shape[1]) and np.isfinite(measured).all()
