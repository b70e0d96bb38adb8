"""Exports of other tools, told by the fields they have: a leaf that `read` stands on.

What their field names do not tell is put right here: which texts are only teasers, which dates are not the article's, which lists hold
addresses without texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_CUT = re.compile(r"\s{0,3}(?:…|\.\.\.)?\s{0,3}\[\+\d{1,9} chars\]\s{0,3}$")
Record = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """One tool's export.

    Attributes:
        name: as shown.
        fields: names that together only this export has.
        adapt: a record as the tool wrote it -> under our names.
        note: what a reader of its articles must know, '' when nothing; goes to `dropped` as a note on a kept article.
    """

    name: str
    fields: frozenset[str]
    adapt: Callable[[Mapping[str, Any]], Record]
    note: str = ""


def recognise(names: Iterable[str]) -> Export | None:
    """Return the export that has these field names, None for a table of somebody's own."""
    given = frozenset(str(name).strip() for name in names)
    return next((export for export in EXPORTS if export.fields <= given), None)


def _news_api(record: Mapping[str, Any]) -> Record:
    text = record.get("content") or record.get("description") or ""
    return {**_without(record, "content", "description", "text", "body"), "text": _CUT.sub(" …", text) if isinstance(text, str) else text,
            "precision": "time"}


def _news_please(record: Mapping[str, Any]) -> Record:
    return {**_without(record, "text", "body", "content"), "text": record.get("maintext"), "outlet": record.get("source_domain") or ""}


def _trafilatura(record: Mapping[str, Any]) -> Record:
    outlet = record.get("sitename") or record.get("source-hostname") or record.get("hostname") or ""
    return {**_without(record, "id", "source", "raw_text", "body", "content"), "text": record.get("text") or record.get("raw_text"), "outlet": outlet,
            "url": record.get("source") or record.get("url") or ""}


def _media_cloud(record: Mapping[str, Any]) -> Record:
    return {**_without(record, "id"), "outlet": record.get("media_name") or "", "text": record.get("text") or None}


def _gdelt(record: Mapping[str, Any]) -> Record:
    # seendate is when GDELT saw the page: up to days after it was printed, so it is no date of publication.
    return {"title": record.get("title"), "url": record.get("url"), "outlet": record.get("domain"), "text": None,
            "language": {"English": "en"}.get(str(record.get("language")), "")}


def _without(record: Mapping[str, Any], *names: str) -> Record:
    return {str(name).strip(): value for name, value in record.items() if str(name).strip() not in names}


EXPORTS = (
    Export("NewsAPI", frozenset({"source", "publishedAt", "content", "urlToImage"}), _news_api,
           "kept as a teaser: NewsAPI cuts every text at 200 characters; fetch the link for the whole article"),
    Export("news-please", frozenset({"maintext", "date_publish", "source_domain"}), _news_please),
    Export("trafilatura", frozenset({"fingerprint", "hostname", "raw_text"}), _trafilatura),
    Export("trafilatura", frozenset({"fingerprint", "hostname", "text", "sitename"}), _trafilatura),
    Export("Media Cloud", frozenset({"media_name", "publish_date", "title", "url", "indexed_date"}), _media_cloud),
    Export("Media Cloud", frozenset({"media_name", "media_url", "publish_date", "title", "url"}), _media_cloud),
    Export("GDELT", frozenset({"seendate", "domain", "url", "title"}), _gdelt),
)
"""The exports recognised, the most particular first; fields after the tools' own documentation."""
