"""Speakers: whose words stand between quotation marks, and which statements are reported without them.

Joins quoted stretches to reporting words by place: beside the quotation first, then carried over from the quotation or the
sentence before. The speaker is given as printed; full names are looked up by the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.framing.sources import can_voice, is_title, known_names, source_kind
from analysis.schema import QUOTES, SENTENCES, TOKENS, check_table
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

_WORD = re.compile(r"\w[\w'’.,-]*")
_FINISHED = re.compile(r"[,.!?…—–-][\"”»'’)\]]*$")
_MARKS = "\"“”„«»'’‘` "
_CUE_COLUMNS = ["sentence", "cue_start", "cue_end", "cue", "stance", "introduces", "speaker_start", "speaker_end", "named_start", "named_end", "start", "end"]
_PIECE_COLUMNS = ["sentence", "paragraph", "start", "end", "mark", "continues", "n_words"]
_PERSONAL = ("he", "she", "they", "i", "we")


class _Cue(NamedTuple):
    """A reporting word, who it belongs to and what it reports; offsets -1 when nobody is named or nothing is reported."""

    sentence: int
    start: int
    end: int
    words: str
    stance: str
    introduces: bool
    speaker: tuple[int, int]
    named: tuple[int, int]
    content: tuple[int, int] = (-1, -1)


class _Piece(NamedTuple):
    """A quoted stretch with its sentences and what stands around it there."""

    sentence: int
    last_sentence: int
    paragraph: int
    start: int
    end: int
    mark: str
    continues: bool
    n_words: int


@dataclass(frozen=True)
class _Article:
    """One article's title or body, ready for looking left and right."""

    text: dict[int, str]
    start: dict[int, int]
    end: dict[int, int]
    paragraph: dict[int, int]
    cues: dict[int, list[_Cue]]
    subjects: dict[int, tuple[int, int, bool]]
    pieces: list[_Piece]

    def before(self, piece: _Piece) -> str:
        """Return what stands before the piece in its sentence."""
        return self.text[piece.sentence][:piece.start - self.start[piece.sentence]]

    def between(self, sentence: int, first: int, last: int) -> str:
        """Return the words of a sentence from offset `first` to `last`."""
        begins = self.start[sentence]
        return self.text[sentence][max(0, first - begins):max(0, last - begins)]

    def mentioned(self, span: tuple[int, int]) -> str:
        """Return the words at an offset of the text."""
        holds = next((n for n, s in self.start.items() if s <= span[0] < self.end[n]), None) if span[0] >= 0 else None
        return "" if holds is None else self.between(holds, *span)


_NOBODY = _Cue(-1, -1, -1, "", "", False, (-1, -1), (-1, -1))


def name_speakers(
    sentences: pd.DataFrame, tokens: pd.DataFrame, quoted: pd.DataFrame, statements: pd.DataFrame,
    settings: VoiceSettings = DEFAULTS,
) -> pd.DataFrame:
    """Tell direct, mixed and indirect speech apart and name the speaker of each.

    How to read it: a quotation split around its reporting words is two direct rows with one speaker. A quoted scrap inside an
    indirect statement is a `mixed` row beside the `indirect` row of the whole statement. Short quoted words that nobody is said
    to have spoken (titles, scare quotes) give no row. Two apostrophes ('') for a mark come from archives that lost the marks:
    such words are attributed, but `indirect`, until reading has turned them into marks.

    Args:
        sentences: SENTENCES.
        tokens: TOKENS.
        quoted: QUOTED of the same articles.
        statements: STATEMENTS of the same articles.
        settings: how far a speaker is carried and how long a scrap may be.

    Returns:
        QUOTES in the order of place; `resolved` is the speaker as printed, or the noun a relative pronoun stands for. `speaker`
        is '' and its offsets <NA> when unresolved.

    Source: ours: rules in the line of METHODS 4.5, measured on PolNeAR (benchmarks/README.md).
    """
    check_table(sentences, SENTENCES)
    check_table(tokens, TOKENS)
    subjects = _subjects(tokens)
    own_quoted, own_statements = _by_text(quoted), _by_text(statements)
    rows = []
    for (article_id, title), own in sentences.assign(title=sentences["sentence"] == 0).groupby(["article_id", "title"], sort=False):
        key = (article_id, title)
        if key in own_quoted or key in own_statements:
            article = _article(own, own_quoted.get(key), own_statements.get(key), subjects.get(article_id, {}))
            rows += [(article_id, *row) for row in _rows(article, settings)]
    table = pd.DataFrame(rows, columns=list(QUOTES.columns)) if rows else QUOTES.empty()
    unknown = table["speaker_start"] == -1
    offsets = {name: table[name].astype("Int64").mask(unknown) for name in ("speaker_start", "speaker_end")}
    return table.assign(**offsets)


def _by_text(table: pd.DataFrame) -> dict[tuple[str, bool], pd.DataFrame]:
    return dict(iter(table.assign(title=table["sentence"] == 0).groupby(["article_id", "title"], sort=False)))


def _subjects(tokens: pd.DataFrame) -> dict[str, dict[int, tuple[int, int, bool]]]:
    """Find for each sentence the offsets of its main verb's subject where it can be a voice, and whether it is a person or a group."""
    tokens, dep = tokens.assign(entity=known_names(tokens)), tokens["dep"].astype(str)
    speaks = tokens["entity"].isin(("PERSON", "ORG", "NORP")) | tokens["text"].astype(str).str.lower().isin(_PERSONAL)
    roots = tokens.loc[dep == "ROOT", ["article_id", "sentence", "token"]]
    nouns = tokens.assign(speaks=speaks)[dep.isin(("nsubj", "nsubjpass")) & tokens["pos"].isin(("PROPN", "NOUN", "PRON"))]
    kinds = [source_kind(*noun) for noun in zip(nouns["lemma"], nouns["pos"], nouns["entity"], strict=True)]
    speaking = np.array([can_voice(kind, inherited=True) for kind in kinds], dtype=bool)
    nouns = nouns.loc[speaking, ["article_id", "sentence", "head", "token", "start", "end", "speaks"]]
    found = nouns.merge(roots, left_on=["article_id", "sentence", "head"], right_on=["article_id", "sentence", "token"], suffixes=("", "_root"))
    left = tokens.loc[dep.isin(("det", "compound", "amod", "poss", "nummod")), ["article_id", "sentence", "head", "start"]]
    left = left.groupby(["article_id", "sentence", "head"])["start"].min().rename("first")
    found = found.join(left, on=["article_id", "sentence", "token"])
    first = found["first"].fillna(found["start"]).astype(int)
    subjects: dict[str, dict[int, tuple[int, int, bool]]] = {}
    places = zip(found["article_id"], found["sentence"], first, found["start"], found["end"], found["speaks"], strict=True)
    for article_id, sentence, begins, starts, ends, speaks in places:
        subjects.setdefault(article_id, {}).setdefault(int(sentence), (min(int(begins), int(starts)), int(ends), bool(speaks)))
    return subjects


def _article(own: pd.DataFrame, quoted, statements, subjects: dict[int, tuple[int, int, bool]]) -> _Article:
    own = own.sort_values("sentence")
    numbers, starts = own["sentence"].tolist(), own["start"].tolist()
    paragraph = dict(zip(numbers, own["paragraph"].tolist(), strict=True))
    cues: dict[int, list[_Cue]] = {}
    for n, start, end, words, stance, introduces, *spans in _records(statements, _CUE_COLUMNS):
        cues.setdefault(n, []).append(_Cue(n, start, end, words, stance, introduces, *zip(spans[::2], spans[1::2], strict=True)))
    pieces = []
    for n, number, start, end, mark, continues, words in sorted(_records(quoted, _PIECE_COLUMNS), key=lambda q: q[2]):
        last = numbers[int(np.searchsorted(starts, end - 1, side="right")) - 1]
        pieces.append(_Piece(n, last, number, start, end, mark, continues, words))
    spans = [(p.start, p.end) for p in pieces]
    free = {n: s for n, s in subjects.items() if n in paragraph and not any(a <= s[0] < b for a, b in spans)}
    text, start, end = (dict(zip(numbers, own[column].tolist(), strict=True)) for column in ("text", "start", "end"))
    return _Article(text, start, end, paragraph, cues, free, pieces)


def _records(table: pd.DataFrame | None, columns: list[str]) -> Iterator[tuple]:
    return iter(()) if table is None else zip(*(table[column].tolist() for column in columns), strict=True)


def _rows(article: _Article, settings: VoiceSettings) -> list[tuple]:
    rows, spoken, before = [], [], _NOBODY
    for i, piece in enumerate(article.pieces):
        whole = _is_whole(article, piece, settings)
        cue = _beside(article, piece)
        if whole:
            if cue is _NOBODY or cue.speaker[0] < 0:
                cue = _later(article, i) or _carried(article, i, before, settings)
            before = cue
        elif cue is not _NOBODY and not _is_far(article, piece, cue, settings):
            before = cue if cue.speaker[0] >= 0 else before
        else:
            cue = _covering(article, piece)
            if cue is _NOBODY and (piece.n_words < settings.shortest_unattributed or is_title(article.mentioned((piece.start, piece.end)))):
                continue
            cue = _from_subject(article, piece.sentence) if cue is _NOBODY else cue
        lost_marks = article.text[piece.sentence][piece.start - article.start[piece.sentence]:].startswith("''")
        kind = "indirect" if lost_marks else "direct" if whole else "mixed"
        rows.append(_row(article, piece.sentence, (piece.start, piece.end), kind, cue, piece.n_words))
        if whole:
            spoken.append((piece.start, piece.end))
    rows += _indirect(article, spoken)
    return sorted(rows, key=lambda row: (row[1], -row[2], row[3]))


def _row(article: _Article, sentence: int, span: tuple[int, int], kind: str, cue: _Cue, n_words: int) -> tuple:
    speaker = article.mentioned(cue.speaker)
    words, stance = (cue.words, cue.stance) if cue.start >= 0 else ("", "")
    return sentence, *span, kind, speaker, *(cue.speaker if speaker else (-1, -1)), words, stance, article.mentioned(cue.named), n_words


def _is_whole(article: _Article, piece: _Piece, settings: VoiceSettings) -> bool:
    """Tell a whole statement in marks from a scrap by where it starts and whether it ends as a statement does."""
    before = article.before(piece).rstrip()
    words = article.between(piece.sentence, piece.start, article.end[piece.sentence])[: piece.end - piece.start]
    bare = words.strip(_MARKS)
    finished = bool(_FINISHED.search(article.mentioned((piece.start, piece.end)))) or piece.last_sentence != piece.sentence
    capital, few = bare[:1].isupper(), settings.longest_scrap
    alone = not before and piece.end == article.end[piece.sentence]
    if piece.mark == "single" and alone and article.paragraph.get(piece.sentence + 1) != piece.paragraph != article.paragraph.get(piece.sentence - 1):
        return False  # a line of its own in single marks is a heading
    if not before or piece.continues:
        return finished or piece.n_words > few
    if before[-1] in ",:":
        follows = any(0 <= piece.start - c.end <= 3 and c.introduces for c in article.cues.get(piece.sentence, ()))
        return follows or (piece.n_words > settings.shortest_whole and (capital or piece.n_words > few))
    if before[-1].isalnum():
        return any(0 < piece.start - c.end <= 2 and c.introduces for c in article.cues.get(piece.sentence, ()))
    return capital and piece.n_words > few


def _beside(article: _Article, piece: _Piece) -> _Cue:
    """Find the reporting word next to the piece: before it, or behind its last words; never across another quotation."""
    left = [c for c in article.cues.get(piece.sentence, ()) if c.introduces and c.end <= piece.start and not _crosses(article, c.end, piece.start)]
    right = [c for c in article.cues.get(piece.last_sentence, ()) if c.introduces and c.start >= piece.end and not _crosses(article, piece.end, c.start)]
    nearest_left = max(left, key=lambda c: c.end, default=_NOBODY)
    nearest_right = min(right, key=lambda c: c.start, default=_NOBODY)
    if nearest_left is _NOBODY or nearest_right is _NOBODY:
        return nearest_right if nearest_left is _NOBODY else nearest_left
    inner = article.mentioned((piece.start, piece.end)).rstrip(_MARKS)
    block = nearest_right.start if nearest_right.speaker[0] < piece.end else min(nearest_right.start, nearest_right.speaker[0])
    if inner[-1:] in (",", "?", "!") and block - piece.end <= 2:
        return nearest_right
    touches = article.before(piece).rstrip()[-1:] == ":" or piece.start - nearest_left.end <= 3
    return nearest_left if touches or inner[-1:] not in (",", "?", "!") else nearest_right


def _is_far(article: _Article, piece: _Piece, cue: _Cue, settings: VoiceSettings) -> bool:
    """Tell a word in marks that only shares its sentence with a later reporting word: the "calm" march was led by Roe, who said …"""
    ahead = min(place for place in (cue.start, cue.speaker[0]) if place >= piece.end) if cue.start >= piece.end else piece.end
    return piece.n_words < settings.shortest_unattributed and bool(_WORD.search(article.between(piece.sentence, piece.end, ahead)))


def _crosses(article: _Article, first: int, last: int) -> bool:
    return any(first <= p.start and p.end <= last for p in article.pieces)


def _covering(article: _Article, piece: _Piece) -> _Cue:
    """Find the shortest statement whose reported words hold the piece."""
    holds = [c for c in article.cues.get(piece.sentence, ()) if 0 <= c.content[0] <= piece.start + 1 and piece.end - 1 <= c.content[1]]
    return min(holds, key=lambda c: c.content[1] - c.content[0], default=_NOBODY)


def _from_subject(article: _Article, sentence: int) -> _Cue:
    subject = article.subjects.get(sentence)
    return _NOBODY if subject is None else _Cue(sentence, -1, -1, "", "", False, subject[:2], subject[:2])


def _later(article: _Article, i: int) -> _Cue | None:
    """Find who is named only where a quotation over several paragraphs ends."""
    for piece in article.pieces[i + 1:]:
        if not piece.continues:
            return None
        cue = _beside(article, piece)
        if cue.speaker[0] >= 0:
            return cue._replace(start=-1)
    return None


def _carried(article: _Article, i: int, before: _Cue, settings: VoiceSettings) -> _Cue:
    """Give a quotation without reporting words to whoever spoke just before it."""
    piece = article.pieces[i]
    if piece.continues or article.before(piece).strip():
        own = _NOBODY if piece.continues else _from_subject(article, piece.sentence)
        if own is not _NOBODY:
            return own
        return before if piece.continues else _NOBODY
    previous = article.pieces[i - 1] if i else None
    gap = range((previous.last_sentence if previous else 0) + 1, piece.sentence)
    told = [n for n in gap if n in article.text and piece.sentence - n <= settings.carry_sentences]
    for n in reversed(told):
        speaking = [c for c in article.cues.get(n, ()) if c.speaker[0] >= 0]
        if speaking:
            return speaking[-1]._replace(start=-1)
        if n in article.subjects and article.subjects[n][2]:
            return _from_subject(article, n)
    near = previous is not None and piece.sentence - previous.last_sentence <= settings.carry_sentences
    return before._replace(start=-1) if near else _NOBODY


def _indirect(article: _Article, spoken: list[tuple[int, int]]) -> Iterator[tuple]:
    for cue in (c for own in article.cues.values() for c in own if c.content[0] >= 0):
        start, end = cue.content
        shared = sum(max(0, min(end, b) - max(start, a)) for a, b in spoken)
        if 2 * shared <= end - start:
            yield _row(article, cue.sentence, cue.content, "indirect", cue, len(_WORD.findall(article.between(cue.sentence, start, end))))
