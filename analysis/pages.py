"""One page becomes one article: what `clean`, the readers of `ways` and the worker process share."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.corpus import clean, dates, imprint, lines, outlets, records
from analysis.corpus.text import decode_bytes, normalise_text
from analysis.schema import ARTICLES, InputError
from analysis.settings import CleanSettings

OUTLETS = Path(__file__).parents[1] / "seeds" / "outlets.csv"
READERS = clean.Readers(lines.mark_body, imprint.read_imprint, dates.parse_date)
IS_LINK = re.compile(r"https?://", re.IGNORECASE)
PRINTED = ("outlet", "title", "published", "precision", "url", "byline", "agency", "language", "text")


@lru_cache(maxsize=1)
def known_outlets() -> pd.DataFrame:
    """Return the list of known outlets; nobody may change it."""
    return outlets.read_outlets(OUTLETS)


def read_html(raw: bytes, settings: CleanSettings, url: str = "", charset: str = "") -> dict[str, Any]:
    """Find the article in a page's HTML and return it as a row of ARTICLES.

    Args:
        raw: the page's bytes.
        settings: limits.
        url: its address, also named in errors.
        charset: as the server declared it; what the page itself declares counts first.

    Raises:
        InputError: as `clean.clean_html`.
    """
    return make_row(clean.clean_html(_decoded(raw, charset), READERS, settings, url=url, outlets=known_outlets()))


def read_text(raw: bytes | str, settings: CleanSettings, where: str = "") -> dict[str, Any]:
    """Find the article in a page copied as text and return it as a row of ARTICLES.

    Raises:
        InputError: as `clean.clean_page`; bytes in no encoding that can be told.
    """
    text = decode_bytes(raw, where) if isinstance(raw, bytes) else raw
    return make_row(clean.clean_page(normalise_text(text), READERS, settings, file=where, outlets=known_outlets()))


def make_row(page: clean.Page) -> dict[str, Any]:
    """Return a cleaned page as a row of ARTICLES."""
    fields = {name: getattr(page, name) for name in PRINTED}
    fields |= {name: normalise_text(fields[name]) for name in ("outlet", "title", "byline", "text")}
    return {**fields, "given": records.keep_date(page.stated), "article_id": make_id(fields), "genre": "news", "provenance": "",
            "n_words": len(fields["text"].split())}


def make_id(row: dict[str, Any]) -> str:
    """Return the stable id of a row: of its outlet, title and text."""
    return records.make_id(row["outlet"], row["title"], row["text"])


def make_articles(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as an ARTICLES table with its types, and `given` (see `records.keep_date`)."""
    table = pd.DataFrame(rows, columns=[*ARTICLES.columns, "given"])
    published = pd.to_datetime(table["published"], utc=True).astype("datetime64[us, UTC]")
    return table.assign(published=published, n_words=table["n_words"].astype("int64"), given=table["given"].fillna(""))


def pack_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    moment = row["published"]
    return {**row, "published": None if moment is None or pd.isna(moment) else moment.isoformat()}


def unpack_row(packed: dict[str, Any]) -> dict[str, Any]:
    """Return a row as `pack_row` was given it."""
    moment = packed["published"]
    return {**packed, "published": datetime.fromisoformat(moment) if moment else None}


def _decoded(raw: bytes, charset: str) -> bytes | str:
    """The page as text: by its mark, as UTF-8, as it declares itself, as the server declared it; else the bytes, for the parser to guess."""
    told = charset and b"charset" not in raw[:4000].lower() and not raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode(charset) if told else decode_bytes(raw, "")
    except (UnicodeDecodeError, LookupError, InputError):
        return raw
