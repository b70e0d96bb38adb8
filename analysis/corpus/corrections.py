"""Corrections: what a person says an article's outlet, title, date, agency or genre truly is, in a log that is only ever added to.

The value that came with the article is kept beside the first correction of a field, so that taking corrections back gives exactly what
was there; a correction wins over every later ingest, because a known article is never written again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from analysis.corpus.records import read_time
from analysis.corpus.text import normalise_text
from analysis.schema import GENRES, InputError, Table

FIELDS = ("outlet", "title", "published", "agency", "genre")
CORRECTIONS = Table("corrections", "one correction, in the order made", {
    "correction_id": "", "at": "UTC time, ISO 8601", "article_id": "", "field": "one of FIELDS",
    "value": "what is right; published as a date or a UTC time, '' when unknown", "original": "what came with the article, in the same form",
    "reason": "the person's words, ''", "undoes": "correction_id that this entry takes back, else ''",
})
_LONGEST = 1_000  # characters of a value; a headline runs to 300


def make_correction(article: Mapping[str, Any], field: str, value: str, *, at: datetime, log: pd.DataFrame, reason: str = "") -> dict[str, Any]:
    """Make one entry of the log.

    Args:
        article: a row of ARTICLES as it stands.
        field: one of FIELDS.
        value: what is right; '' for none or unknown. A date as written (2024-05-01, 12 May 2017, an ISO time).
        at: when, with a time zone.
        log: the log so far.
        reason: the person's words.

    Returns:
        One row of CORRECTIONS.

    Raises:
        InputError: the field is not one that can be corrected, or the value cannot be understood or stands there already.
    """
    where = f"article {article['article_id']}"
    if field not in FIELDS:
        raise InputError(f"{field!r} cannot be corrected", where=where, column=field, remedy=f"Correct one of: {', '.join(FIELDS)}")
    now, right = value_of(article, field), _read_value(field, value, at, where)
    if right == now:
        raise InputError(f"that is what the library has already: {now[:80]!r}", where=where, column=field, remedy="Give another value")
    earlier = log[(log["article_id"] == article["article_id"]) & (log["field"] == field)]
    original = earlier["original"].iloc[0] if len(earlier) else now
    return _entry({"at": at.isoformat(), "article_id": article["article_id"], "field": field, "value": right, "original": original,
                   "reason": _one_line(reason), "undoes": ""}, log)


def make_undo(correction_id: str, *, at: datetime, log: pd.DataFrame) -> dict[str, Any]:
    """Make the entry that takes one back.

    Raises:
        InputError: no correction in force has this id.
    """
    found = log[log["correction_id"] == correction_id]
    if not len(found) or found["undoes"].iloc[0] or correction_id in set(log["undoes"]):
        raise InputError("there is no correction in force to take back", where=f"correction {correction_id}",
                         remedy="Choose one from the log that is not undone")
    row = found.iloc[0]
    return _entry({"at": at.isoformat(), **{name: row[name] for name in ("article_id", "field", "value", "original")}, "reason": "",
                   "undoes": correction_id}, log)


def settle(log: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what the log puts in force: for each article it speaks of, the columns of ARTICLES and their stored values.

    The latest correction of a field that is not taken back counts; where none is left, what came with the article.
    """
    undone, settled = set(log["undoes"]) - {""}, {}
    for row in log.to_dict("records"):
        changes = settled.setdefault(row["article_id"], {})
        changes.setdefault(row["field"], row["original"])
        if not row["undoes"] and row["correction_id"] not in undone:
            changes[row["field"]] = row["value"]
    return {article: {name: value for field, given in changes.items() for name, value in _to_columns(field, given).items()}
            for article, changes in settled.items()}


def value_of(article: Mapping[str, Any], field: str) -> str:
    """Return a field of an article in the form corrections keep it."""
    if field != "published":
        return str(article[field])
    moment = article["published"]
    if pd.isna(moment):
        return ""
    return f"{moment:%Y-%m-%d}" if article["precision"] == "day" else f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def _to_columns(field: str, value: str) -> dict[str, Any]:
    if field != "published":
        return {field: value}
    if not value:
        return {"published": None, "precision": ""}
    return {"published": value, "precision": "time"} if "T" in value else {"published": f"{value}T00:00:00.000000Z", "precision": "day"}


def _read_value(field: str, value: str, at: datetime, where: str) -> str:
    value = _one_line(value)
    if len(value) > _LONGEST:
        raise InputError(f"the value is longer than {_LONGEST:,} characters", where=where, column=field, remedy="Shorten it")
    if field == "genre" and value not in ("", *GENRES):
        raise InputError(f"{value[:40]!r} is no genre", where=where, column=field, remedy=f"Write one of: {', '.join(GENRES)}")
    if field != "published" or not value:
        return value
    moment, precision = read_time(value)
    if moment is None:
        raise InputError(f"{value[:40]!r} is no date that can be understood", where=where, column=field,
                         remedy="Write it as 2024-05-01 or 2024-05-01T16:30:00Z; leave it empty when it is unknown")
    if moment > at + timedelta(days=1):
        raise InputError(f"{value[:40]!r} lies in the future", where=where, column=field, remedy="Give the day it was published")
    return value_of({"published": moment, "precision": precision}, field)


def _one_line(value: str) -> str:
    return " ".join(normalise_text(value).split())


def _entry(row: dict[str, Any], log: pd.DataFrame) -> dict[str, Any]:
    seed = json.dumps([len(log), *row.values()], ensure_ascii=True)
    return {"correction_id": "c" + hashlib.sha256(seed.encode()).hexdigest()[:12], **row}
