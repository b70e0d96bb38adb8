"""The nouns: what every table holds, what a Comparison is, and the errors a person can act on.

Every step of the road takes pandas tables and returns a new one; this file is the contract between the steps. A table is
described by its columns, each with its unit and when it may be missing; `check_table` holds a step to its word.

Offsets (`start`, `end`) count characters: into the article's `text`, or into its `title` when `sentence` is 0.
Paragraphs count from 1; the title is paragraph 0. Undefined is NaN, None or NaT, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

Embed = Callable[[Sequence[str]], np.ndarray]
"""n texts -> (n, m) float32 array of unit rows; the same text always gives the same row."""

Scan = Callable[[Sequence[str]], list[np.ndarray]]
"""n texts -> n float32 tables, a row a word piece: start, end (characters of the text), then what each direction asked for says of it.

The encoder's own marks at the two ends of a text are rows of start = end = 0. A seam like Embed: a test gives a function of its own."""

VOICES = ("narrator", "quote", "attributed")
"""Who speaks in a sentence: the outlet itself, words in quotation marks, or a paraphrase laid at somebody's door."""

GENRES = ("news", "opinion", "live", "round-up", "transcript")
COMPLETENESS = ("full", "cut", "teaser")


class ParallaxError(Exception):
    """What went wrong, where, and what to do: the base of every error the tool raises on purpose.

    Args:
        problem: one sentence a newcomer understands.
        where: the record, file or table at fault ("line 12 of a.jsonl", "article 3f…").
        column: the field at fault, when there is one.
        remedy: what the person can do now.
    """

    def __init__(self, problem: str, *, where: str = "", column: str = "", remedy: str = "") -> None:
        self.problem, self.where, self.column, self.remedy = problem, where, column, remedy
        place = ", ".join(part for part in (where, f"field {column}" if column else "") if part)
        super().__init__(f"{place + ': ' if place else ''}{problem}{'. ' + remedy if remedy else ''}")


class InputError(ParallaxError):
    """What the person gave cannot be read or understood; the command line exits 2."""


class LibraryError(ParallaxError):
    """The library on disk cannot be opened, read or written as asked."""


class ModelError(ParallaxError):
    """A model or data file is missing or is not the one its digest names; never replaced by a weaker one."""


class TableError(ParallaxError):
    """A step was handed a table that breaks its contract: a defect of ours, or of code that calls a step directly."""


@dataclass(frozen=True)
class Table:
    """A table's name, what one row is, and its columns with their meaning."""

    name: str
    row: str
    columns: dict[str, str]

    def empty(self) -> pd.DataFrame:
        """Return the table with no rows: the answer to "nothing found", with the right columns."""
        return pd.DataFrame({column: pd.Series(dtype="object") for column in self.columns})


ARTICLES = Table("articles", "one article", {
    "article_id": "stable hash of outlet, title and text, or the id the person gave",
    "outlet": "who printed it; '' when unknown",
    "title": "headline as printed; '' when there is none",
    "published": "UTC time; NaT when the page states none (never guessed)",
    "precision": "'time', 'day' (only the date is known; published is 00:00 UTC then) or '' (unknown)",
    "url": "address, or ''",
    "byline": "author line, or ''",
    "agency": "news agency the page credits (PressTV, AP …), or ''; never the outlet",
    "language": "two-letter code, '' when not detected",
    "genre": "one of GENRES",
    "provenance": "label shown wherever the article appears ('constructed', 'seed'), '' for the person's own",
    "text": "body; paragraphs separated by a blank line",
    "n_words": "words in text",
})
DROPPED = Table("dropped", "one refused record", {"where": "file and line or record", "reason": "one sentence with the remedy"})
SENTENCES = Table("sentences", "one sentence", {
    "article_id": "", "sentence": "0 = title, then 1, 2 … through the body", "paragraph": "0 = title, body from 1",
    "start": "offset into text (title: into title)", "end": "", "text": "",
})
VOICED = Table("sentences", "one sentence, with who speaks in it", {
    **SENTENCES.columns,
    "voice": "one of VOICES: who speaks most of the sentence's words", "speaker": "name as printed, '' for the narrator or unresolved",
    "narration": "the sentence's words outside every quotation; '' when all of it is quoted",
})
TOKENS = Table("tokens", "one token", {
    "article_id": "", "sentence": "", "token": "position in its sentence from 0", "start": "offset as in sentences", "end": "",
    "text": "", "lemma": "", "pos": "universal part of speech", "tag": "Penn tag", "dep": "dependency label (ROOT for the root)",
    "head": "position in the sentence of the head; its own for the root", "entity": "entity type or ''",
    "entity_begins": "True on the first token of an entity",
})
QUOTES = Table("quotes", "one quoted or attributed piece", {
    "article_id": "", "sentence": "sentence of its first character", "start": "", "end": "",
    "kind": "direct (whole statement in marks), mixed (a quoted scrap in an indirect statement), indirect",
    "speaker": "as printed, '' when unresolved", "speaker_start": "offset, <NA> when unresolved", "speaker_end": "",
    "cue": "reporting word as printed ('said', 'according to'), ''", "stance": "neutral, doubt, endorse, conflict or ''",
    "resolved": "speaker's full name when a pronoun or short form was resolved, else the speaker", "n_words": "",
})
OVERLAPS = Table("overlaps", "one pair of articles that share text", {
    "article_id": "", "other_id": "", "relation": "same text, shared base, shared passages",
    "containment": "share 0…1 of the shorter text's word shingles found in the longer, quotations removed",
    "ordered": "share 0…1 of sentences matched in the same order",
})
GROUPS = Table("groups", "one article", {
    "article_id": "", "event_id": "", "storyline_id": "", "origin_id": "",
    "closeness": "similarity 0…1 to the rest of its event after scaling; NaN alone in its event",
    "margin": "closeness minus the cut; near 0 = borderline; NaN alone in its event", "why": "words a person can check",
})
COMPARABILITY = Table("comparability", "one article", {
    "article_id": "", "verdict": "comparable, with care, no", "reasons": "sentences, '' when comparable",
    "completeness": "one of COMPLETENESS", "hours": "hours after the event's first article; NaN without a time",
})
UNITS = Table("units", "one sentence or clause that can be aligned", {
    "article_id": "", "sentence": "", "paragraph": "", "start": "", "end": "", "text": "",
    "lemmas": "frozenset of its content lemmas", "denies": "True when its own verb is negated",
})
LINKS = Table("links", "one pair of units that may state the same fact", {
    "unit": "row number in units", "other": "", "cosine": "", "agreement": "cosine plus what shared words and figures add, about 0.4…1.6",
    "mutual": "True when each is the other's nearest in its origin",
})
VALUES = Table("values", "one number, time, date or full name stated in a unit", {
    "article_id": "", "sentence": "", "start": "start of the unit, as in units", "end": "its end", "kind": "number, year, clock, date, name",
    "about": "lemmas of what is counted, sorted, joined by blanks; the lower-cased name for names", "value": "clock: minutes after midnight; NaN for names",
    "low": "smallest value the wording allows ('about 400': 360)", "high": "", "denied": "True for 'not 14'", "text": "as printed, with what is counted",
})
CLAIM_INDEX = Table("claim_index", "one claim", {
    "claim_id": "", "label": "the wording nearest to all others", "article_id": "whose wording the label is", "sentence": "",
    "n_origins": "origins that carry it", "share": "of the event's comparable origins 0…1", "coverage": "all, some, one",
    "spread": "largest minus smallest relative position 0…1 of its first mention", "conflict": "what differs ('12 / 14 injured'), ''",
})
CLAIMS = Table("claims", "claim x article", {
    "claim_id": "", "article_id": "", "status": "firm, likely, not found, cannot tell",
    "left_out": "True only under METHODS 4.3's conditions", "first": "paragraph of its first mention, 0 = headline; <NA> when not found",
    "sentence": "of the wording shown, or of the closest when not found; <NA> without text",
    "paragraph": "", "start": "", "end": "", "wording": "exact words, also of the closest sentence", "similarity": "cosine to the label",
    "attribution": "who is credited for it here, ''", "conflict": "this article's differing value ('14 injured'), ''",
    "sentences": "list of every sentence number that states it here, 0 = title; [] when not found",
})
PARALLELS = Table("parallels", "claim x carrying article, beside the claim's label", {
    "claim_id": "", "article_id": "", "sentence": "", "other_id": "", "other_sentence": "",
    "segments": "list of [op, here, there]; op = equal, replace, insert, delete; joining all `here` gives this wording",
})
PHRASES = Table("phrases", "phrase x article", {
    "phrase": "", "article_id": "", "outlet": "", "kind": "only here, absent here, different share", "count": "uses here",
    "others": "origins that use it elsewhere", "per_1000": "uses per 1,000 words here", "others_per_1000": "",
    "z": "log-odds z with informative Dirichlet prior: for ranking, not significance", "sentences": "list of sentence numbers (absent here: [])",
    "elsewhere": "list of [article_id, sentence]",
})
MENTIONS = Table("mentions", "one mention of a referent", {
    "referent": "fullest name used by anyone, else the commonest label", "kind": "person, group, place, thing", "named": "True when somebody names it",
    "article_id": "", "sentence": "", "start": "offsets as in sentences", "end": "", "label": "as printed, without articles",
    "role": "subject, object or ''", "confidence": "as in names",
})
NAMES = Table("names", "referent x article x label x voice", {
    "referent_id": "", "referent": "fullest name used by anyone", "kind": "person, group, place, thing", "outlet": "", "article_id": "",
    "label": "as printed, without articles", "count": "", "share": "of this article's mentions of the referent 0…1",
    "first_paragraph": "", "voice": "narrator or quote", "confidence": "high (alias), medium (same head), possible (same role)",
    "sentences": "list of sentence numbers",
})
VOICE_COUNTS = Table("voices", "speaker x article", {
    "speaker": "resolved name, '(unresolved)'", "article_id": "", "n_quotes": "", "words_quoted": "words inside direct and mixed quotations",
    "share": "of the article's quoted words 0…1", "first_paragraph": "", "speaks_first": "", "speaks_last": "", "cue": "most used cue",
    "stance": "of that cue", "sentences": "list of sentence numbers",
})
CUT_QUOTES = Table("cut_quotes", "one quotation x another outlet's cut of it", {
    "article_id": "", "other_id": "", "start": "offsets of the quotation here", "end": "", "other_start": "", "other_end": "",
    "shared": "words both print, in order", "missing_here": "words only the other prints", "missing_there": "words only this one prints",
})
CUES = Table("cues", "one marked stretch in the narrator's voice", {
    "article_id": "", "sentence": "", "start": "", "end": "", "text": "",
    "kind": "loaded, hedge, booster, scare quotes, agentless passive", "score": "0…1 for loaded, else NaN", "note": "what moved it, in words",
})
SENTIMENTS = Table("sentiments", "one sentence", {
    "article_id": "", "sentence": "", "vader": "VADER compound -1…1", "sentiment": "calibrated news sentiment -1…1",
    "narration": "sentiment of the words outside quotations; NaN when none", "loaded": "probability 0…1 that the narration is loaded; NaN when none",
})
SAMPLES = Table("samples", "sentence x measure: what a measure is averaged from", {
    "article_id": "", "sentence": "", "measure": "", "value": "numerator", "weight": "denominator (1 for a mean, words for a rate)",
})
MEASURES = Table("measures", "article x measure", {
    "article_id": "", "measure": "", "value": "sum of values / sum of weights x scale; NaN without sentences", "n": "sentences it rests on",
    "low": "90 % interval, sentences resampled; NaN when n < 5", "high": "",
})
CONTRASTS = Table("contrasts", "article x measure", {
    "article_id": "", "measure": "", "value": "", "others": "mean over the other origins", "difference": "value - others",
    "low": "90 % interval of the difference, sentences resampled; NaN when it cannot be told", "high": "", "n": "", "n_others": "origins compared with",
    "told": "True when the interval excludes 0 and the article is comparable",
})
EMPHASIS = Table("emphasis", "claim or actor x article", {
    "kind": "claim or actor", "key": "claim_id or the actor's name", "article_id": "", "headline": "mentions in the title",
    "lead": "mentions in the first paragraph", "body": "", "last": "mentions in the last paragraph", "count": "",
    "prominence": "share 0…1 of the article's position-weighted mentions", "first_paragraph": "NaN when not mentioned",
    "n_paragraphs": "", "subject_share": "of mentions, as grammatical subject; NaN for claims", "object_share": "", "sentences": "list of sentence numbers",
})
THEMES = Table("themes", "theme x article", {
    "theme": "", "article_id": "", "share": "of its sentences 0…1", "others": "mean over the other origins", "difference": "", "n": "", "sentences": "list",
})
TENDENCIES = Table("tendencies", "outlet x measure", {
    "outlet": "", "measure": "", "n_events": "shared events", "value": "mean within-event difference, shrunk", "low": "", "high": "",
    "q": "Benjamini-Hochberg adjusted over all rows with enough events; NaN with fewer", "says": "nothing, early signal, card, cannot be told apart",
    "without_low": "smallest value when any one other outlet is left out; NaN when it cannot be taken", "without_high": "",
    "hangs_on": "list of outlets without which the sign turns",
})

COMPARISON_TABLES = (
    ARTICLES, VOICED, QUOTES, OVERLAPS, GROUPS, COMPARABILITY, CLAIM_INDEX, CLAIMS, PARALLELS, PHRASES, NAMES, VOICE_COUNTS, CUT_QUOTES, CUES,
    SENTIMENTS, SAMPLES, MEASURES, CONTRASTS, EMPHASIS, THEMES,
)


def check_table(table: pd.DataFrame, contract: Table) -> pd.DataFrame:
    """Return the table unchanged, or say which column of which contract is missing.

    Extra columns are allowed: a table grows to the right along the road.

    Raises:
        TableError: a column of the contract is missing.
    """
    missing = [column for column in contract.columns if column not in table.columns]
    if missing:
        raise TableError(f"the table lacks {', '.join(missing)}", where=contract.name, column=missing[0],
                         remedy=f"It has {', '.join(map(str, table.columns)) or 'no columns'}; one row is {contract.row}")
    return table


@dataclass(frozen=True)
class Measure:
    """What one number about an article means: read by the method page, the report and the tooltips.

    Attributes:
        name: key in samples, measures and contrasts.
        title: as shown on screen.
        unit: what one unit is ("per 1,000 words", "-1…1").
        scale: value = sum(value) / sum(weight) x scale.
        high, low: what a high and a low value say.
        not_: what it does not say.
        source: author year, or "ours: reason".
    """

    name: str
    title: str
    unit: str
    scale: float
    high: str
    low: str
    not_: str
    source: str


@dataclass(frozen=True)
class Comparison:
    """Everything known about one event (or storyline), frozen: report, dashboard, lesson and command line read only this.

    Attributes:
        event_id: the event, or the storyline when `scope` is "storyline".
        scope: "event" or "storyline".
        notices: sentences the reader must see first (too few origins, different happenings …).
        tables: one DataFrame for each of COMPARISON_TABLES, by the table's name.
        settings: every tunable number that was in force.
        made_with: versions, model and input hashes.
    """

    event_id: str
    scope: str
    notices: tuple[str, ...]
    tables: dict[str, pd.DataFrame]
    settings: dict[str, Any] = field(default_factory=dict)
    made_with: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a table by its name: `comparison.claims`."""
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(name)
