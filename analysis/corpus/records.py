"""One raw record becomes one row of ARTICLES, or a reason why it does not: a leaf that `read` stands on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from analysis.corpus.text import normalise_text, replace_surrogates
from analysis.schema import GENRES

FIELDS = {
    "article_id": ("article_id", "id"),
    "outlet": ("outlet", "source", "publisher", "media_name", "source_domain", "domain"),
    "title": ("title", "headline"),
    "published": ("published", "date", "published_at", "publishedAt", "publish_date", "date_publish", "datetime", "pubDate"),
    "precision": ("precision",),
    "url": ("url", "link"),
    "byline": ("byline", "author", "authors"),
    "agency": ("agency",),
    "language": ("language", "lang"),
    "genre": ("genre",),
    "provenance": ("provenance",),
    "text": ("text", "body", "content", "maintext", "article"),
}
"""The names each field goes by in files people have; the first that holds something counts. Case and outer spaces do not matter."""
_FORMS = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%A, %B %d, %Y", "%d %B %Y %H:%M", "%B %d, %Y %H:%M", "%B %d, %Y %I:%M %p",
          "%b %d, %Y %I:%M %p", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S UTC")
_SHORT_ZONE = re.compile(r"([+-]\d{2})$")
_MAIL = re.compile(r"\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}")  # without it the mail parser reads "May 12, 2017 4:30 PM" as half past four at night
_DATELINE = re.compile(r"[A-Z][A-Z .'’-]{1,40}(?:, ?[\w.]{2,12}(?: \d{1,2})?){0,2} ?\(([A-Z][\w .&-]{1,30})\) ?[-–—]")  # "GULL BAY, March 12 (Estuary Wire) -"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_NO_DATE = frozenset(("", "nat", "nan", "none", "null"))
_YEARS = (1600, 2200)  # outside, a date is a slip of the keyboard, and 64-bit nanoseconds end in 2262


class Seen:
    """Remember which ids have come and with which content; 16 bytes an article."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def refuses(self, row: Mapping[str, Any]) -> str:
        """Say why a row whose id has come before is refused; '' for a new one, which is remembered."""
        content = _digest(row["outlet"], row["title"], row["text"])[:16]
        known = self._contents.setdefault(row["article_id"], content)
        if known is content:
            return ""
        if known == content:
            return f"the same as article {row['article_id']}, which came before; counted once"
        return f"the id {row['article_id']} came before with other content; give each article its own id"


def find_field(field: str, columns: Iterable[str]) -> str | None:
    """Return the column that holds a field under one of its names, or None."""
    by_name = {str(column).strip().lower(): column for column in reversed(list(columns))}
    return next((by_name[name.lower()] for name in FIELDS[field] if name.lower() in by_name), None)


def read_record(record: Mapping[str, Any], max_characters: int, as_given: bool = False) -> tuple[dict[str, Any] | None, list[str]]:
    """Turn one record into a row of ARTICLES.

    Args:
        record: the fields as the file has them, under any of their FIELDS names.
        max_characters: longest text taken.
        as_given: keep text and title character for character.

    Returns:
        The row, or None when it holds no article, and the notes for `dropped`: the reason, or what could not be understood in a kept one.
    """
    given = _values(record)
    text, fault = given.get("text"), ""
    if not isinstance(text, str):
        fault = "it has no text" if text is None else f"its text is a {type(text).__name__}"
    elif not normalise_text(text).strip() and not _one_line(given.get("title")):
        fault = "its text is empty, and it has no title"
    elif len(text) > max_characters:
        fault = f"its text is longer than {max_characters:,} characters"
    if fault:
        return None, [f"{fault}; give the words of the article in the field text"]
    row = {field: _one_line(given.get(field)) for field in FIELDS if field not in ("text", "title", "published")}
    row["text"] = replace_surrogates(text) if as_given else normalise_text(text).strip()
    row["title"] = replace_surrogates(given["title"]) if as_given and isinstance(given.get("title"), str) else _one_line(given.get("title"))
    row["agency"] = row["agency"] or find_agency(row["text"], row["outlet"])
    row["published"], row["precision"], notes = _read_published(given.get("published"), row["precision"])
    row["given"] = keep_date(given.get("published"))
    if not row["text"].strip():
        notes.append("kept with its headline alone: its text is empty")
    if row["url"] and not _SCHEME.match(row["url"]):
        notes.append(f"kept without its address: '{row['url'][:60]}' does not begin with http:// or https://")
        row["url"] = ""
    row["genre"] = row["genre"] if row["genre"] in GENRES else ""
    row["language"] = row["language"][:2].lower()
    row["n_words"] = len(row["text"].split())
    row["article_id"] = row["article_id"] or make_id(row["outlet"], row["title"], row["text"])
    return row, notes


def find_agency(text: str, outlet: str) -> str:
    """Return the agency that the text's dateline credits, '' when it has none or credits the outlet itself."""
    match = _DATELINE.match(text)
    if not match or match[1].casefold() == outlet.casefold() or "".join(word[0] for word in match[1].split()) == text[:match.start(1) - 1].strip():
        return ""  # "KLO (Keep Lanthorn Open) – the group that" spells out a name
    return match[1]


def read_link(record: Mapping[str, Any]) -> dict[str, str] | None:
    """Return what a record without a text but with an address says of its article: url, outlet, title, byline, published as written; None for others."""
    given = _values(record)
    url = _one_line(given.get("url"))
    text = given.get("text")
    if not _SCHEME.match(url) or (isinstance(text, str) and text.strip()):
        return None
    return {"url": url, **{name: _one_line(given.get(name)) for name in ("outlet", "title", "byline", "published")}}


def make_id(outlet: str, title: str, text: str) -> str:
    """Return the stable id of an article: 16 hexadecimal digits of a SHA-256 over outlet, title and text."""
    return _digest(outlet, title, text).hex()[:16]


def keep_date(value: Any) -> str:
    """Return a date as its source wrote it, as the JSON object a library keeps beside what was understood; '' when nothing was written."""
    written = _one_line(value)[:200] if _holds(value) and str(value).strip().lower() not in _NO_DATE else ""
    return json.dumps({"published": written}, ensure_ascii=False) if written else ""


def read_time(value: Any) -> tuple[datetime | None, str]:
    """Understand a time as written: ISO 8601, RFC 2822, GDELT's, seconds since 1970, or a date in English words.

    A time without a zone is UTC. 05/06/2017 is two dates and therefore none.

    Returns:
        The UTC time and its precision ('day' for a date alone or midnight UTC to the second, else 'time'); (None, '') when not understood.
    """
    moment = _parse_time(value)
    if moment is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
        return None, ""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    at_midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    return moment, "day" if at_midnight else "time"


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values by field: for each, the first of its names that holds something."""
    lowered = {str(name).strip().lower(): value for name, value in reversed(record.items())}
    found: dict[str, Any] = {}
    for field, names in FIELDS.items():
        values = [lowered[name.lower()] for name in names if name.lower() in lowered]
        value = next((value for value in values if _holds(value)), values[0] if values else None)
        if value is not None:
            found[field] = value
    return found


def _holds(value: Any) -> bool:
    return value is not None and value == value and value != "" and value != [] and value != {}


def _one_line(value: Any) -> str:
    """Any field but the text as one line; lists are joined, and of {id, name} objects the name counts."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title") or ""
    if isinstance(value, list | tuple):
        value = ", ".join(filter(None, map(_one_line, value[:20])))
    if value is None or value != value or isinstance(value, Mapping):
        return ""
    return " ".join(normalise_text(str(value)[:10_000]).split())


def _read_published(value: Any, precision: str) -> tuple[datetime | None, str, list[str]]:
    if not _holds(value) or str(value).strip().lower() in _NO_DATE:
        return None, "", []
    moment, found = read_time(value)
    if moment is None:
        shown = _one_line(value)[:60]
        return None, "", [f"kept without a time: '{shown}' was not understood; write it as 2024-05-01T14:30:00Z"]
    return moment, precision if precision in ("time", "day") else found, []


def _parse_time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    written = " ".join(str(value).split())[:60]
    seconds = written.removesuffix(".0")
    if seconds.isascii() and seconds.isdigit() and len(seconds) in (10, 13):
        return datetime.fromtimestamp(int(seconds) / (1000 if len(seconds) == 13 else 1), UTC)
    return _parse_written(written)


def _parse_written(written: str) -> datetime | None:
    readings = [lambda: datetime.fromisoformat(written), lambda: datetime.fromisoformat(_SHORT_ZONE.sub(r"\g<1>:00", written)),
                lambda: parsedate_to_datetime(written) if _MAIL.search(written) else None]
    readings += [lambda form=form: datetime.strptime(written, form) for form in _FORMS]
    for reading in readings:
        try:
            if moment := reading():
                return moment
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
