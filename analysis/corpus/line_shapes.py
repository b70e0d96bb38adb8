"""Measure each line of a pasted page by itself: its size, its marks, its words and what kind of thing it says.

The patterns name kinds of lines (a credit, a form, a date, the turn to other articles), not sites or outlets. `line_features.py` adds
where a line stands and what stands around it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data"
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]?(?=\s|$)|[。！？]")
ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]{0,3}$")
GLUED = re.compile(r"[a-zà-ÿ0-9.!?%)][A-ZÀ-Þ][a-zà-ÿ]")  # "SteakhouseA party of six": a teaser's headline and text without their boxes
FUNCTION_WORDS = {code: frozenset(words) for code, words in json.loads((DATA / "function_words.json").read_text("utf-8")).items() if len(code) == 2}
MONTHS = [name for name, number in json.loads((DATA / "months.json").read_text("utf-8")).items() if isinstance(number, int)]
MONTH = f"(?:{'|'.join(sorted(map(re.escape, MONTHS), key=len, reverse=True))})"
SHAPES: dict[str, re.Pattern[str]] = {name: re.compile(pattern, re.I) for name, pattern in {
    "date": rf"\b{MONTH}\b\.? \d{{1,2}}\b|\b\d{{1,2}}\.? (?:de )?{MONTH}\b|\b\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}\b",
    "time": r"\b\d{1,2}[:.]\d\d\b|\b\d+ (?:min|minutes|hours?|days?)\b",
    "byline": r"^(?:by|from|reporting by|written by|edited by|author|about the author)\b",
    "credit": r"©|\b(?:getty|shutterstock|ap photo|epa|afp|file photo|photo(?:graph)?s?(?: by)?|images?|credit|courtesy|illustration|pictured?)\b",
    "caption": r"\((?:left|right|center|centre|l|r|c|file|photo|image|source)\b|"
               r"\b(?:seen|pictured|poses?|shown|speaks|shakes|arrives?|walks?|leads|attends?) (?:here|in|at|during|with|for|as|on|to|into|the|a|hands)\b",
    "rights": r"\b(?:copyright|all rights|reserved|terms of|privacy|cookies?|policy|registered|trademark|reprints?)\b|©",
    "ask": r"\b(?:subscribe|subscription|sign[ -]?(?:up|in)|log ?in|newsletters?|e-?mail|inbox|follow|click|download|donate|join|"
           r"register|free|alerts?|app|account|contact|membership)\b",
    "turn": r"^(?:you (?:may|might)|(?:read|see|check|watch|listen)\b.{0,12}\b(?:also|more|next|this|now|full)|more\b|most\b|related|recommended|trending|"
            r"popular|latest|top\b|editors?['’]?s?\b|comments?\b|leave a|tags?\b|topics?\b|filed under|follow\b|share|about the|show\b|sponsored|"
            r"advertisement|promoted|around the web|up next|next\b|previous|explore|in other|don['’]t miss|source\s?:|also\b|loading|leia (?:também|mais)|"
            r"lea también|(?:à )?lire aussi|lesen sie|mehr zum|leggi anche|baca juga|lees ook|читайте также|relacionad|verwandte|sur le même)",
    "share": r"\b(?:share[ds]?|tweet|facebook|twitter|whatsapp|linkedin|reddit|pinterest|print|copy link|flipboard|telegram|comments?)\b",
    "you": r"\b(?:you|your|we|our|us|my|i)\b",
    "said": r"\b(?:said|says|told|added|according|reported|wrote|announced|asked|stated)\b",
    "past": r"\b(?:was|were|had|has|have|been|is|are|will|would|could)\b|\w{3,30}ed\b",
    "dateline": r"^[A-Z][\w.' ,]{2,40}\s?(?:\(|[—–-]|/)",
    "markup": r"\{\{|\}\}|<[a-z/]|[{}<>|]|https?:|www\.|\.com\b|@",
    "bullet": r"^(?:[•·*►▶»«-]|\d{1,3}[.)]?(?:\s|$))",
    "list": r"^[^.!?]{0,80}(?:,|:|;)$",
    "person": r"\b(?:he|she|his|her|him|they|their|its?)\b",
    "cut": r"(?:\.\.\.|…|\[…\]|\bmore|»|>)\W{0,3}$",
    "about": r"\bis an? (?:[\w-]+ ){0,4}(?:reporter|writer|editor|journalist|correspondent|columnist|author|freelance\w{0,4}|producer|contributor|fellow)\b|"
             r"\b(?:founded|established|headquartered|based) in\b|\bcan be reached|for more information|\bcontact us|\bfollow (?:him|her|us|them)\b|"
             r"\bis (?:an?|the) (?:[\w,-]+ ){0,5}(?:provider|organi[sz]ation|company|nonprofit|publication|newspaper|publisher|website|platform|source)\b",
    "counter": r"^[\d\s.,:kKmM/%+-]{1,40}$",
}.items()}
NUMERIC = ("date", "time", "counter")  # shapes of lines that hold a digit; other lines are not searched for them
MEASURED = 20_000  # characters of a line that are measured; no paragraph is longer, and its kind shows long before
COMPARED = 1_500  # characters of a line that are compared with other lines
LINE_FEATURES = ("words", "chars", "sentences", "ends", "function", "capitals", "all_capitals", "digits", "commas", "marks", "lower_start",
                 "quote_start", "quotes", "colon", "question", "word_length", "glued", "ideographs", *SHAPES)


@dataclass(frozen=True)
class Lines:
    """A page's lines with what every measure needs of them.

    Attributes:
        lines: as printed, blank ones dropped.
        words: each line's words, of its first `MEASURED` characters.
        function_words: of the language that fits the page's long lines best.
    """

    lines: Sequence[str]
    words: list[list[str]]
    function_words: frozenset[str]

    @cached_property
    def own(self) -> np.ndarray:
        """Each line by itself: (n lines, `LINE_FEATURES`)."""
        words_of = dict(zip(self.lines, self.words, strict=True))
        described = {line: describe_line(line, words, self.function_words) for line, words in words_of.items()}
        return np.array([described[line] for line in self.lines], dtype=np.float64).reshape(len(self.lines), len(LINE_FEATURES))

    @cached_property
    def column(self) -> dict[str, np.ndarray]:
        """The columns of `own` by name."""
        return dict(zip(LINE_FEATURES, self.own.T, strict=True))

    @cached_property
    def n_words(self) -> np.ndarray:
        """Words of each line; two ideographs count as one."""
        return np.expm1(self.column["words"])

    @cached_property
    def prose(self) -> np.ndarray:
        """Whether a line is a paragraph of sentences."""
        return (self.n_words >= 12) & (self.column["ends"] > 0) & ((self.column["function"] > 0.2) | (self.column["ideographs"] > 2.4))

    @cached_property
    def dated(self) -> np.ndarray:
        """Whether a line is a short one with a date or a byline."""
        return (self.column["date"] + self.column["byline"] > 0) & (self.n_words <= 14)

    @cached_property
    def bags(self) -> list[frozenset[str]]:
        """Each line's content words."""
        return [frozenset(word.lower() for word in words[:COMPARED // 5] if len(word) > 3) - self.function_words for words in self.words]


def read_lines(lines: Sequence[str]) -> Lines:
    """Split a page's lines into words and find its language."""
    words = [WORD.findall(line[:MEASURED]) for line in lines]
    used = Counter(word.lower() for line, found in zip(lines, words, strict=True) if len(line) > 60 for word in found)
    return Lines(lines, words, max(FUNCTION_WORDS.values(), key=lambda listed: sum(used[word] for word in listed)))


def describe_line(line: str, words: Sequence[str], function_words: frozenset[str]) -> list[float]:
    """Measure one line by itself: size, sentence marks, word classes, quotation marks and shapes, in the order of `LINE_FEATURES`.

    Two ideographs count as a word, because their scripts part no words by spaces.
    """
    line = line[:MEASURED]
    n = len(words) or 1
    letters = [word for word in words if word[0].isalpha()]
    n_ideographs = 0 if line.isascii() else len(IDEOGRAPH.findall(line))
    return [
        np.log1p(max(len(words), n_ideographs / 2)), np.log1p(len(line)), np.log1p(len(SENTENCE_END.findall(line))), float(bool(ENDS_SENTENCE.search(line))),
        sum(word.lower() in function_words for word in words) / n, sum(word[0].isupper() for word in letters) / (len(letters) or 1),
        sum(word.isupper() and len(word) > 1 for word in letters) / (len(letters) or 1), sum(word[0].isdigit() for word in words) / n,
        line.count(",") / n, sum(not (c.isalnum() or c.isspace()) for c in line) / (len(line) or 1), float(line[:1].islower()),
        float(line[:1] in "\"“'‘"), float(sum(line.count(mark) for mark in "\"“”") > 0), float(line.endswith(":")), float(line.endswith("?")),
        len(line) / n, float(len(GLUED.findall(line))), np.log1p(n_ideographs),
        *(float(len(pattern.findall(line))) if name not in NUMERIC or any(map(str.isdigit, line)) else 0.0 for name, pattern in SHAPES.items()),
    ]
