"""Text from the clipboard: what each pasted article would become, before and after a person has put it right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis import pages
from analysis.corpus import pasted
from analysis.corpus.records import keep_date, read_time
from analysis.corpus.text import normalise_text
from analysis.schema import InputError
from analysis.settings import Settings


@dataclass(frozen=True)
class Pasted:
    """A text from the clipboard, of one article or several.

    Attributes:
        text: as pasted; see `corpus.pasted` for what parts articles.
        edits: number of the article from 0 -> what the person put right: outlet, title, published, url.
        left_out: numbers of the articles the person does not want.
    """

    text: str
    edits: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()


def look_at_pasted(source: Pasted, settings: Settings) -> list[dict[str, Any]]:
    """Return what each pasted article would become, for a person to put right before it is added: a row of ARTICLES with `fault` ('' or why not)."""
    found = []
    for number, piece in enumerate(_split(source, settings)):
        try:
            row, fault = _read_piece(number, piece, source, settings), ""
        except InputError as error:
            row = {**dict.fromkeys(("outlet", "title", "precision", "url"), ""), "published": None, "text": piece.text, "n_words": len(piece.text.split())}
            fault = str(error)
        found.append({**row, "number": number, "fault": fault})
    return found


def read_pasted(source: Pasted, settings: Settings) -> Iterator[tuple[dict[str, Any] | None, tuple[str, str] | None]]:
    """Give each pasted article that is wanted, as (row, None), or (None, (place, reason)) for one that is none.

    Raises:
        InputError: nothing was pasted.
    """
    for number, piece in enumerate(_split(source, settings)):
        if number in source.left_out:
            continue
        try:
            yield _read_piece(number, piece, source, settings), None
        except InputError as error:
            yield None, (error.where, f"{error.problem}. {error.remedy}")


def _split(source: Pasted, settings: Settings) -> list[pasted.Piece]:
    pieces = pasted.split_pasted(source.text)
    if not pieces:
        raise InputError("nothing was pasted", where="the pasted text", remedy="Paste the article's text")
    if len(pieces) > settings.corpus.max_pasted:
        raise InputError(f"{len(pieces):,} articles were pasted, the limit is {settings.corpus.max_pasted}", where="the pasted text",
                         remedy="Put them into files")
    return pieces


def _read_piece(number: int, piece: pasted.Piece, source: Pasted, settings: Settings) -> dict[str, Any]:
    """A pasted article with what stood above it, and what the person put right, which wins.

    Raises:
        InputError: it holds no article, or a date put right is none.
    """
    where = f"pasted text {number + 1}"
    row = pages.read_text(piece.text, settings.clean, where)
    given = {**piece.given, **source.edits.get(number, {})}
    row |= {name: " ".join(normalise_text(given[name]).split()) for name in ("outlet", "title", "byline", "url") if name in given}
    if "published" in given:
        moment, precision = read_time(given["published"])
        if moment is None and given["published"].strip():
            raise InputError(f"'{given['published'][:40]}' is no date that can be understood", where=where, column="date",
                             remedy="Write it as 2024-05-01 or 2024-05-01T14:30Z")
        row |= {"published": moment, "precision": precision, "given": keep_date(given["published"])}
    row["url"] = row["url"] if pages.IS_LINK.match(row["url"]) else ""
    return {**row, "article_id": pages.make_id(row)}
