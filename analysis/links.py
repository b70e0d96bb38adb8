"""From links and feeds to rows of articles: fetch, tell what came, take it apart, and keep what is there when something fails."""

from __future__ import annotations

import time
from collections.abc import Container, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from analysis import pages
from analysis.corpus import outlets
from analysis.corpus.addresses import show_address, without_secrets
from analysis.corpus.entries import entry_of_bytes, sniff
from analysis.corpus.fetch import Answer, Network, Unreachable
from analysis.corpus.hosts import fetch_all
from analysis.corpus.records import read_record
from analysis.schema import InputError
from analysis.settings import Settings
from analysis.worker import Job, Pool

Link = tuple[str, dict[str, Any]]
"""Where an address was found, and what is known of its article: url, and perhaps outlet, title, byline, published, text."""
Found = tuple[str, dict[str, Any] | None, list[str]]
"""A place, the row of ARTICLES found there (None when there is none), and notes for `dropped`."""
_WINDOW = 200  # links fetched together


@dataclass
class Web:
    """The way out for one ingest: what may be fetched, for how long, and what need not be.

    Attributes:
        network: the way out.
        ends: moment of `time.monotonic` after which nothing is fetched.
        known: addresses of articles that are kept already; they are not fetched again.
        feeds: address of a feed -> {"title", "validators"}; what is learnt is written into it.
        n_known: how many known addresses were passed over.
        fresh: validators of this ingest's feeds, until `settle`.
    """

    network: Network = field(default_factory=Network)
    ends: float = float("inf")
    known: Container[str] = frozenset()
    feeds: MutableMapping[str, dict[str, Any]] = field(default_factory=dict)
    n_known: int = 0
    fresh: dict[str, dict[str, str]] = field(default_factory=dict)

    def settle(self) -> None:
        """Take the validators of feeds whose every entry was had: only these may be asked for changes alone the next time."""
        for url, validators in self.fresh.items():
            self.feeds[url]["validators"] = validators
        self.fresh.clear()

    def missed(self, feed: str) -> None:
        """Note that an entry of a feed was not had, so that the feed is read whole again."""
        self.fresh.pop(feed, None)


def open_web(settings: Settings, known: Container[str] = frozenset(), feeds: MutableMapping[str, dict[str, Any]] | None = None) -> Web:
    """Return the way out for one ingest that begins now."""
    return Web(Network(settings.web), time.monotonic() + settings.web.total_seconds, known, {} if feeds is None else feeds)


def read_links(links: Iterator[Link] | list[Link], web: Web, settings: Settings, pool: Pool) -> Iterator[Found]:
    """Fetch links and give the article of each page, and those of each feed and list of feeds behind them, as they come.

    Every link gives one row or one reason. What a feed or a list says of an article fills what its page leaves open. Where the page is gone
    or closed, the feed's own text is kept with a note; where it was only not reached, it is named and can be had next time.

    Args:
        links: addresses, with what is known of their articles.
        web: the way out.
        settings: limits.
        pool: the processes that take pages apart.
    """
    waiting, seen = list(links), set()
    while waiting:
        window, waiting = waiting[:_WINDOW], waiting[_WINDOW:]
        fresh = []
        for where, given in window:
            key = without_secrets(given["url"])
            if key in web.known:
                web.n_known += 1
            elif (key, given.get("depth", 0)) in seen:
                web.n_known += 1
            else:
                seen.add((key, given.get("depth", 0)))
                fresh.append((where, given))
        more: list[Link] = []
        yield from _read_window(fresh, web, settings, pool, more)
        waiting = more + waiting


def read_feed(raw: bytes, where: str, url: str, settings: Settings, pool: Pool) -> tuple[str, list[Link], int]:
    """Take a feed apart: its title, an entry a link, and how many entries it has beyond those given.

    Raises:
        InputError: no feed, or one made to hurt.
    """
    head, *entries = pool.run(("feed", {"where": where, "url": url, "limit": settings.web.feed_entries}, raw))
    links = [(f"{where} entry {number}", {**entry, "outlet": head["title"], "depth": 1}) for number, entry in enumerate(entries, start=1)]
    return head["title"], links, max(0, head["n_entries"] - settings.web.feed_entries)


def keep_entry(where: str, given: dict[str, Any], settings: Settings, why: str) -> Found:
    """Return a feed's entry as an article made of what the feed itself gives."""
    told = {name: given.get(name) or None for name in ("outlet", "title", "byline", "published", "url", "text", "language")}
    listed = outlets.name_outlet(str(given.get("url") or ""), outlets.index_outlets(pages.known_outlets()))
    row, notes = read_record({**told, "outlet": listed or told["outlet"]}, settings.corpus.max_characters)
    if row is not None and why:
        notes = [f"kept with what the feed gives{'' if given.get('whole') else ', which may be an excerpt'}: {why}", *notes]
    return where, row, notes


def _read_window(links: list[Link], web: Web, settings: Settings, pool: Pool, more: list[Link]) -> Iterator[Found]:
    """Fetch some links; pages are taken apart side by side, feeds put their entries into `more`."""
    aside: list[Found] = []
    whole = [link for link in links if link[1].get("whole") and len(str(link[1].get("text")).split()) >= settings.web.whole_words]
    for where, given in whole:
        yield keep_entry(where, given, settings, "")
    asked = [link for link in links if link not in whole]

    def jobs() -> Iterator[tuple[Link, Job]]:
        validators = {url: kept["validators"] for url, kept in web.feeds.items()}
        for number, answer in fetch_all([given["url"] for _, given in asked], web.network, web.ends, validators):
            where, given = asked[number]
            if isinstance(answer, InputError):
                aside.append(_refuse(where, given, answer, web, settings))
                continue
            try:
                kind = "" if answer.status == 304 else sniff(entry_of_bytes(answer.url, answer.body))
                if kind == "html":
                    told = {"where": show_address(answer.url), "url": without_secrets(answer.url), "charset": answer.charset}
                    yield (where, given), ("html", told, answer.body)
                else:
                    aside.extend(_read_other(kind, (where, given), answer, web, settings, pool, more))
            except InputError as error:
                aside.append(_refuse(where, given, error, web, settings))

    for (where, given), answer in pool.run_all(jobs()):
        while aside:
            yield aside.pop(0)
        yield _refuse(where, given, answer, web, settings) if isinstance(answer, InputError) else _fill(where, given, pages.unpack_row(answer[0]))
    yield from aside


def _read_other(kind: str, link: Link, answer: Answer, web: Web, settings: Settings, pool: Pool, more: list[Link]) -> Iterator[Found]:  # noqa: PLR0913
    """An answer that is no page: a feed, a list of feeds, plain text, or nothing new."""
    where, given = link
    shown = show_address(answer.url)
    if kind == "":
        yield where, None, []
    elif kind == "feed" and not given.get("depth"):
        title, found, beyond = read_feed(answer.body, shown, answer.url, settings, pool)
        if without_secrets(given["url"]) == given["url"]:  # an address with a key in it is used once and never written down
            web.feeds[given["url"]], web.fresh[given["url"]] = {"title": title, "validators": {}}, answer.validators
        more.extend((place, {**entry, "feed": given["url"]}) for place, entry in found)
        yield where, None, [f"{beyond} older entries of this feed were left out"] if beyond else []
    elif kind == "opml" and not given.get("depth"):
        feeds = enumerate(pool.run(("opml", {"where": shown}, answer.body)), start=1)
        more.extend((f"{shown} feed {number}", {"url": feed["url"]}) for number, feed in feeds)
    elif kind == "page":
        yield _fill(where, given, {**pages.read_text(answer.body, settings.clean, shown), "url": without_secrets(answer.url)})
    else:
        raise InputError(f"this is {'a feed' if kind == 'feed' else 'a file'} where a page was expected", where=shown, remedy="Save it and add the file")


def _fill(where: str, given: dict[str, Any], row: dict[str, Any]) -> Found:
    """The page's row; what it leaves open is filled from what the link's list or feed says."""
    known, notes = read_record({**given, "text": row["text"], "url": None}, len(row["text"]) + 1)
    filled = {name: row[name] or known[name] for name in ("outlet", "title", "byline")}
    if row["published"] is None and known["published"] is not None:
        filled |= {"published": known["published"], "precision": known["precision"], "given": known["given"]}
    row = {**row, **filled}
    return where, {**row, "article_id": pages.make_id(row)}, [note for note in notes if "without a time" in note and row["published"] is None]


def _refuse(where: str, given: dict[str, Any], error: InputError, web: Web, settings: Settings) -> Found:
    if isinstance(error, Unreachable):  # perhaps next time: an excerpt kept now would stand in the whole article's place for good
        web.missed(given.get("feed", ""))
    elif str(given.get("text") or "").strip():
        return keep_entry(where, given, settings, f"its page was not had ({error.problem})")
    return where, None, [f"{error.problem}. {error.remedy}" if error.remedy else error.problem]
