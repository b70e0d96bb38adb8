"""What comes into a library: ingests from files, links and feeds. `pipeline` is the door to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import links, upkeep, ways
from analysis.corpus import feeds
from analysis.corpus.library import Library
from analysis.links import Web
from analysis.road import Progress, quiet
from analysis.schema import DROPPED, InputError
from analysis.settings import Settings
from analysis.tables import Way
from analysis.ways import Source


@dataclass(frozen=True)
class Ingested:
    """What an ingest did.

    Attributes:
        n_added, n_known: articles that are new, and those that were there already.
        n_articles, n_events: what the library holds now.
        dropped: DROPPED, the reason for each refused record and the notes on kept ones (these begin with "kept").
        added: the first of the new articles (`settings.corpus.shown_added`): ARTICLES, `text` empty, and event_id.
    """

    n_added: int
    n_known: int
    n_articles: int
    n_events: int
    dropped: pd.DataFrame
    added: pd.DataFrame


def ingest(library: Library, sources: Sequence[Source], settings: Settings, *, web: Web | None = None, columns: Mapping[str, str] | None = None,
           progress: Progress = quiet, forgiving: bool = False) -> Ingested:
    """Add the articles of sources, then regroup the library.

    A batch is added whole or not at all, and adding it again changes nothing, so a killed ingest is simply run again.

    Args:
        library: where they go.
        sources: files, folders, links, uploads, pasted texts; see `ways.read_articles`.
        settings: limits.
        web: the way out, from `open_web`; None keeps the network off.
        columns: field -> column of the tables among them, where a person has matched them.
        progress: told what was added so far.
        forgiving: a source that is missing or holds no article is refused by name, and the others are read.

    Raises:
        InputError: a source is missing or holds no article, unless `forgiving`; what was added before it stays.
        LibraryError: another program is adding or regrouping.
    """
    way, fresh = Way(settings, web, columns or {}), _Fresh(library, settings.corpus.shown_added)
    n_added, n_known, refused, fuller = 0, 0, [DROPPED.empty()], set()
    with library.alone():
        library.begin_ingest([ways.name_source(source) for source in sources])
        for source in sources:
            name = ways.name_source(source)
            for articles, dropped in _read_source(source, way, forgiving):
                fresh.look(articles)
                found = library.add_articles(articles, dropped, name)
                n_added, n_known = n_added + found.added, n_known + found.known
                refused += [dropped, found.notes]
                fuller |= set(found.fuller)
                progress(f"{name}: {n_added} added so far, {sum(map(len, refused))} refused or noted")
            _remember_feeds(library, web)
        upkeep.group_waiting(library, settings, fuller, progress)
        library.end_ingest()
    groups = library.groups()
    n_known += web.n_known if web is not None else 0
    return Ingested(n_added, n_known, len(groups), groups["event_id"].nunique(), pd.concat(refused, ignore_index=True), fresh.listed(groups))


def open_web(library: Library, settings: Settings) -> Web:
    """Return the way out for one ingest: what the library has is not fetched again, and feeds are asked for changes only."""
    return links.open_web(settings, frozenset(library.articles(without_text=True)["url"]) - {""}, _feeds(library))


def export_feeds(library: Library) -> str:
    """Return the feeds that were ever added to the library as OPML, for any feed reader."""
    return feeds.write_opml({"url": url, "title": kept["title"]} for url, kept in sorted(_feeds(library).items()))


def _feeds(library: Library) -> dict[str, dict[str, Any]]:
    return json.loads(library.cached("feeds", ["all"]).get("all", b"{}"))


def _remember_feeds(library: Library, web: Web | None) -> None:
    """Keep what was learnt of the feeds of a source once it is through; a feed of which something was missed is read whole again."""
    if web is not None:
        web.settle()
        library.keep("feeds", {"all": json.dumps(dict(web.feeds)).encode()})


def _read_source(source: Source, way: Way, forgiving: bool) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    try:
        yield from ways.read_articles(source, way)
    except InputError as error:
        if not forgiving:
            raise
        refused = [(error.where or ways.name_source(source), f"{error.problem}. {error.remedy}")]
        yield ways.make_articles([]), pd.DataFrame(refused, columns=list(DROPPED.columns), dtype="str")


class _Fresh:
    """The first new articles of an ingest, by id."""

    def __init__(self, library: Library, most: int) -> None:
        self._library, self._most, self._ids = library, most, []

    def look(self, articles: pd.DataFrame) -> None:
        """Note which of a batch are new, before it is added."""
        if len(self._ids) < self._most:
            ids = articles["article_id"].tolist()
            known = set(self._library.articles(ids, without_text=True)["article_id"])
            self._ids += [article_id for article_id in ids if article_id not in known][:self._most - len(self._ids)]

    def listed(self, groups: pd.DataFrame) -> pd.DataFrame:
        """Those that are in the library now, with their event; what was a mirror of an article there is not."""
        return self._library.articles(self._ids, without_text=True).merge(groups[["article_id", "event_id"]], on="article_id", how="left")
