"""Several articles pasted at once, told apart only where the person said so.

A text is never cut by guess: an article that is divided in two by a star line of its own would count as two voices. What parts articles is
a line of five or more equal signs, hyphens, stars, underscores or tildes, alone on its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"^[ \t]*(=+|-+|\*+|_+|~+|#+|—+|–+)[ \t]*$")
_FIELD = re.compile(r"^(outlet|title|headline|date|published|url|link|author|byline)[ \t]{0,3}:[ \t]{0,3}(\S.{0,1999})$", re.IGNORECASE)
_NAMES = {"headline": "title", "date": "published", "link": "url", "author": "byline"}
_ADDRESS = re.compile(r"^https?://\S{4,2000}$", re.IGNORECASE)
_SHORTEST = 5  # signs; three stars between two blank lines part the sections of one article


@dataclass(frozen=True)
class Piece:
    """One pasted article.

    Attributes:
        text: its lines without those read as fields.
        given: what stood above it as "Outlet: …", "Date: …", "Title: …", "URL: …", "Author: …", or as an address alone on the first line.
    """

    text: str
    given: dict[str, str] = field(default_factory=dict)


def split_pasted(text: str) -> list[Piece]:
    """Part a pasted text into its articles, in order; one without a parting line is one article. Nothing is dropped but the parting lines."""
    pieces: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        sign = _LINE.match(line[:2000])
        if sign and len(sign[1]) >= _SHORTEST:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return [_read_piece(lines) for lines in pieces if any(line.strip() for line in lines)]


def _read_piece(lines: list[str]) -> Piece:
    given: dict[str, str] = {}
    start = 0
    for number, line in enumerate(lines[:20]):
        line = line.strip()
        found = _FIELD.match(line[:2100])
        if found:
            given.setdefault(_NAMES.get(found[1].lower(), found[1].lower()), found[2].strip())
        elif _ADDRESS.match(line[:2100]):
            given.setdefault("url", line)
        elif line:
            break
        start = number + 1
    return Piece("\n".join(lines[start:]).strip("\n"), given)
