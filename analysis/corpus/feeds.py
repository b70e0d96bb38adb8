"""Feeds (RSS, Atom, JSON Feed) and lists of feeds (OPML), from bytes alone.

feedparser and listparser take a string for a path or an address and open it; they only ever get bytes here. Both run in the worker
process, because nested entities and endless nesting hold them. A document that declares entities of its own is refused before.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from analysis.corpus.addresses import without_secrets
from analysis.corpus.text import decode_bytes, normalise_text
from analysis.schema import InputError

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ODD_CHARSET = re.compile(rb"""encoding\s{0,5}=\s{0,5}["']\s{0,5}(?:utf-?7|utf-?32|ucs-?4|ibm|cp037|ebcdic)""", re.IGNORECASE)
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{60000}")
_ENTRY = re.compile(rb"<(?:item|entry|outline)[\s>]", re.IGNORECASE)
_MOST = 5_000  # entries; feedparser takes about 2 s for so many
_DEEP = 300  # elements inside one another; a feed has ten, its XHTML some more
_BLOCKS = ("address article aside blockquote br dd div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre "
           "section table td th tr ul").split()
_REMEDY = "Open the feed in a browser and add its articles' links instead"


def read_feed(raw: bytes, where: str, *, url: str = "", limit: int = 500) -> Iterator[dict[str, Any]]:
    """Give a feed's title, then its entries, as plain values.

    Args:
        raw: the feed's bytes.
        where: named in errors.
        url: where it came from; relative links hang on it.
        limit: entries given at most, from the top.

    Yields:
        {"title": …, "n_entries": …}, then for each entry title, url, byline, published (ISO time or ''), language, text, whole (the feed
        gives the article and not only its beginning, as far as its form tells).

    Raises:
        InputError: no feed, or one with entities that no feed needs.
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _json_feed(raw, where, limit)
        return
    check_xml(raw, where)
    import feedparser

    found = feedparser.parse(io.BytesIO(raw), response_headers={"content-location": url} if url else {})
    if not found.version and not found.entries:
        raise InputError("this is not a feed", where=where, remedy="Give the address of an RSS, Atom or JSON feed")
    yield {"title": _line(found.feed.get("title")), "n_entries": len(found.entries)}
    for entry in found.entries[:limit]:
        contents = [part.get("value") or "" for part in entry.get("content", [])]
        body = max([*contents, entry.get("summary") or ""], key=len)
        moment = entry.get("published_parsed") or (entry.get("updated_parsed") if found.version.startswith("rss") else None)
        yield {"title": html_to_text(entry.get("title") or ""), "url": without_secrets(entry.get("link") or ""), "byline": _line(entry.get("author")),
               "published": _moment(moment), "language": _line(found.feed.get("language")), "text": html_to_text(body), "whole": body in contents}


def read_opml(raw: bytes, where: str) -> Iterator[dict[str, str]]:
    """Give the feeds of a list of subscriptions: url, title. Links that are not http(s) are left to the reader of links, which names them.

    Raises:
        InputError: the list holds no feed, or entities that no list needs.
    """
    check_xml(raw, where)
    import listparser

    feeds = listparser.parse(raw).feeds
    if not feeds:
        raise InputError("the list holds no feed", where=where, remedy="Export it as OPML again")
    yield from ({"url": str(feed.get("url") or ""), "title": _line(feed.get("title"))} for feed in feeds)


def write_opml(feeds: Iterable[Mapping[str, str]]) -> str:
    """Return a list of subscriptions as OPML 2.0, for any feed reader.

    Args:
        feeds: url and title of each.
    """
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Feeds added to Parallax"
    body = ElementTree.SubElement(root, "body")
    for feed in feeds:
        ElementTree.SubElement(body, "outline", type="rss", text=feed["title"] or feed["url"], title=feed["title"] or feed["url"], xmlUrl=feed["url"])
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def html_to_text(fragment: str) -> str:
    """Return the words of a piece of HTML, its blocks parted by a blank line; plain text stays as it is."""
    if "<" not in fragment and "&" not in fragment:
        return normalise_text(fragment).strip()
    import lxml.html
    from lxml import etree

    try:
        tree = lxml.html.fragment_fromstring(fragment, create_parent="div")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(tree, "script", "style", "noscript", "template", with_tail=False)
    for node in tree.iter(*_BLOCKS):
        node.tail = "\n\n" + (node.tail or "")
        node.text = "\n\n" + (node.text or "")
    paragraphs = (" ".join(part.split()) for part in tree.text_content().split("\n\n"))
    return normalise_text("\n\n".join(part for part in paragraphs if part))


def check_xml(raw: bytes, where: str) -> None:
    """Refuse XML that is made to hurt: entities of its own, rare encodings that hide them, endless nesting, attributes or entries.

    Raises:
        InputError: one of these.
    """
    seen = raw.replace(b"\0", b"")  # UTF-16 hides its ASCII between zeros
    fault = "it declares entities of its own" if _ENTITY.search(seen) else "its encoding is none that feeds use" if _ODD_CHARSET.search(seen[:1000]) else ""
    fault = fault or ("an element of it has attributes without end" if _LONG_TAG.search(seen) else "")
    fault = fault or (f"it has more than {_MOST:,} entries" if len(_ENTRY.findall(seen)) > _MOST else "") or _nesting(raw)
    if fault:
        raise InputError(f"this feed is not read: {fault}", where=where, remedy=_REMEDY)


def _nesting(raw: bytes) -> str:
    """Say that elements are nested without end; '' when not, or when the document breaks off before."""
    parser, depth = expat.ParserCreate(), 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        """Go one element deeper."""
        nonlocal depth
        depth += 1
        if depth > _DEEP:
            raise _TooDeepError

    def closed(name: str) -> None:
        """Come one element up."""
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(raw, True)
    except _TooDeepError:
        return "its elements are nested without end"
    except (expat.ExpatError, ValueError, LookupError):
        return ""  # not well-formed, as many feeds: the loose parser of feedparser takes over
    return ""


class _TooDeepError(Exception):
    """Ends the look at a document's nesting."""


def _json_feed(raw: bytes, where: str, limit: int) -> Iterator[dict[str, Any]]:
    try:
        feed = json.loads(decode_bytes(raw, where))
    except (ValueError, RecursionError) as error:
        raise InputError("this is not a JSON feed", where=where, remedy=_REMEDY) from error
    items = feed.get("items")
    if not isinstance(items, list) or not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/"):
        raise InputError("this is not a JSON feed", where=where, remedy="Give the address of an RSS, Atom or JSON feed")
    yield {"title": _line(feed.get("title")), "n_entries": len(items)}
    for item in items[:limit]:
        if isinstance(item, dict):
            authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
            names = [author.get("name") for author in authors if isinstance(author, dict)]
            body = item.get("content_html") or item.get("content_text") or ""
            yield {"title": _line(item.get("title")), "url": without_secrets(str(item.get("url") or item.get("external_url") or "")),
                   "byline": ", ".join(map(_line, names)), "published": _line(item.get("date_published")),
                   "language": _line(item.get("language") or feed.get("language")), "whole": bool(body),
                   "text": html_to_text(str(body or item.get("summary") or ""))}


def _moment(parsed: Any) -> str:
    try:
        return datetime(*parsed[:6], tzinfo=UTC).isoformat() if parsed else ""
    except (ValueError, TypeError):
        return ""


def _line(value: Any) -> str:
    return " ".join(normalise_text(str(value)[:2000]).split()) if isinstance(value, str | int | float) else ""
