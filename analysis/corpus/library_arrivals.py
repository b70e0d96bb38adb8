"""Articles going into the library: each once, whatever it is called when it comes again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert

from analysis.corpus import library_schema as tables
from analysis.corpus.library_articles import change_article, find_many
from analysis.corpus.library_digests import add_to_sum, digest_article, digest_text, digest_values, read_meta, write_meta
from analysis.corpus.library_identity import address_key, are_one_page, content_key
from analysis.corpus.library_search import index_on_server
from analysis.schema import ARTICLES, DROPPED, TableError
from analysis.settings import CorpusSettings

Names = Mapping[str, Sequence[tuple[str, str]]]
"""article_id -> the (kind, alias) pairs it is known under; kinds are content and address."""
KINDS = ("content", "address")


@dataclass(frozen=True)
class Added:
    """What a batch did.

    Attributes:
        added: articles that are new.
        known: articles the library had already, under their id, their words or their address.
        notes: DROPPED; where a known article came with other words than the library keeps.
        fuller: ids of articles that were held as a teaser and now have their whole text; they want regrouping.
        twins: the id an article came under, and the other one it is kept under.
    """

    added: int
    known: int
    notes: pd.DataFrame
    fuller: tuple[str, ...] = ()
    twins: Mapping[str, str] = field(default_factory=dict)


def add_articles(connection: Connection, articles: pd.DataFrame, kind: str, settings: CorpusSettings) -> Added:
    """Add a batch within the caller's transaction; see `Library.add_articles`."""
    rows = [_stored(row) for row in articles.to_dict("records")]
    return add_rows(connection, rows, {row["article_id"]: _name(row) for row in rows}, kind, settings)


def add_rows(connection: Connection, rows: list[dict[str, Any]], names: Names, kind: str, settings: CorpusSettings) -> Added:
    """Add articles as they are stored, known under given names, within the caller's transaction."""
    if not rows:
        return Added(0, 0, DROPPED.empty())
    new, aliases, others, twins = _pick_new(connection, rows, names, settings.same_page_share)
    if new:
        connection.execute(insert(tables.articles), new)
        write_meta(connection, "articles digest", add_to_sum(read_meta(connection, "articles digest"), come=[row["digest"] for row in new]))
        if kind == tables.POSTGRESQL:
            numbers = dict(find_many(connection, tables.articles, [row["article_id"] for row in new], "article_id", "number"))
            index_on_server(connection, [{**row, "number": numbers[row["article_id"]]} for row in new])
    if aliases:
        connection.execute(insert(tables.aliases), aliases)
        sums = [digest_values((alias["kind"], alias["alias"], alias["article_id"])) for alias in aliases]
        write_meta(connection, "aliases digest", add_to_sum(read_meta(connection, "aliases digest"), come=sums))
    notes, fuller = _complete(connection, others, kind, settings.teaser_words)
    return Added(len(new), len(rows) - len(new), pd.DataFrame(notes, columns=list(DROPPED.columns), dtype="str"), fuller, twins)


def _complete(connection: Connection, others: list[tuple[dict[str, Any], str]], kind: str, teaser_words: int) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Give a known teaser the whole text that has come, unless somebody has marked in it; say what is kept. Notes, ids completed."""
    held = dict(find_many(connection, tables.articles, [twin for _, twin in others], "article_id", "n_words"))
    marked = {article for article, in find_many(connection, tables.marks, held, "article_id")}
    notes, fuller = [], []
    for row, twin in others:
        if held[twin] < min(teaser_words, row["n_words"] / 2) and twin not in marked:
            change_article(connection, twin, {name: row[name] for name in ("text", "n_words", "text_digest")}, kind)
            notes.append((f"article {row['article_id']}", f"kept as {twin}: the library had its teaser, and has the whole text now"))
            held[twin] = row["n_words"]
            fuller.append(twin)
        else:
            notes.append((f"article {row['article_id']}", f"kept as it came first: the library has it as {twin}, now it came with other words"))
    return notes, tuple(fuller)


def _pick_new(connection: Connection, rows: list[dict[str, Any]], names: Names, least_share: float) -> tuple[
        list[dict[str, Any]], list[dict[str, str]], list[tuple[dict[str, Any], str]], dict[str, str]]:
    """The rows that are new, the aliases to note, the known rows that came with other words (with their id here), and ids that differ."""
    given = {kind: [alias for pairs in names.values() for of, alias in pairs if of == kind] for kind in KINDS}
    known = {(kind, alias): article for kind in KINDS for alias, article in
             find_many(connection, tables.aliases, given[kind], "alias", "article_id", kind=kind)}
    words = dict(find_many(connection, tables.articles, [*(row["article_id"] for row in rows), *known.values()], "article_id", "text_digest"))
    at = [article for (kind, _), article in known.items() if kind == "address"]
    pages = {article: (title, body) for article, title, body in find_many(connection, tables.articles, at, "article_id", "title", "text")}
    new, aliases, others, twins = [], [], [], {}
    for row in rows:
        pairs = names[row["article_id"]]
        same = [known[pair] for pair in pairs if pair[0] == "content" and pair in known]
        near = [known[pair] for pair in pairs if pair[0] == "address" and pair in known]
        twin = row["article_id"] if row["article_id"] in words else next(iter(same), "")
        twin = twin or next((page for page in near if are_one_page(row["title"], row["text"], *pages[page], least_share)), "")
        if twin and words[twin] != row["text_digest"] and not same:
            others.append((row, twin))
        if not twin:
            twin = row["article_id"]
            new.append(row)
            words[twin], pages[twin] = row["text_digest"], (row["title"], row["text"])
        elif twin != row["article_id"]:
            twins[row["article_id"]] = twin
        for pair in pairs:
            if known.setdefault(pair, "") == "":
                known[pair] = twin
                aliases.append({"kind": pair[0], "alias": pair[1], "article_id": twin})
    return new, aliases, others, twins


def _name(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = (("content", content_key(row["outlet"], row["url"], row["title"], row["text"])), ("address", address_key(row["url"])))
    return [pair for pair in pairs if pair[1]]


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    moment, given = row["published"], row.get("given") or ""
    if moment is not pd.NaT and getattr(moment, "tzinfo", None) is None:
        raise TableError("published must be UTC times", where=f"article {row['article_id']}", column="published", remedy="Read the file with read_articles")
    kept = {**{name: row[name] for name in ARTICLES.columns}, "published": None if moment is pd.NaT else f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}",
            "n_words": int(row["n_words"]), "given": given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, sort_keys=True)}
    if missing := [name for name in ARTICLES.columns if name not in ("published", "n_words") and not isinstance(kept[name], str)]:
        raise TableError("a field is not text", where=f"article {row['article_id']}", column=missing[0], remedy="Use '' for what is unknown")
    kept["text_digest"] = digest_text(kept["text"])
    return {**kept, "digest": digest_article(kept)}
