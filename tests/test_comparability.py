"""Comparability: each cause against comparing is found, said in words, and never more than said."""

import pandas as pd
import pytest
from conftest import articles_of, paragraphs

from analysis import schema
from analysis.framing.comparability import judge_comparability, notices, recognise_genres
from analysis.framing.quotes import find_quoted
from analysis.settings import ClaimSettings

SETTINGS = ClaimSettings()
REPORT = " ".join(["The council met on Monday and closed the pier."] * 15)


def tables(*rows, origins=None, overlaps=()):
    articles = articles_of(*rows)
    sentences = pd.DataFrame([(key, 1, 1, 0, 9, "x") for key in articles.loc[articles["text"].ne(""), "article_id"]], columns=list(schema.SENTENCES.columns))
    groups = pd.DataFrame([(key, "e", "s", (origins or {}).get(key, key), 1.0, 1.0, "") for key in articles["article_id"]], columns=list(schema.GROUPS.columns))
    return articles, sentences, groups, pd.DataFrame(list(overlaps), columns=list(schema.OVERLAPS.columns))


def judged(*rows, **more):
    return judge_comparability(*tables(*rows, **more), SETTINGS).set_index("article_id")


def news(key, **more):
    return {"article_id": key, "outlet": key.upper(), "text": REPORT, "published": "2024-03-12T10:00Z", **more}


def test_reports_of_one_hour_and_length_are_comparable():
    found = judged(news("a"), news("b"))
    assert found["verdict"].tolist() == ["comparable", "comparable"]
    assert found["reasons"].tolist() == ["", ""]


@pytest.mark.parametrize(("more", "verdict", "words"), [
    ({"text": "The council met on Monday."}, "no", "teaser of 5 words"),
    ({"text": REPORT + " The council will meet again…"}, "with care", "cut off"),
    ({"text": REPORT + " More [+1234 chars]"}, "with care", "cut off"),
    ({"text": REPORT + " And then the"}, "with care", "cut off"),
    ({"text": " ".join([REPORT] * 9)}, "with care", "1215 words"),
    ({"published": "2024-03-16T10:00Z"}, "with care", "96 hours"),
    ({"language": "de"}, "no", "\"de\""),
    ({"genre": "opinion"}, "no", "opinion"),
    ({"text": ""}, "no", "no sentence"),
])
def test_each_cause_is_named(more, verdict, words):
    found = judged(news("a"), news("b"), news("c", **more)).loc["c"]
    assert found["verdict"] == verdict
    assert words in found["reasons"]


def genre_of(**given):
    articles = articles_of({"article_id": "a", **given})
    return recognise_genres(articles, find_quoted(articles, paragraphs(given["text"])), SETTINGS).item()


@pytest.mark.parametrize(("title", "text", "genre"), [
    ("Opinion: Close the pier", REPORT, "opinion"),
    ("Pier closes", REPORT + " " + " ".join(["I think that I and my friends know."] * 6), "opinion"),
    ("Pier vote – live updates", REPORT, "live"),
    ("Monday briefing: what we know", REPORT, "round-up"),
    ("Transcript of the hearing", REPORT, "transcript"),
    ("Pier closes", "\n\n".join(["JANE ROE: We met.", "JOHN DOE: We did not."] * 4), "transcript"),
    ("Pier closes", "\n".join(f"10:{minute:02d} The barrier moved." for minute in range(20)), "live"),
    ("Pier closes", REPORT + ' "I think I know," she said.', "news"),
    ("Pier closes", REPORT + " “I went to my house. “I saw my boat, and my son and I cried,” she said.", "news"),
    ("Pier closes", REPORT + "\n\n“I went to my house, and I saw my boat.\n\n“I cried, and my son and I left,” she said.", "news"),
    ("Pier closes", REPORT + '\n\nHe said: "I want my boat. "I saw it, and my son and I cried," he said. "I and my friends know what I did."', "news"),
    ("Ten years of opinion polls", REPORT, "news"),
])
def test_the_genre_is_seen_in_title_and_text(title, text, genre):
    assert genre_of(title=title, text=text) == genre


def test_a_genre_that_is_given_is_kept():
    assert genre_of(genre="live", title="Opinion: x", text=REPORT) == "live"


def test_shared_wording_is_said_of_both_and_a_copy_is_one_voice():
    found = judged(news("a"), news("b"), news("c"), origins={"b": "a"}, overlaps=[("a", "c", "shared passages", 0.3, 0.1)])
    assert "shares 30% of its wording with the article in C" in found.loc["a", "reasons"]
    assert "shares 30%" in found.loc["c", "reasons"]
    assert "one voice" in found.loc["b", "reasons"]


def test_undated_articles_have_no_hours():
    assert judged(news("a"), news("b", published=None))["hours"].isna().tolist() == [False, True]


def said(*rows, scope="event", **more):
    articles, sentences, groups, overlaps = tables(*rows, **more)
    return " ".join(notices(articles, groups, judge_comparability(articles, sentences, groups, overlaps, SETTINGS), scope))


def test_notices_say_what_limits_the_comparison():
    assert "one text from one origin" in said(news("a"), news("b"), origins={"a": "1", "b": "1"})
    assert "nothing to compare it with" in said(news("a"))
    assert "this article, not for its outlet" in said(news("a"), news("b"))
    assert "2 origins; articles of one origin count once" in said(news("a"), news("b"), news("c"), origins={"b": "a"})
    assert "1 of 2 articles states no time: who wrote first cannot be told for it, and nothing is called left out in it." in said(news("a"), news("b", published=None))
    assert "2 of 3 articles state no time: who wrote first cannot be told for them" in said(news("a"), news("b", published=None), news("c", published=None))


def test_a_storyline_warns_of_different_happenings():
    articles, sentences, groups, overlaps = tables(news("a"), news("b", published="2024-07-12T10:00Z"))
    groups = groups.assign(event_id=["e1", "e2"])
    found = notices(articles, groups, judge_comparability(articles, sentences, groups, overlaps, SETTINGS), "storyline")
    assert any("2 different happenings, 4 months from the first to the last: a difference" in sentence for sentence in found)


def test_a_storyline_says_when_its_span_leaves_undated_articles_out():
    articles, sentences, groups, overlaps = tables(news("a"), news("b", published="2024-07-12T10:00Z"), news("c", published=None))
    found = notices(articles, groups.assign(event_id=["e1", "e2", "e3"]), judge_comparability(articles, sentences, groups, overlaps, SETTINGS), "storyline")
    assert any("3 different happenings, 4 months from the first to the last of those with a date: a difference" in sentence for sentence in found)


def test_order_changes_nothing_input_stays_and_empty_stays_empty():
    given = tables(news("a"), news("b", language="de"), news("c", genre="opinion"))
    kept = [table.copy(deep=True) for table in given]
    plain = judge_comparability(*given, SETTINGS)
    pd.testing.assert_frame_equal(plain, judge_comparability(*(table.iloc[::-1] for table in given), SETTINGS))
    for table, before in zip(given, kept, strict=True):
        pd.testing.assert_frame_equal(table, before)
    assert judge_comparability(*(table.iloc[:0] for table in given), SETTINGS).empty
    assert notices(given[0].iloc[:0], given[2].iloc[:0], plain.iloc[:0], "event") == ("There is no article here.",)
