"""Read what a page's HTML declares about itself in its head: title, site, publication dates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

SPACES = re.compile(r"\s+")
DECLARED_DATES = ("article:published_time", "datepublished", "og:article:published_time", "publish-date", "pubdate", "dc.date.issued",
                  "parsely-pub-date", "sailthru.date", "article.published", "date")


def read_declared(tree: Any) -> dict[str, Any]:
    """Collect what a page's head declares: `title`, `site` and every publication date, the most explicit first."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name and meta.get("content"):
            metas.setdefault(name, meta.get("content").strip())
    items = [item for script in tree.iter("script") if "ld+json" in (script.get("type") or "") for item in _json_items(script.text or "")]
    dates = [item["datePublished"] for item in items if isinstance(item.get("datePublished"), str)]
    dates += [metas[name] for name in DECLARED_DATES if name in metas]
    dates += [node.get("datetime") or node.get("content") or "" for node in tree.iter("time", "span", "div") if node.get("itemprop") == "datePublished"]
    dates += [node.get("datetime") or "" for node in tree.iter("time")
              if "pubdate" in node.attrib or "publish" in (node.get("class") or "").lower()]
    headline = next((item["headline"] for item in items if isinstance(item.get("headline"), str)), "")
    publisher = next((item["publisher"].get("name", "") for item in items if isinstance(item.get("publisher"), dict)), "")
    return {"title": SPACES.sub(" ", metas.get("og:title") or headline).strip(), "dates": [date for date in dates if date],
            "site": SPACES.sub(" ", metas.get("og:site_name") or (publisher if isinstance(publisher, str) else "")).strip()}


def _json_items(source: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD block, those in its lists and @graph too; a broken block declares nothing."""
    try:
        waiting = [json.loads(source, strict=False)]
    except (ValueError, RecursionError):
        return
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting = item[:50] + waiting[:200]
        elif isinstance(item, dict):
            yield item
            waiting = [item.get("@graph"), *waiting]
