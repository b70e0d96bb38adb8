"""Every way in, behind one door: `read_articles(source)`.

A source is a file or folder, an upload, a pasted text or a link; whatever it holds (tables, pages, feeds, archives) goes to the one reader
for it and comes out as ARTICLES and DROPPED, batch by batch. Nothing is fetched unless the caller hands over a `Web`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import pages
from analysis.corpus import archives, clean, outlets
from analysis.corpus.addresses import show_address
from analysis.corpus.entries import SUFFIXES, Entry, entry_of_file, show_name, sniff
from analysis.corpus.text import decode_bytes
from analysis.crawls import read_archive
from analysis.links import Found, Link, keep_entry, read_feed, read_links
from analysis.pages import make_articles as make_articles
from analysis.pasting import Pasted, read_pasted
from analysis.schema import DROPPED, InputError
from analysis.tables import Batch, Upload, Way, entry_of, iter_table
from analysis.worker import Job

Source = Path | str | Upload | Pasted
"""A file or folder, a link (http…), an upload, or a pasted text."""


def read_articles(source: Source, way: Way) -> Iterator[Batch]:
    """Read a source in steps, whatever it is.

    Outlets get their one name and languages are detected; what is not English is kept and never measured. Inside folders, archives,
    feeds and lists, what cannot be read goes to `dropped` with its place and a remedy, and the rest is read.

    Args:
        source: what to read.
        way: limits, the way out if it may be used, matched columns.

    Yields:
        (ARTICLES, DROPPED); memory does not grow with the source.

    Raises:
        InputError: the source as a whole holds no article, or is a link and the network is off.
    """
    for articles, dropped in _read(source, way):
        yield finish(articles), dropped


def finish(articles: pd.DataFrame) -> pd.DataFrame:
    """Give outlets their one name, and fill `language` where the source named none; '' stays where the text does not tell."""
    return articles if articles.empty else add_languages(outlets.name_outlets(articles, pages.known_outlets()))


def add_languages(articles: pd.DataFrame) -> pd.DataFrame:
    """Fill `language` where the source did not name one; '' stays where the text does not tell."""
    found = [given or clean.find_language(text) for given, text in zip(articles["language"], articles["text"], strict=True)]
    return articles.assign(language=found)


def is_link(source: object) -> bool:
    """Say whether a source is an address rather than a file."""
    return isinstance(source, str) and bool(pages.IS_LINK.match(source.strip()))


def read_page(entry: Entry, way: Way) -> dict[str, Any]:
    """Clean one page, copied as text or saved as HTML, and return it as a row of ARTICLES.

    Raises:
        InputError: no page, or no article on it.
    """
    kind = sniff(entry)
    limit = 4 * way.settings.clean.max_page
    if kind == "html":
        (row,) = way.pool.run(("html", {"where": entry.where}, entry.read(limit)))
        return pages.unpack_row(row)
    if kind in ("page", "links"):
        return pages.read_text(entry.read(limit), way.settings.clean, entry.where)
    raise InputError("this is a table of articles, not a page" if kind == "table" else "this is not a page", where=entry.where,
                     remedy="Give it to `group`, `compare` or `ingest`" if kind == "table" else "Give it to `ingest`")


def name_source(source: Source) -> str:
    """Return what a source is called in messages; an address without its query."""
    if isinstance(source, Upload):
        return show_name(source.name)
    return "pasted text" if isinstance(source, Pasted) else show_address(source) if is_link(source) else str(source)


def _read(source: Source, way: Way) -> Iterator[Batch]:
    if isinstance(source, Pasted):
        found = list(read_pasted(source, way.settings))
        yield _batch([row for row, _ in found if row], [refused for _, refused in found if refused])
    elif is_link(source):
        yield from _links([(show_address(source), {"url": source.strip()})], way)
    elif isinstance(source, str | Path) and Path(source).is_dir():
        yield from _read_folder(Path(source), way)
    else:
        matched = replace(way, columns=source.columns) if isinstance(source, Upload) and source.columns else way
        yield from _read_entry(entry_of(source), matched)


def _read_folder(folder: Path, way: Way) -> Iterator[Batch]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUFFIXES)
    if not files:
        raise InputError("the folder holds no article", where=str(folder), remedy=f"Put files ending in {', '.join(SUFFIXES)} there")
    yield from _read_each((partial(entry_of_file, path) for path in files), way)


def _read_each(openers: Iterable[Callable[[], Entry]], way: Way) -> Iterator[Batch]:
    """Read entries one after the other, saved pages several at once; one that cannot be read is refused by name and the others are read."""
    largest, waiting = 4 * way.settings.clean.max_page, list[tuple[str, bytes]]()  # read at once, because an archive is open only while it is gone through
    for opener in openers:
        try:
            entry = opener()
            if sniff(entry) == "html":
                waiting.append((entry.where, entry.read(largest)))
            else:
                yield from _read_pages(waiting, way)
                waiting.clear()
                yield from _read_entry(entry, way)
        except InputError as error:
            yield _batch([], [(error.where, f"{error.problem}. {error.remedy}")])
        if len(waiting) >= way.settings.web.batch or sum(len(raw) for _, raw in waiting) > largest:
            yield from _read_pages(waiting, way)
            waiting.clear()
    yield from _read_pages(waiting, way)


def _read_pages(waiting: list[tuple[str, bytes]], way: Way) -> Iterator[Batch]:
    """Take saved pages apart side by side, as many as there are workers."""
    jobs: list[tuple[str, Job]] = [(where, ("html", {"where": where}, raw)) for where, raw in waiting]
    done = list(way.pool.run_all(jobs))
    yield _batch([pages.unpack_row(found[0]) for _, found in done if not isinstance(found, InputError)],
                 [(found.where or where, f"{found.problem}. {found.remedy}") for where, found in done if isinstance(found, InputError)])


def _read_entry(entry: Entry, way: Way) -> Iterator[Batch]:
    yield from READERS[sniff(entry)](entry, way)


def _tables(entry: Entry, way: Way) -> Iterator[Batch]:
    links: list[Link] | None = None if way.web is None else []
    for batch in iter_table(entry, way=way, links=links):
        yield batch
        if links:
            yield from _links(links, way)
            links.clear()


def _page(entry: Entry, way: Way) -> Iterator[Batch]:
    yield _batch([read_page(entry, way)], [])


def _link_list(entry: Entry, way: Way) -> Iterator[Batch]:
    lines = decode_bytes(entry.read(way.settings.web.max_body), entry.where).splitlines()
    found = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip("\ufeff \t") and not line.startswith("#")]
    yield from _links([(f"{entry.where} line {number}", {"url": line}) for number, line in found], way)


def _feed(entry: Entry, way: Way) -> Iterator[Batch]:
    _, links, beyond = read_feed(entry.read(way.settings.web.max_body), entry.where, "", way.settings, way.pool)
    refused = [(entry.where, f"{beyond} older entries of this feed were left out")] if beyond else []
    if way.web is not None:
        yield _batch([], refused)
        yield from _links(links, way)
        return
    kept = [keep_entry(where, given, way.settings, "fetch its page with --network") for where, given in links]
    if not any(row for _, row, _ in kept):
        raise InputError("the feed gives no text", where=entry.where, remedy="Its entries are links: fetch them with --network")
    yield _batch([row for _, row, _ in kept if row], refused + [(where, note) for where, _, notes in kept for note in notes])


def _opml(entry: Entry, way: Way) -> Iterator[Batch]:
    feeds = list(way.pool.run(("opml", {"where": entry.where}, entry.read(way.settings.web.max_body))))
    yield from _links([(f"{entry.where} feed {number}", {"url": feed["url"]}) for number, feed in enumerate(feeds, start=1)], way)


def _zip(entry: Entry, way: Way) -> Iterator[Batch]:
    refused: list[tuple[str, str]] = []

    def openers() -> Iterator[Callable[[], Entry]]:
        for member in archives.open_zip(entry, way.settings.corpus):
            if isinstance(member, Entry):
                yield partial(_same, member)
            else:
                refused.append(member)

    yield from _read_each(openers(), way)
    yield _batch([], refused)


def _same(entry: Entry) -> Entry:
    return entry


def _gzip(entry: Entry, way: Way) -> Iterator[Batch]:
    member = archives.open_gzip(entry, way.settings.corpus)
    kind = sniff(member)
    yield from READERS[kind](entry if kind == "warc" else member, way)  # a web archive is opened anew, packed, by each worker


def _warc(entry: Entry, way: Way) -> Iterator[Batch]:
    found: list[Found] = []
    for where, row, reason in read_archive(entry, way.settings, way.pool):
        found.append((where, row, [reason] if reason else []))
        if len(found) >= way.settings.web.batch:
            yield _found_batch(found)
            found = []
    yield _found_batch(found)


READERS = {"table": _tables, "sheet": _tables, "html": _page, "page": _page, "links": _link_list, "feed": _feed, "opml": _opml, "zip": _zip, "gzip": _gzip,
           "warc": _warc}
"""The one reader of each kind that `entries.sniff` tells apart."""


def _links(links: list[Link], way: Way) -> Iterator[Batch]:
    if way.web is None:
        raise InputError("this needs the network, which is off", where=links[0][0][:200] if links else "", remedy="Allow it with --network")
    found: list[Found] = []
    for one in read_links(links, way.web, way.settings, way.pool):
        found.append(one)
        if len(found) >= way.settings.web.batch:
            yield _found_batch(found)
            found = []
    yield _found_batch(found)


def _found_batch(found: list[Found]) -> Batch:
    return _batch([row for _, row, _ in found if row is not None], [(where, note) for where, _, notes in found for note in notes])


def _batch(rows: list[dict[str, Any]], refused: list[tuple[str, str]]) -> Batch:
    return pages.make_articles(rows), pd.DataFrame(refused, columns=list(DROPPED.columns), dtype="str")
