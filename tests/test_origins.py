import random

import pandas as pd
import pytest

from analysis.events.origins import find_event_overlaps, find_origins, find_overlaps
from analysis.schema import OVERLAPS, TableError
from analysis.settings import EventSettings

SYLLABLES = "ba co di fu ga he ki lo mu na pe ri so ta ve wi".split()
WORDS = [one + two + three for one in SYLLABLES for two in SYLLABLES for three in ("n", "st", "rd")]


def story(seed, n=24):
    """About 24 sentences of 18 words with numbers. All stories share a fifth of their words, as reporters of one event do."""
    rng = random.Random(seed)
    own = WORDS[:30] + rng.sample(WORDS, 120)
    return [" ".join([*rng.choices(own, k=9), str(rng.randint(2, 900)), *rng.choices(own, k=8)]).capitalize() + "." for _ in range(n)]


def table(rows):
    return pd.DataFrame(rows, columns=["article_id", "text"])


def altered(sentences, seed):
    """A trim to 80, 60 or 40 %, sometimes turned round, every number changed."""
    rng = random.Random(seed)
    kept = sentences[: max(3, int(len(sentences) * (0.8, 0.6, 0.4)[seed % 3]))]
    if seed % 2:
        kept = kept[len(kept) // 2 :] + kept[: len(kept) // 2]
    return " ".join(word if not word.isdigit() else str(rng.randint(2, 900)) for word in " ".join(kept).split(" "))


def test_200_trims_turns_and_new_numbers_are_found_and_no_independent_pair_is():
    stories = [story(seed) for seed in range(200)]
    rows = [(f"a{i:03}", " ".join(sentences)) for i, sentences in enumerate(stories)]
    rows += [(f"b{i:03}", altered(sentences, i)) for i, sentences in enumerate(stories)]
    found = find_overlaps(table(rows), EventSettings())
    same = found[found["relation"] == "same text"]
    right = (same["article_id"].str[1:] == same["other_id"].str[1:]).sum()
    assert right == len(same)  # precision 1: no independent pair
    assert 2 * right / (len(same) + 200) >= 0.97


def test_origins_of_events_are_looked_for_inside_each_event():
    stories = [story(seed) for seed in range(12)]
    rows = table([(f"{kind}{i:02}", text) for i, s in enumerate(stories) for kind, text in (("a", " ".join(s)), ("b", altered(s, i)))])
    groups = pd.DataFrame({"article_id": rows["article_id"], "event_id": "e" + rows["article_id"].str[1:]})
    for batch in (3, 5_000):  # events of a batch are looked at together
        found = find_event_overlaps(rows, groups, EventSettings(origin_batch=batch))
        pd.testing.assert_frame_equal(found, find_overlaps(rows, EventSettings()).query("article_id.str[1:] == other_id.str[1:]", engine="python").reset_index(drop=True))
    apart = groups.assign(event_id=groups["article_id"])
    assert find_event_overlaps(rows, apart, EventSettings()).empty


def test_a_shared_press_release_is_shared_passages_only():
    release = " ".join(story(1, 6))
    rows = [("a", " ".join(story(2, 20)) + " " + release), ("b", " ".join(story(3, 20)) + " " + release)]
    assert find_overlaps(table(rows), EventSettings())["relation"].tolist() == ["shared passages"]


def test_the_same_speech_quoted_by_two_reporters_is_no_shared_text():
    speech = " ".join(f"“{sentence}”" for sentence in story(4, 12))
    rows = [("a", " ".join(story(5, 10)) + " " + speech), ("b", " ".join(story(6, 10)) + " " + speech)]
    assert find_overlaps(table(rows), EventSettings()).empty


def test_an_agency_credit_decides_nothing():
    rows = [("a", "(AP) " + " ".join(story(7))), ("b", "(AP) " + " ".join(story(8)))]
    assert find_overlaps(table(rows), EventSettings()).empty


def test_short_texts_are_one_text_only_when_identical():
    rows = [("a", "Police closed the harbour road."), ("b", "Police closed the harbour road."), ("c", "Police closed the harbour bridge. They gave no reason for it.")]
    found = find_overlaps(table(rows), EventSettings())
    assert found[["article_id", "other_id", "relation"]].to_numpy().tolist() == [["a", "b", "same text"]]


def test_three_links_make_one_origin_named_after_the_smallest_id():
    overlaps = pd.DataFrame([("b", "c", "same text", 1.0, 1.0), ("a", "c", "same text", 0.9, 0.9), ("c", "d", "shared base", 0.5, 0.1)], columns=list(OVERLAPS.columns))
    origins = find_origins(table([(i, "") for i in "dcba"]), overlaps).set_index("article_id")["origin_id"]
    assert origins["a"] == origins["b"] == origins["c"] != origins["d"]


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["...", "“”", "\"", "no end"], ["x y z", "1 2 3 4 5 6"]])
def test_degenerate_texts_share_nothing(texts):
    rows = table([(str(i), text) for i, text in enumerate(texts)])
    overlaps = find_overlaps(rows, EventSettings())
    assert overlaps.empty and list(overlaps.columns) == list(OVERLAPS.columns)
    assert find_origins(rows, overlaps)["origin_id"].nunique() == len(texts)


def test_a_text_of_100_000_open_quotation_marks_is_read_in_time():
    find_overlaps(table([("a", "“ \"" * 50_000), ("b", "x " * 50_000)]), EventSettings())


def test_order_does_not_matter_and_the_input_is_left_alone():
    rows = table([("a", " ".join(story(1))), ("b", altered(story(1), 3)), ("c", " ".join(story(2)))])
    before = rows.copy(deep=True)
    pd.testing.assert_frame_equal(find_overlaps(rows, EventSettings()), find_overlaps(rows.iloc[::-1], EventSettings()))
    pd.testing.assert_frame_equal(rows, before)


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="text"):
        find_overlaps(pd.DataFrame({"article_id": ["a"]}), EventSettings())
