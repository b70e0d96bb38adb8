"""When two records are one article: the same words from the same outlet, or the same page under another form of its address."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from courlan import normalize_url

_FORMS_OF_A_HOST = ("www", "m", "mobile", "amp")  # one page under several names, as outlets keep them for phones
_AMP_QUERY = ("amp", "outputtype")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def content_key(outlet: str, url: str, title: str, text: str) -> str:
    """Return what an article is known by when it comes again under another id: 32 hexadecimal digits over outlet, title and text.

    The host of the address stands in for an unknown outlet. '' when neither is known: two outlets may have printed one agency text.
    """
    printer = outlet or address_key(url).split("/")[0].split("?")[0]
    return hashlib.sha256("\x1f".join((printer, title, text)).encode("utf8", "surrogatepass")).hexdigest()[:32] if printer else ""


def address_key(url: str) -> str:
    """Return a form of an address in which tracking, scheme, fragment, www, mobile and AMP pages do not matter.

    '' for an outlet's front page and for what is no address: neither names one article.
    """
    try:
        parts = urlsplit(normalize_url(url.strip()))
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _FORMS_OF_A_HOST:
        labels = labels[1:]
    path = _INDEX.sub("", parts.path).rstrip("/").removesuffix("/amp").removesuffix(".amp")
    path = path.removeprefix("/amp") if path.startswith("/amp/") else path
    query = urlencode(sorted((name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() not in _AMP_QUERY))
    if not host or not (path or query):
        return ""
    return f"{'.'.join(labels)}{f':{port}' if port not in (None, 80, 443) else ''}{path}{'?' + query if query else ''}"


def are_one_page(title: str, text: str, other_title: str, other_text: str, least_share: float) -> bool:
    """Say whether two texts under one address are one article: the same title, or most words of the shorter in the longer.

    An address that several articles share (a live page, a section, a home page typed for all) is thereby no reason to drop any.

    Args:
        title, text: of one.
        other_title, other_text: of the other.
        least_share: of the words of the shorter, 0…1.
    """
    if title and _WORD.findall(title.casefold()) == _WORD.findall(other_title.casefold()):
        return True
    words, others = set(_WORD.findall(text.casefold())), set(_WORD.findall(other_text.casefold()))
    shorter = min(len(words), len(others))
    return shorter > 0 and len(words & others) >= least_share * shorter
