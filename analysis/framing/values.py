"""The figures a unit states, read as intervals with what they count, so that they can agree or exclude each other.

The aligner uses them as anchors ("31 of 52 piles" in both) and as vetoes; `mark_conflicts` finds the ones that differ inside
one claim.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

UNITS_OF_TEN = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
SMALL = {word: at + 1 for at, word in enumerate(UNITS_OF_TEN)}
TENS = {word: 10 * (at + 2) for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
SCALES = {"hundred": 1e2, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "tn": 1e12, "trillion": 1e12}
SPELLED = "|".join([*TENS, *sorted(SMALL, key=len, reverse=True)])
CURRENCIES = {"£": "pound", "$": "dollar", "€": "euro", "pounds": "pound", "dollars": "dollar", "euros": "euro", "pound": "pound", "dollar": "dollar"}
MONTHS = "january february march april may june july august september october november december".split()
MONTH = "|".join(f"{month[:3]}(?:{month[3:]}|\\.)?" if len(month) > 3 else month for month in MONTHS).replace("sep(?:tember|\\.)?", "sep(?:tember|t?\\.?)")
CLOCK = re.compile(
    r"(?<![\d£$€.])(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)"
    r"|(?<![\d.:])(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)(?![\d:])|\b(?P<named>noon|midnight)\b", re.I)
DATE = re.compile(
    rf"\b(?:(?P<month>{MONTH})\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!,\d)|(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\s(?P<month2>{MONTH})\b)", re.I)
NUMBER = re.compile(
    r"(?:(?P<currency>[£$€])\s?)?(?:(?<![\w.,])(?P<figure>\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,4})?|\d{1,12}(?:\.\d{1,4})?)"
    rf"|\b(?P<word>{SPELLED})(?:-(?P<ones>{SPELLED}))?(?![\w-])|\b(?P<dozen>a dozen)\b)"
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion|mn|bn|tn|[kmb])(?![\w]))?"
    r"(?:\s?-?(?P<unit>%|percent\b|per\scent\b|percentage points?\b|pounds?\b|dollars?\b|euros?\b))?(?P<age>-year-old\b|\syears?\sold\b)?", re.I)
NEARLY = re.compile(r"\b(?:about|around|some|roughly|nearly|almost|approximately|close to|an estimated|estimated|up to)\s(?:a\s)?$", re.I)
AT_LEAST = re.compile(r"\b(?:more than|over|at least|upwards of|no fewer than)\s$", re.I)
AT_MOST = re.compile(r"\b(?:fewer than|less than|under|at most|no more than)\s$", re.I)
DENIED = re.compile(r"(?:\bnot|\brather than|\binstead of|\bdown from|\bup from|\brevised from)\s(?:the\s)?$", re.I)
HARM = {"injured": "injure injury hurt wound wounded injured casualty", "killed": "kill die dead death dead victim slay fatality killed"}
CLASSES = {lemma: name for name, lemmas in HARM.items() for lemma in lemmas.split()}
PEOPLE = frozenset("people person man woman child individual resident civilian member other patient".split())
MEASURES = frozenset({"percent", "pound", "dollar", "euro", "%"})
CLOCK_SLACK = 5.0  # minutes; reports round to five or ten


def read_values(units: pd.DataFrame, tokens: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Read every number, clock time, date and full name of a unit as something that can agree or conflict.

    Why intervals: "about 400", "more than 380" and "403" do not conflict, "14" and "11" do. `about` holds the lemmas a
    number counts (its noun, the verb over it, and that verb's objects), so that 14 injured never meets 14 votes.

    Args:
        units: UNITS.
        tokens: TOKENS of the same sentences.
        settings: rounding.

    Returns:
        VALUES sorted as the units; `low` and `high` NaN for names; empty when nothing is stated.

    Raises:
        TableError: a column is missing.

    Source: ours: reason; METHODS 4.3 (veto on numbers with the same unit).
    """
    schema.check_table(units, schema.UNITS)
    schema.check_table(tokens, schema.TOKENS)
    ordered = tokens.sort_values(["article_id", "sentence", "token"], kind="stable")
    columns = {name: ordered[name].tolist() for name in ("start", "head", "dep", "lemma", "pos", "text", "entity", "entity_begins")}
    keys = list(zip(ordered["article_id"], ordered["sentence"], strict=True))
    edges = [at for at in range(len(keys)) if at == 0 or keys[at] != keys[at - 1]]
    spans = {keys[first]: (first, last) for first, last in zip(edges, [*edges[1:], len(keys)], strict=bool(keys))}
    rows: list[tuple] = []
    for unit in units.itertuples():
        span = spans.get((unit.article_id, unit.sentence))
        words = _Words(columns, *span) if span else None
        rows.extend((unit.article_id, unit.sentence, unit.start, unit.end, *value) for value in _unit_values(unit, words, settings))
    if not rows:
        return schema.VALUES.empty()
    return pd.DataFrame(rows, columns=list(schema.VALUES.columns))


class _Words:
    """One sentence's tokens as plain lists: dependency walks over a DataFrame cost a hundred times more."""

    def __init__(self, columns: dict[str, list], first: int, last: int) -> None:
        self.start, self.head, self.dep = columns["start"][first:last], columns["head"][first:last], columns["dep"][first:last]
        self.lemma = [str(lemma).lower() for lemma in columns["lemma"][first:last]]
        self.pos, self.text = columns["pos"][first:last], columns["text"][first:last]
        self.entity, self.begins = columns["entity"][first:last], columns["entity_begins"][first:last]

    def at(self, offset: int) -> int:
        """Token that holds the character."""
        return bisect_right(self.start, offset) - 1

    def counted(self, token: int) -> frozenset[str]:
        """Lemmas that say what the number at `token` counts: its noun, the verb over it, that verb's objects.

        A part ("two of the injured", "31 of the 52 piles") counts something else than the whole: its lemmas begin with "of:".
        """
        noun = token
        while self.dep[noun] in ("nummod", "quantmod", "compound", "advmod") and self.head[noun] != noun and noun - token < 6:
            noun = self.head[noun]
        part = [deep for deep in self._below(noun, ("of",)) if self.pos[noun] == "NUM" or noun == token]
        found, verb = [noun], noun
        for _ in range(8):
            if self.pos[verb] in ("VERB", "AUX") and verb != token:
                found.extend([verb, *self._objects(verb)])
                break
            if self.head[verb] == verb:
                break
            verb = self.head[verb]
        if part:
            return frozenset(f"of:{lemma}" for lemma in self._lemmas(part, token))
        return self._lemmas([*found, *self._below(noun, ("of", "in"))], token) - MEASURES

    def _lemmas(self, found: list[int], token: int) -> frozenset[str]:
        lemmas = {CLASSES.get(self.lemma[t], self.lemma[t]) for t in found if t != token and self.pos[t] in ("NOUN", "VERB", "ADJ", "PROPN", "PRON")}
        return frozenset((lemmas - PEOPLE) | {"people"} if lemmas & PEOPLE else lemmas)

    def _children(self, token: int) -> Iterator[int]:
        return (child for child, head in enumerate(self.head) if head == token and child != token)

    def _below(self, token: int, prepositions: tuple[str, ...]) -> list[int]:
        return [deep for child in self._children(token) if self.dep[child] == "prep" and self.lemma[child] in prepositions
                for deep in self._children(child) if self.dep[deep] == "pobj"]

    def _objects(self, verb: int) -> list[int]:
        near = [child for child in self._children(verb) if self.dep[child] in ("dobj", "attr", "acomp", "oprd", "xcomp", "nsubjpass")]
        return near + self._below(verb, ("of", "in", "for", "to", "with"))


def _unit_values(unit: object, words: _Words | None, settings: ClaimSettings) -> Iterator[tuple]:
    """Yield (kind, about, value, low, high, denied, text) of one unit; a stretch read as a clock or date is not a number too."""
    text, taken = unit.text, []
    for match in CLOCK.finditer(text):
        minutes = _minutes(match)
        slack = 2 * CLOCK_SLACK if NEARLY.search(text[:match.start()][-24:]) else CLOCK_SLACK
        taken.append(match.span())
        yield "clock", "", minutes, minutes - slack, minutes + slack, False, match.group().strip()
    for match in DATE.finditer(text):
        if not _overlaps(match.span(), taken):
            taken.append(match.span())
            month = (match["month"] or match["month2"]).lower()[:3]
            day = [name[:3] for name in MONTHS].index(month) * 31.0 + int(match["day"] or match["day2"])
            yield "date", "", day, day, day, False, match.group()
    for match in NUMBER.finditer(text):
        if not _overlaps(match.span(), taken):
            yield from _number(match, unit, words, settings)
    if words is not None:
        yield from _names(unit, words)


def _number(match: re.Match, unit: object, words: _Words | None, settings: ClaimSettings) -> Iterator[tuple]:
    value = _size(match)
    spelled = match["word"] is not None
    if value is None or (spelled and match["word"].lower() == "one" and not match["scale"]):
        return
    currency = CURRENCIES.get(match["currency"] or (match["unit"] or "").lower(), "")
    percent = (match["unit"] or "").lower().replace(" ", "").startswith(("%", "percent"))
    kind = "year" if not spelled and not currency and not percent and not match["scale"] and "," not in match.group() and 1900 <= value < 2100 else "number"
    figure_start = match.start("figure") if match["figure"] else match.start("word") if spelled else match.start("dozen")
    token = words.at(unit.start + figure_start) if words is not None else -1
    about = words.counted(token) if words is not None and token >= 0 else frozenset()
    name = "money" if currency else "percent" if percent else "age" if match["age"] else ""
    before = unit.text[:match.start() + (len(match.group()) - len(match.group().lstrip()))][-24:]
    low, high = (value, value) if kind == "year" else _bounds(value, before, settings)
    shown = match.group().strip() + ("" if name else _noun(about))
    yield kind, " ".join(sorted(about | ({name} if name else set()))), value, low, high, bool(DENIED.search(before)), shown


def _noun(about: frozenset[str]) -> str:
    """One word that tells a reader what was counted: the harm first, then people, then any noun."""
    for word in ("killed", "injured", "people"):
        if word in about:
            return " " + word
    return ""


def _bounds(value: float, before: str, settings: ClaimSettings) -> tuple[float, float]:
    if AT_LEAST.search(before):
        return value, value * 1.5
    if AT_MOST.search(before):
        return value * 0.5, value
    if NEARLY.search(before):
        return value * 0.9, value * 1.1
    slack = settings.rounding * value if value >= 100 else 0.0
    return value - slack / 2, value + slack / 2


def _size(match: re.Match) -> float | None:
    if match["dozen"]:
        return 12.0
    if match["figure"]:
        value = float(match["figure"].replace(",", ""))
    else:
        word, ones = match["word"].lower(), (match["ones"] or "").lower()
        value = float(TENS.get(word, 0) or SMALL[word]) + float(SMALL.get(ones, 0))
    return value * SCALES.get((match["scale"] or "").lower(), 1.0)


def _minutes(match: re.Match) -> float:
    if match["named"]:
        return 720.0 if match["named"].lower() == "noon" else 0.0
    if match["hour24"]:
        return 60.0 * int(match["hour24"]) + int(match["minute24"])
    hour = int(match["hour"]) % 12 + (12 if match["half"].lower().startswith("p") else 0)
    return 60.0 * hour + int(match["minute"] or 0)


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _names(unit: object, words: _Words) -> Iterator[tuple]:
    """Full personal names (two words or more); a single surname can neither confirm nor conflict."""
    at = 0
    while at < len(words.text):
        end = at + 1
        if words.begins[at] and words.entity[at] == "PERSON" and unit.start <= words.start[at] < unit.end:
            while end < len(words.text) and words.entity[end] == "PERSON" and not words.begins[end]:
                end += 1
            parts = [word for word in (text.replace("\u2019", "'") for text in words.text[at:end]) if word[:1].isupper() and len(word) > 2]
            if len(parts) >= 2:
                yield "name", " ".join(parts).lower(), np.nan, np.nan, np.nan, False, " ".join(parts)
        at = end
