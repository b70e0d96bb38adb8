"""Gatherings: articles that tell many events at once.

A live blog or a morning round-up is a little like everything that day. Left in, it glues events together; it is therefore kept
apart, and says so. A person can still put it into an event by a repair.
"""

from __future__ import annotations

import re

import pandas as pd

from analysis.settings import EventSettings

LIVE_TITLE = re.compile(
    r"\blive (?:updates?|blog|coverage)\b|^live\s?[:|–-]|[|–-] (?:live|as it happened)$|\bas it happened\b|\bminute[- ]by[- ]minute\b", re.I)
ROUND_UP_TITLE = re.compile(
    r"\b(?:news (?:in brief|briefs?|round-?up|digest)|(?:morning|evening|daily|weekly) (?:briefing|mail|digest|round-?up|brief|headlines)|"
    r"world briefs?|week in review|in other news)\b|^(?:\d{1,2}|five|six|seven|ten) (?:things|stories) |^(?:your|the) (?:\w+day )?briefing\b|"
    r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:['’]s)? briefing\b", re.I)
STAMP = re.compile(r"^\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b|^\W{0,3}\d{1,2}(?::\d\d)?\s?(?:a\.?m\.?|p\.?m\.?)\b", re.I)


def mark_gatherings(articles: pd.DataFrame, settings: EventSettings) -> pd.DataFrame:
    """Return the articles with genre "live" or "round-up" where title, address or time stamps say so.

    A genre somebody has set is kept, except that "news" and '' say nothing. What is in doubt stays as it is: an article wrongly
    kept alone is a loss, but so is one event torn by a word in a title.

    Args:
        articles: columns title, text, url, genre.
        settings: live_stamps.

    Returns:
        A copy in the same order; only genre differs.

    Source: METHODS 8, step 3; patterns ours.
    """
    genre = [given if given not in ("", "news") else _recognise(title, text, url, settings) or given
             for title, text, url, given in zip(articles["title"], articles["text"], articles["url"], articles["genre"], strict=True)]
    return articles.assign(genre=genre)


def _recognise(title: str, text: str, url: str, settings: EventSettings) -> str:
    lines = text.split("\n")
    if LIVE_TITLE.search(title.strip()) or "/live/" in url.lower() or sum(bool(STAMP.match(line)) for line in lines) >= settings.live_stamps:
        return "live"
    return "round-up" if ROUND_UP_TITLE.search(title.strip()) else ""
