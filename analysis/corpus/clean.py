"""Turn a pasted page or a page's HTML into one article: title, body and what the page says about its printing.

A pasted page is read line by line: `Readers.mark_body` says which lines are the article, `Readers.read_imprint` what the others
state, and this file finds the title and puts the article together. HTML still has its boxes, so trafilatura reads it; only its
dates are read here, from what the page declares, because a publication date is never guessed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.corpus.declared import read_declared
from analysis.corpus.headline import find_standfirst, find_title, same_line
from analysis.schema import InputError
from analysis.settings import CleanSettings

WORD = re.compile(r"[^\W\d_]+")
SPACES = re.compile(r"[^\S\n]+")
SCRIPTS = (("ko", re.compile(r"[\uac00-\ud7af]")), ("ja", re.compile(r"[\u3040-\u30ff]")), ("zh", re.compile(r"[\u4e00-\u9fff]")))
LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")  # shorter ones hold no thousand attributes
QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
SITE_SUFFIX = re.compile(r"\s[|–—-]\s[^|–—]{2,40}$")
HEADER = re.compile(r"\A(\s{0,4}date\s{0,2}:?\s{0,2}(?:19|20)\d\d-\d\d-\d\d)[^\S\n]{1,4}(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Readers:
    """The stages that cleaning is joined with.

    Attributes:
        mark_body: the lines of a page without blank ones -> True for each line of the article.
        read_imprint: (lines, body, outlets, title) -> outlet, published, precision, stated, byline, agency.
        parse_date: text of a declared date -> (UTC time, 'time' or 'day'), None when it is none.
    """

    mark_body: Callable[[Sequence[str]], np.ndarray]
    read_imprint: Callable[..., dict[str, Any]]
    parse_date: Callable[[str], tuple[datetime, str] | None]


@dataclass(frozen=True)
class Page:
    """One article as found on a page; '' or None means that the page does not state it.

    Attributes:
        title: headline as printed.
        outlet: who printed it.
        published: UTC; precision 'time' (clock and zone stated), 'day' (00:00 UTC of the stated date) or ''.
        byline: author line without "By".
        agency: news agency the page credits.
        language: two-letter code.
        text: body, paragraphs parted by a blank line.
        url: address.
        stated: the words that state the date, as the page has them; '' when none do.
    """

    title: str
    outlet: str
    published: datetime | None
    precision: str
    byline: str
    agency: str
    language: str
    text: str
    url: str = ""
    stated: str = ""


def clean_page(page: str, readers: Readers, settings: CleanSettings, *, file: str = "", outlets: pd.DataFrame | None = None) -> Page:
    """Find the article in a page copied as plain text.

    Args:
        page: the text as copied, menus and all.
        file: named in errors.
        outlets: known outlets (columns outlet, aliases, domains); not needed to find one.

    Raises:
        InputError: the page is empty, too large, binary, or holds no article of `settings.min_words` words.

    Source: ours: see `corpus/lines.py` for how lines are told apart and what that was measured on.
    """
    _check_size(page, settings, file)
    lines = split_lines(page)
    if len(lines) > settings.max_lines:
        raise InputError(f"the page has {len(lines)} lines, the limit is {settings.max_lines}", where=file, remedy="Give one article a file")
    body = np.array(readers.mark_body(lines), dtype=bool)
    title = find_title(lines, body)
    body &= np.array([same_line(line) != same_line(title) for line in lines], dtype=bool) if title else True
    body |= find_standfirst(lines, body, title)
    text = "\n\n".join(line for line, keep in zip(lines, body, strict=True) if keep)
    _check_words(text, settings, file)
    imprint = readers.read_imprint(lines, body, outlets, title)
    return Page(title=title, language=find_language(text), text=text, **imprint)


def split_lines(page: str) -> list[str]:
    """Return the page's lines without blank ones, spaces made single, hard-wrapped paragraphs joined, an export's date on its own line."""
    page = HEADER.sub(r"\1\n", page.replace("\r\n", "\n").replace("\r", "\n"), count=1)
    lines: list[str] = []
    block: list[str] = []
    for line in [*page.split("\n"), ""]:
        line = SPACES.sub(" ", line).strip()
        if line:
            block.append(line)
            continue
        lines.extend([" ".join(block)] if _is_wrapped(block) else block)
        block = []
    return lines


def find_language(text: str) -> str:
    """Tell the language by its script or its function words; '' when fewer than one word in eight is one or two languages are close."""
    for code, script in SCRIPTS:
        if len(script.findall(text[:4000])) > 0.15 * min(len(text), 4000):
            return code
    counts = Counter(word.lower() for word in WORD.findall(text[:20_000]))
    shares = sorted(((sum(counts[word] for word in listed) / (counts.total() or 1), code) for code, listed in _function_words().items()), reverse=True)
    return shares[0][1] if shares[0][0] > 0.125 and shares[0][0] > 1.25 * shares[1][0] else ""


def clean_html(html: str | bytes, readers: Readers, settings: CleanSettings, *, url: str = "", outlets: pd.DataFrame | None = None) -> Page:
    """Find the article in a page's HTML.

    Body, title and author are trafilatura's; the date is only ever one the page declares (JSON-LD, meta, `time`), because search
    through the text would return some date where none is stated. The page is parsed once.

    Args:
        html: source of the page; bytes are decoded by their declared charset.
        url: its address, also named in errors.

    Raises:
        InputError: as `clean_page`; also when the HTML cannot be parsed.
    """
    import trafilatura

    _check_size(html, settings, url)
    _check_tags(html, settings, url)
    tree = trafilatura.load_html(html)
    if tree is None:
        raise InputError("this is not HTML", where=url, remedy="Give the page's source, or its text as a .txt file")
    if tree.xpath("count(//*)") > settings.max_elements:  # counted by libxml2: a list of so many elements takes seconds to make
        raise InputError(f"the page has more than {settings.max_elements} elements", where=url, remedy="Copy the article's text instead")
    declared = read_declared(tree)
    found = _extract(tree, html, url, settings)
    title = _without_suffix(declared["title"] or (found.title if found else "") or "", declared["site"])
    lines = [line.strip() for line in _text_of(found).split("\n") if line.strip()]
    text = "\n\n".join(line for i, line in enumerate(lines) if i > 3 or same_line(line) != same_line(title))
    _check_words(text, settings, url)
    published, precision, stated = next(((*when, value[:100]) for value in declared["dates"] if (when := readers.parse_date(value[:100]))),
                                        (None, "", "".join(declared["dates"][:1])[:100]))
    outlet = _outlet_of(declared["site"], url, outlets)
    paragraphs = text.split("\n\n")
    agency = str(readers.read_imprint(paragraphs, [True] * len(paragraphs), outlets)["agency"])
    return Page(title=title, outlet=outlet, published=published, precision=precision, byline=(found.author if found else "") or "",
                agency="" if same_line(agency) == same_line(outlet) else agency, language=find_language(text), text=text, url=url, stated=stated)


def _extract(tree: Any, html: str | bytes, url: str, settings: CleanSettings) -> Any:
    """Let trafilatura read a parsed page with precision, or without where that leaves little of much (a live blog, a list)."""
    from trafilatura import bare_extraction, load_html
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "INSECURE_SSL_FALLBACK", "off")
    read = partial(bare_extraction, url=url or None, include_comments=False, with_metadata=True, config=config,
                   date_extraction_params={"extensive_search": False, "original_date": True})
    precise = read(tree, favor_precision=True)
    if len(_text_of(precise)) >= settings.short_html:
        return precise
    loose = read(load_html(html))
    return loose if len(_text_of(loose)) > settings.times_longer * len(_text_of(precise)) else precise


def _text_of(found: Any) -> str:
    return (found.text if found else "") or ""


def _outlet_of(site: str, url: str, outlets: pd.DataFrame | None) -> str:
    """The site's own name for itself, in the outlet list's form when it or the address is listed."""
    own, host = same_line(site), re.sub(r"^\w{2,6}://(?:www\.)?", "", url.lower()).split("/")[0]
    if outlets is not None:
        for outlet, aliases, domains in zip(outlets["outlet"], outlets["aliases"], outlets["domains"], strict=True):
            listed = any(host == domain or host.endswith("." + domain) for domain in _parts(domains))
            if listed or own in {_listed(outlet), *map(_listed, _parts(aliases))}:
                return outlet
    return site


_listed = lru_cache(maxsize=10_000)(same_line)  # the outlet list is gone through for every page


def _parts(value: object) -> list[str]:
    return [part for part in (value.split(";") if isinstance(value, str) else value or []) if part]


def _without_suffix(title: str, site: str) -> str:
    """Drop the site's name from the end of a title ("… | Reuters")."""
    match = SITE_SUFFIX.search(title)
    return title[:match.start()].strip() if match and site and same_line(match[0]) == same_line(site) else title


def _is_wrapped(block: Sequence[str]) -> bool:
    """Whether the lines of a block are one paragraph broken at a fixed width, as e-mail and terminals break it."""
    inner = [len(line) for line in block[:-1]]
    if len(block) < 3 or min(inner) < 45 or max(inner) > 100 or max(inner) - min(inner) > 25:
        return False
    return sum(line[:1].islower() for line in block[1:]) >= 0.3 * len(inner)


def _check_size(page: str | bytes, settings: CleanSettings, where: str) -> None:
    if not page or not page.strip():
        raise InputError("the page is empty", where=where, remedy="Give a page with an article")
    if len(page) > settings.max_page:
        raise InputError(f"the page has {len(page)} characters, the limit is {settings.max_page}", where=where, remedy="Give one article a file")
    if isinstance(page, str) and sum(page.count(mark) for mark in "\x00\ufffd") > 0.01 * len(page):
        raise InputError("this is binary, not text", where=where, remedy="Give plain text or HTML")


def _check_tags(html: str | bytes, settings: CleanSettings, where: str) -> None:
    """Refuse an element with attributes without end, which libxml2 holds against each other in pairs; quoted values are no attributes."""
    text = html if isinstance(html, str) else html.decode("latin-1")
    for tag in LONG_TAG.finditer(text):
        if len(QUOTED.sub("", tag[0]).split()) > settings.max_attributes:
            raise InputError(f"an element has more than {settings.max_attributes} attributes", where=where, remedy="Copy the article's text instead")


def _check_words(text: str, settings: CleanSettings, where: str) -> None:
    n_words = len(WORD.findall(text))
    if n_words < settings.min_words:
        raise InputError(f"no article found: {n_words} words of running text, at least {settings.min_words} are needed", where=where,
                         remedy="Give the whole article")


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    path = Path(__file__).resolve().parent.parent / "data" / "function_words.json"
    return {code: frozenset(words) for code, words in json.loads(path.read_text("utf-8")).items() if len(code) == 2}
