"""The line classifier: features, trees and the choice of one block."""

import time

import numpy as np
import pytest

from analysis.corpus import lines as reader
from analysis.schema import ModelError

PROSE = [
    "The harbour bridge will be rebuilt before the winter, the mayor of the town said on Tuesday after a meeting of the council.",
    "\"We have waited for ten years, and people have had enough of the detour,\" she told reporters at the town hall.",
    "The old bridge was closed in March after engineers found cracks in two of its four pillars, according to a report.",
    "Work is to begin in June and will cost about nine million, of which the region pays half, the council said.",
    "Shop owners on the northern bank said that they had lost a third of their customers since the closure.",
    "The opposition voted against the plan because it wants a second lane for bicycles, which would add a million.",
]
MENU = ["Home", "News", "Sport", "Weather", "Log in", "Subscribe"]
RELATED = ["Related news", "Council elects new chair", "Ferry line to open in May", "Ten things to do this weekend", "Share",
           "© 2019 Harbour Media. All rights reserved."]


def test_prose_is_the_article_and_menus_are_not():
    page = [*MENU, "Harbour bridge to be rebuilt", "3 May 2019", *PROSE, *RELATED]
    kept = reader.mark_body(page)
    assert [line for line, keep in zip(page, kept, strict=True) if keep] == PROSE


def test_the_caption_above_a_photo_credit_and_placeholders_are_foreign():
    page = [*PROSE[:2], "A worker stands at the bridge in Portville, May 2, 2019.", "© HARBA/ A. Writer", *PROSE[2:], "{{item.date}}"]
    kept = reader.mark_body(page)
    assert not kept[2] and not kept[3] and not kept[-1] and kept[:2].all() and kept[4:8].all()


def test_trees_are_read_as_written():
    # One tree: feature 0 <= 1 -> leaf +2, else -2; base 0; leaves lead to themselves. Probabilities 1/(1+e^-2) and 1/(1+e^2).
    trees = {"feature": np.array([[0, -1, -1]]), "threshold": np.array([[1.0, 0, 0]]), "left": np.array([[1, 1, 2]]), "right": np.array([[2, 1, 2]]),
             "value": np.array([[0.0, 2, -2]]), "base": np.array([0.0]), "depth": np.array([3])}
    assert reader.read_trees(np.array([[0.5], [1.0], [1.5]]), trees) == pytest.approx([0.880797, 0.880797, 0.119203], abs=1e-6)


def test_a_stray_short_line_neither_opens_an_article_nor_breaks_one():
    # One word each, so the odds count once, .5 added: .6 is .41 + .5, less than two switches (3); .4 is -.41 + .5; .95 is 2.94 + .5 each.
    scores = np.array([0.05, 0.6, 0.05, 0.05, 0.95, 0.95, 0.4, 0.95, 0.05, 0.05])
    assert np.flatnonzero(reader.choose_lines(scores, ["word"] * 10)).tolist() == [4, 5, 6, 7]


def test_a_long_box_of_other_headlines_leaves_the_lead_above_it():
    scores = np.array([0.9, 0.9, *[0.05] * 12, 0.9, 0.9])
    assert np.flatnonzero(reader.choose_lines(scores, [PROSE[0]] * 2 + ["Ferry line to open in May"] * 12 + [PROSE[1]] * 2)).tolist() == [0, 1, 14, 15]


def test_two_trees_add_up_beyond_one_part_of_the_rows():
    # Tree 1 gives 1 at or under 0 and -1 above; tree 2 is one leaf of .5; base .25: log-odds 1.75 and -.25.
    trees = {"feature": np.array([[0, -1, -1], [-1, -1, -1]]), "threshold": np.zeros((2, 3)), "left": np.array([[1, 1, 2], [0, 1, 2]]),
             "right": np.array([[2, 1, 2], [0, 1, 2]]), "value": np.array([[0, 1.0, -1.0], [0.5, 0, 0]]), "base": np.array([0.25]), "depth": np.array([1])}
    values = np.tile([[0.0], [1.0]], (reader.ROWS, 1))
    assert reader.read_trees(values, trees) == pytest.approx(np.tile([1 / (1 + np.exp(-1.75)), 1 / (1 + np.exp(0.25))], reader.ROWS))


def test_a_short_article_is_told_from_as_many_teasers_below_it():
    teasers = ["Council elects new chair", "The council of the town has elected a new chair, who will take office in May after a short handover.",
               "Ferry line to open", "A ferry line between the two banks is to open in spring, the operator of the harbour said on Friday evening.",
               "Museum shows maps", "The museum at the market shows maps of the coast from four centuries, many of which were never seen before."]
    page = [*MENU, "Harbour bridge to be rebuilt before the winter", "By Ada Finch", "May 3, 2019 at 9:45 am", *PROSE[:3], "Comments", "Latest headlines",
            *teasers, *RELATED]
    kept = reader.mark_body(page)
    assert [line for line, keep in zip(page, kept, strict=True) if keep] == PROSE[:3]


def test_an_empty_page_and_a_single_line_are_answered():
    assert reader.mark_body([]).tolist() == []
    assert reader.mark_body(["Only one line stands here."]).shape == (1,)


def test_a_page_of_equal_lines_and_a_giant_line_end_soon():
    began = time.process_time()
    reader.mark_body(["The same sentence stands on each line of this page."] * 5_000)
    reader.mark_body(["word " * 100_000])
    assert time.process_time() - began < 20


def test_weights_that_do_not_match_their_digest_are_refused(tmp_path, monkeypatch):
    (tmp_path / "lines.npz").write_bytes(b"other")
    (tmp_path / "lines.json").write_text('{"sha256": "0"}')
    monkeypatch.setattr(reader, "DATA", tmp_path)
    reader._weights.cache_clear()
    with pytest.raises(ModelError, match="digest|sidecar"):
        reader.mark_body(["A line."])
    reader._weights.cache_clear()
