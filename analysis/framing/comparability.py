"""May these articles be compared at all? Judged before any figure is drawn, in words a person can check.

A tall bar can come from a paywall that cut one text after two paragraphs, from an opinion column among reports, or from a
brief beside a feature. This step names such causes first. It never hides a text: "no" only switches the figures off.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

CUT_TAIL = re.compile(
    r"(?:…|\.\.\.|\[\+?\d{1,6} (?:chars|characters|words)\]|\b(?:continue reading|read more|subscribe to (?:continue|read)))[\s.…»>)]{0,6}$", re.I)
CLOSED = tuple(".!?…\"'”’)]»")
OPINION_TITLE = re.compile(
    r"^\s{0,3}(?:opinion|editorial|column|commentary|comment|op-ed|analysis|perspective|letters?)\s{0,2}[:|—–-]"
    r"|[|—–-]\s{0,2}(?:opinion|editorial|commentary)\s{0,3}$", re.I)
LIVE_TITLE = re.compile(r"\b(?:live updates?|live blog|as it happened|live:|minute by minute|- live\b|– live\b|rolling coverage)", re.I)
ROUND_UP_TITLE = re.compile(
    r"^\s{0,3}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:'s|’s)? )?"
    r"(?:briefing|news (?:briefs?|roundup|round-up|in brief)|morning (?:briefing|mail)|evening briefing|"
    r"what (?:you need|to know) |\d{1,2} things (?:to|you)|(?:this|the) week in )|\b(?:round-?up|news in brief|briefs)\b", re.I)
TRANSCRIPT_TITLE = re.compile(r"\b(?:transcript|full text|q ?& ?a|read the (?:full )?(?:speech|statement|remarks))\b", re.I)
TURN = re.compile(r"^(?:[A-Z][A-Z .'’-]{2,40}|(?:[A-Z][\w.'’-]{0,20} ){0,3}[A-Z][\w.'’-]{1,20}|Q|A)\s?:\s")
STAMP = re.compile(r"^\W{0,3}(?:[01]?\d|2[0-3])[:.h][0-5]\d\b|^\W{0,3}\d{1,2}(?::\d\d)?\s?(?:a\.?m\.?|p\.?m\.?)\b", re.I)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|me|my|myself)\b")
SECONDS_PER_HOUR = 3600.0


def judge_comparability(articles: pd.DataFrame, sentences: pd.DataFrame, groups: pd.DataFrame, overlaps: pd.DataFrame,
                        settings: ClaimSettings) -> pd.DataFrame:
    """Say of each article of one event whether its numbers may stand beside the others'.

    How to read it: "comparable" = nothing stands against it; "with care" = figures are drawn, with the reasons beside them;
    "no" = no figure, and what the text lacks counts for nothing. It judges the text at hand, never the outlet.

    Args:
        articles: ARTICLES of one event, genres as `recognise_genres` gives them.
        sentences: SENTENCES of those articles.
        groups: GROUPS; `origin_id` decides which texts are the same voice.
        overlaps: OVERLAPS, pairs that share text (may be empty).
        settings: limits.

    Returns:
        COMPARABILITY: one row an article, sorted by article_id; `hours` NaN without a time.

    Raises:
        TableError: a column of a contract is missing.

    Source: gate and limits METHODS 8 (steps 2, 3, 9); genre and cut rules ours: reason.
    """
    for table, contract in ((articles, schema.ARTICLES), (sentences, schema.SENTENCES), (groups, schema.GROUPS), (overlaps, schema.OVERLAPS)):
        schema.check_table(table, contract)
    if articles.empty:
        return schema.COMPARABILITY.empty()
    ordered = articles.sort_values("article_id", kind="stable").reset_index(drop=True)
    genres = ordered["genre"].replace("", "news")
    completeness = pd.Series([_completeness(row.text, row.n_words, settings) for row in ordered.itertuples()])
    hours = _hours(ordered)
    with_sentences = set(sentences.loc[sentences["sentence"] > 0, "article_id"])
    origins = ordered["article_id"].map(groups.drop_duplicates("article_id").set_index("article_id")["origin_id"])
    usual = _usual_genre(genres, origins)
    full_words = ordered.loc[completeness == "full", "n_words"].astype(float)
    median_words = float(full_words.median()) if len(full_words) else np.nan
    rows = []
    for at, article in enumerate(ordered.itertuples()):
        against, care = _language_reason(article.language, settings)
        if article.article_id not in with_sentences:
            against.append("The text holds no sentence.")
        _completeness_reason(completeness[at], int(article.n_words), against, care)
        _genre_reason(genres[at], usual, against)
        _length_reason(article.n_words, median_words, settings, care)
        if hours[at] > settings.max_hours:
            care.append(f"It appeared {hours[at]:.0f} hours after the first article here and may know more.")
        care.extend(_shared_reasons(article, ordered, origins, overlaps, settings))
        rows.append((article.article_id, "no" if against else "with care" if care else "comparable", " ".join(against + care), completeness[at], hours[at]))
    return pd.DataFrame(rows, columns=list(schema.COMPARABILITY.columns))


def recognise_genres(articles: pd.DataFrame, quoted: pd.DataFrame, settings: ClaimSettings) -> pd.Series:
    """Name each article's genre, looking at title, address and text when the table only says news or nothing.

    How to read it: one of GENRES. A genre the reader or the page has given ("opinion", "live" …) is kept. Mistakes lean to
    "news": a column without a label and without "I" stays news.

    Args:
        articles: ARTICLES.
        quoted: QUOTED of the same articles: what somebody quoted says of himself does not count as the writer's "I".
        settings: limits.

    Returns:
        The genres, on the index of the articles.

    Source: METHODS 8, step 3; the first-person share is ours: reports keep the reporter out of the text.
    """
    marks = quoted[quoted["paragraph"] > 0].groupby("article_id")[["start", "end"]].agg(list)
    places = {article_id: list(zip(starts, ends, strict=True)) for article_id, starts, ends in marks.itertuples()}
    return pd.Series([_genre(article, places.get(article.article_id, []), settings) for article in articles.itertuples()],
                     index=articles.index, dtype=object)


def _genre(article: object, quoted: list[tuple[int, int]], settings: ClaimSettings) -> str:
    given = article.genre or "news"
    if given != "news":
        return given
    title, url, text = article.title or "", (article.url or "").lower(), article.text or ""
    paragraphs = [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]
    if LIVE_TITLE.search(title) or "/live/" in url or sum(bool(STAMP.match(p)) for p in text.split("\n")) > settings.live_stamps:
        return "live"
    turns = sum(bool(TURN.match(paragraph)) for paragraph in paragraphs)
    if TRANSCRIPT_TITLE.search(title) or (len(paragraphs) >= 5 and turns / len(paragraphs) >= settings.transcript_turns):
        return "transcript"
    if ROUND_UP_TITLE.search(title):
        return "round-up"
    own = _outside(text, quoted)
    words = max(len(own.split()), 1)
    first_person = len(FIRST_PERSON.findall(own)) / words
    if OPINION_TITLE.search(title) or re.search(r"/(?:opinions?|editorials?|commentisfree|columnists?|op-ed)/", url):
        return "opinion"
    return "opinion" if words >= settings.teaser_words and first_person >= settings.opinion_first_person else "news"


def _outside(text: str, stretches: list[tuple[int, int]]) -> str:
    """Return the text without some stretches of it, which do not lie over one another."""
    begins, ends = [0, *(end for _, end in stretches)], [*(start for start, _ in stretches), len(text)]
    return " ".join(text[start:end] for start, end in zip(begins, ends, strict=True))


def notices(articles: pd.DataFrame, groups: pd.DataFrame, comparability: pd.DataFrame, scope: str) -> tuple[str, ...]:
    """Say what a reader must know before any figure of this comparison, most serious first.

    Args:
        articles: ARTICLES in the comparison.
        groups: GROUPS of them.
        comparability: COMPARABILITY of them.
        scope: "event" or "storyline".

    Returns:
        Whole sentences; empty when nothing stands against comparing.

    Source: ours: reason; three origins before shares are spoken of, METHODS 8 (step 9).
    """
    here = groups[groups["article_id"].isin(set(articles["article_id"]))]
    verdicts = comparability.set_index("article_id")["verdict"]
    usable = here[here["article_id"].map(verdicts).ne("no")]
    n_articles, n_origins = len(articles), here["origin_id"].nunique()
    said: list[str] = []
    if n_articles == 0:
        return ("There is no article here.",)
    if n_articles == 1:
        said.append("There is one article here: nothing to compare it with.")
    elif n_origins == 1:
        said.append(f"All {n_articles} articles are one text from one origin: they are one voice, and no difference between outlets can be seen.")
    elif usable["origin_id"].nunique() < 2:
        said.append("Fewer than two independent texts can be compared; the reasons stand beside each article.")
    elif usable["origin_id"].nunique() == 2:
        said.append("Two independent texts can be compared: a difference is between these two articles, and \"the others\" is one text.")
    if 1 < n_origins < n_articles:
        said.append(f"The {n_articles} articles come from {n_origins} origins; articles of one origin count once.")
    if scope == "storyline":
        said.extend(_storyline_notice(articles, here))
    if articles["outlet"].replace("", pd.NA).dropna().nunique() >= 2 and _one_article_each(articles):
        said.append("There is one article per outlet: what is shown holds for this article, not for its outlet.")
    undated = int(articles["published"].isna().sum())
    if undated and n_articles > 1:
        state, them = ("states", "it") if undated == 1 else ("state", "them")
        said.append(f"{undated} of {n_articles} articles {state} no time: who wrote first cannot be told for {them}, and nothing is called left out in {them}.")
    return tuple(said)


def _storyline_notice(articles: pd.DataFrame, groups: pd.DataFrame) -> list[str]:
    n_events = groups["event_id"].nunique()
    if n_events < 2:
        return []
    times = pd.to_datetime(articles["published"], utc=True).dropna()
    apart = ""
    if len(times) >= 2:
        days = (times.max() - times.min()).total_seconds() / (24 * SECONDS_PER_HOUR)
        apart = f", {_span(days)} from the first to the last" + (" of those with a date" if len(times) < len(articles) else "")
    return [f"These articles report {n_events} different happenings{apart}: a difference between two outlets here may be the happening's and not the outlet's."]


def _span(days: float) -> str:
    if days < 14:
        return f"{days:.0f} days"
    return f"{days / 7:.0f} weeks" if days < 60 else f"{days / 30.4:.0f} months"


def _one_article_each(articles: pd.DataFrame) -> bool:
    return bool(articles.loc[articles["outlet"].ne(""), "outlet"].value_counts().max() == 1)


def _hours(articles: pd.DataFrame) -> np.ndarray:
    times = pd.to_datetime(articles["published"], utc=True)
    return ((times - times.min()).dt.total_seconds() / SECONDS_PER_HOUR).to_numpy(dtype=float)


def _completeness(text: str, n_words: int, settings: ClaimSettings) -> str:
    stripped = (text or "").rstrip()
    if n_words < settings.teaser_words:
        return "teaser"
    if CUT_TAIL.search(stripped[-60:]) or not stripped.endswith(CLOSED):
        return "cut"
    return "full"


def _usual_genre(genres: pd.Series, origins: pd.Series) -> str:
    """Most common genre, one vote an origin; news wins a tie, since the measures are made for reports."""
    votes = pd.DataFrame({"genre": genres, "origin": origins}).drop_duplicates("origin")["genre"].value_counts()
    best = votes[votes == votes.max()].index
    return "news" if "news" in best else sorted(best)[0]


def _language_reason(language: str, settings: ClaimSettings) -> tuple[list[str], list[str]]:
    if language == settings.language:
        return [], []
    if language == "":
        return [], ["Its language was not recognised; it is treated as English."]
    return [f"It is written in \"{language}\"; sentences are compared in English only."], []


def _completeness_reason(completeness: str, n_words: int, against: list[str], care: list[str]) -> None:
    if completeness == "teaser":
        against.append(f"It is a teaser of {n_words} words; what it lacks says nothing.")
    elif completeness == "cut":
        care.append("Its text is cut off at the end; what is missing may stand in the part we do not have.")


def _genre_reason(genre: str, usual: str, against: list[str]) -> None:
    if genre == usual:
        return
    names = {"news": "a report", "opinion": "an opinion piece", "live": "a live log", "round-up": "a round-up of several subjects",
             "transcript": "a transcript"}
    against.append(f"It is {names.get(genre, genre)}, most others are {names.get(usual, usual).replace('a ', '', 1).replace('an ', '', 1)}s of the event: "
                   "the kind of text would make the difference.")


def _length_reason(n_words: int, median_words: float, settings: ClaimSettings, care: list[str]) -> None:
    if not np.isfinite(median_words) or n_words <= 0:
        return
    ratio = n_words / median_words
    if ratio > settings.max_length_ratio or ratio < 1 / settings.max_length_ratio:
        care.append(f"It has {n_words} words, the middle article here {median_words:.0f}: counts and shares compare a long text with a short one.")


def _shared_reasons(article: object, articles: pd.DataFrame, origins: pd.Series, overlaps: pd.DataFrame, settings: ClaimSettings) -> list[str]:
    """Shared wording with another origin is care; the same origin is said once, since one origin already has one vote."""
    outlet_of = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    origin_of = dict(zip(articles["article_id"], origins, strict=True))
    mates = [key for key, origin in origin_of.items() if origin == origin_of[article.article_id] and key != article.article_id]
    said = []
    if mates:
        names = ", ".join(sorted({outlet_of[key] or "an unnamed outlet" for key in mates}))
        said.append(f"It is the same text as in {names}; they count as one voice.")
    pairs = overlaps[(overlaps["article_id"] == article.article_id) | (overlaps["other_id"] == article.article_id)]
    found = {}
    for pair in pairs.itertuples():
        other = pair.other_id if pair.article_id == article.article_id else pair.article_id
        if other in outlet_of and other not in mates and pair.containment >= settings.shared_text:
            found[other] = max(found.get(other, 0.0), float(pair.containment))
    for other, containment in sorted(found.items()):
        said.append(f"It shares {containment:.0%} of its wording with the article in {outlet_of[other] or 'an unnamed outlet'}.")
    return said
