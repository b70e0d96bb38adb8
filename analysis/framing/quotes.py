"""Quotation marks: which stretches of an article stand between them.

A small state machine over the marks of each paragraph. What a mark does is read from its surroundings first and from its shape
second, because curly marks are often turned the wrong way and straight ones have no way. Who speaks is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.schema import SENTENCES, Table, check_table
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

QUOTED = Table("quoted", "one stretch between quotation marks", {
    "article_id": "", "sentence": "sentence of its first character", "paragraph": "0 = title", "start": "offset of the opening mark",
    "end": "offset after the closing mark", "mark": "double or single", "closed": "False when no closing mark was found",
    "continues": "True when it goes on with a quotation left open in the paragraph before", "n_words": "words between the marks",
})

_MARK = re.compile(r"[“”„«»\"]|``|''|(?<![A-Za-z0-9])['‘’](?=[A-Za-z0-9$£€\[(“\"])")
_DOUBLE = re.compile(r"[“”„«»\"]|``|''")
_SINGLE_CLOSE = re.compile(r"['’](?![A-Za-z0-9])")
_ELIDED = re.compile(r"['‘’](?:em|tis|twas|til|till|cause|bout|round|n|nuff|cos|s|re|ve|ll|d|m|t|\d{2,4}s?)\b", re.IGNORECASE)
_SAID = re.compile(
    r"[,?!] (?:(?:he|she|they|it|(?:[A-Z][\w.'’-]{0,30} ){0,3}[A-Z][\w'’-]{0,30}) (?:said|says|told|added|wrote|noted|explained|asked|continued)"
    r"|(?:said|says|wrote|added|asked) (?:[A-Z]|the |an? ))")
_WORD = re.compile(r"\w[\w'’.,-]*")
_OPENING_SHAPE, _CLOSING_SHAPE = ("“", "„", "«", "``"), ("”", "»", "''")
_BEFORE_OPENING, _AFTER_CLOSING = " \t\n\r\u00a0([{—–-/‘'", " \t\n\r\u00a0.,;:!?)]}—–-/…"


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph's place in the text, and where its sentences end."""

    text: str
    start: int
    end: int
    sentence_ends: np.ndarray


def find_quoted(articles: pd.DataFrame, sentences: pd.DataFrame, settings: VoiceSettings = DEFAULTS) -> pd.DataFrame:
    """Find every stretch between quotation marks, outermost marks only.

    Handles curly and straight marks and mixtures, single marks beside apostrophes, a quotation running over paragraphs (each
    re-opened, or closed only at its end), and an odd number of marks: a mark without a partner ends before "…, he said", with its
    paragraph when it opens the paragraph or follows a comma or colon, otherwise with its sentence.

    Args:
        articles: needs article_id, title, text.
        sentences: SENTENCES of the same articles.
        settings: longest stretch between single marks.

    Returns:
        QUOTED, in the order of article and place; a quotation never crosses a paragraph: one row for each.

    Source: ours: marks are unreliable on copied pages, so surroundings come before shape (METHODS 4.1: an odd number of marks
    must not stop the search).
    """
    check_table(sentences, SENTENCES)
    rows, texts = [], dict(zip(articles["article_id"], zip(articles["title"], articles["text"], strict=True), strict=True))
    for article_id, own in sentences.groupby("article_id", sort=False):
        rows += _article(article_id, own.sort_values("sentence"), texts[article_id], settings)
    return pd.DataFrame(rows, columns=list(QUOTED.columns)) if rows else QUOTED.empty()


def _article(article_id: str, own: pd.DataFrame, texts: tuple[str, str], settings: VoiceSettings) -> Iterator[tuple]:
    numbers, paragraphs = own["sentence"].to_numpy(), own["paragraph"].to_numpy()
    starts, ends = own["start"].to_numpy(), own["end"].to_numpy()
    left_open = False
    for number in np.unique(paragraphs):
        here = paragraphs == number
        text = texts[0] if number == 0 else texts[1]
        paragraph = _Paragraph(text, int(starts[here][0]), int(ends[here][-1]), ends[here])
        pieces = list(_pieces(paragraph, left_open, settings))
        for start, end, mark, closed in pieces:
            continues = left_open and start == paragraph.start
            sentence = numbers[here][np.searchsorted(starts[here], start, side="right") - 1]
            words = len(_WORD.findall(text, start, end))
            yield article_id, int(sentence), int(number), start, end, mark, closed, continues, words
        last = pieces[-1] if pieces else None
        left_open = bool(last and number and last[2] == "double" and not last[3] and last[1] == paragraph.end)


def _role(text: str, m: re.Match[str], inside: bool) -> str:
    """Say whether a double mark opens or closes."""
    before, after = text[m.start() - 1:m.start()] if m.start() else "", text[m.end():m.end() + 1]
    may_open, may_close = not before or before in _BEFORE_OPENING, not after or after in _AFTER_CLOSING
    if may_open != may_close:
        return "open" if may_open else "close"
    if m[0] in _OPENING_SHAPE:
        return "open"
    if m[0] in _CLOSING_SHAPE or inside:
        return "close"
    return "inch" if before.isdigit() else "open"


def _pieces(paragraph: _Paragraph, left_open: bool, settings: VoiceSettings) -> Iterator[tuple[int, int, str, bool]]:
    text, place, opened = paragraph.text, paragraph.start, -1
    first = _DOUBLE.search(text, paragraph.start, paragraph.end)
    if left_open and first and first.start() > paragraph.start and _role(text, first, True) == "close":
        opened = paragraph.start
    while m := _MARK.search(text, place, paragraph.end):
        place = m.end()
        if m[0] == '"' and text[m.start() - 1:m.start()] == "=":
            partner = text.find('"', m.end(), paragraph.end)  # an attribute of leftover markup, not speech
            place = partner + 1 if partner >= 0 else place
            continue
        if opened < 0 and m[0] in "'‘’":
            end = _single_end(paragraph, m, settings)
            if end:
                yield m.start(), end, "single", True
                place = end
            continue
        if m[0] in "'‘’":
            continue
        role = _role(text, m, opened >= 0)
        if role == "open" and opened >= 0 and not _DOUBLE.search(text, m.end(), paragraph.end):
            role = "close"  # the last mark of the paragraph and one still open: a closing mark turned the wrong way
        if role == "close" and opened >= 0:
            yield opened, m.end(), "double", True
            opened = -1
        elif role == "open":
            if opened >= 0:
                yield opened, _cut_open(paragraph, opened, m.start()), "double", False
            opened = m.start()
    if opened >= 0:
        yield opened, _cut_open(paragraph, opened, paragraph.end), "double", False


def _cut_open(paragraph: _Paragraph, opened: int, limit: int) -> int:
    """End a quotation whose closing mark is missing, at `limit` at the latest."""
    said = _SAID.search(paragraph.text, opened, limit)
    if said:
        return said.start() + 1
    before = paragraph.text[paragraph.start:opened].rstrip()
    if limit == paragraph.end and (not before or before[-1] in ",:"):
        return limit
    own_end = paragraph.sentence_ends[np.searchsorted(paragraph.sentence_ends, opened, side="right")]
    end = min(int(own_end), limit)
    return opened + len(paragraph.text[opened:end].rstrip())


def _single_end(paragraph: _Paragraph, m: re.Match[str], settings: VoiceSettings) -> int:
    """Return where the quotation opened by a single mark ends, 0 when the mark is an apostrophe.

    A closing mark after punctuation is sure; one after "s" and before a small letter may be a possessive (the workers' union) and
    is taken only when nothing better follows.
    """
    text, limit = paragraph.text, min(paragraph.end, m.start() + settings.longest_single)
    if _ELIDED.match(text, m.start()):
        return 0
    doubtful = 0
    for close in _SINGLE_CLOSE.finditer(text, m.end(), limit):
        if len(_DOUBLE.findall(text, m.end(), close.start())) % 2:
            continue
        before, after = text[close.start() - 1], text[close.end():close.end() + 2]
        if before in " \t\n(" or (doubtful and _MARK.search(text, doubtful, close.start())):
            break
        if before in "sS" and after[:1] == " " and after[1:].islower():
            doubtful = doubtful or close.end()
            continue
        return close.end()
    return doubtful
