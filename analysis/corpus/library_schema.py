"""What the library's tables look like, the same in an SQLite file and on a PostgreSQL server: a leaf that the library's parts stand on.

Plain SQL types only; full-text search is the one thing the two do differently (`library_search`). Text sorts by code point on both.
A new version appends to MIGRATIONS and never edits what stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, UniqueConstraint
from sqlalchemy import Text as PlainText

from analysis.corpus.library_digests import fill_digests

SQLITE, POSTGRESQL = "sqlite", "postgresql"
Text = PlainText().with_variant(PlainText(collation="C"), POSTGRESQL)  # a server's own collation would sort ids and times otherwise

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
articles = Table(
    "articles", metadata,
    Column("number", Integer, primary_key=True),  # order of arrival; full-text search needs a whole-number key that VACUUM keeps
    Column("article_id", Text, nullable=False, unique=True),
    Column("outlet", Text, nullable=False), Column("title", Text, nullable=False),
    Column("published", Text),  # ISO 8601 in UTC, so that text order is time order; NULL when unknown
    Column("precision", Text, nullable=False), Column("url", Text, nullable=False), Column("byline", Text, nullable=False),
    Column("agency", Text, nullable=False), Column("language", Text, nullable=False), Column("genre", Text, nullable=False),
    Column("provenance", Text, nullable=False), Column("text", Text, nullable=False), Column("n_words", Integer, nullable=False),
    Column("given", Text, nullable=False, server_default=""),  # JSON: what the source wrote where we keep another form, such as a date
    Column("text_digest", Text, nullable=False, server_default=""), Column("digest", Text, nullable=False, server_default=""),
)
aliases = Table(  # under which contents and addresses an article is known, so that it is added once
    "aliases", metadata,
    Column("kind", Text, primary_key=True), Column("alias", Text, primary_key=True),
    Column("article_id", Text, ForeignKey("articles.article_id"), nullable=False, index=True),
)
dropped = Table(
    "dropped", metadata, Column("number", Integer, primary_key=True), Column("where", Text, nullable=False), Column("reason", Text, nullable=False),
    UniqueConstraint("where", "reason"),
)
groups = Table(
    "groups", metadata,
    Column("article_id", Text, ForeignKey("articles.article_id"), primary_key=True),
    Column("event_id", Text, nullable=False, index=True), Column("storyline_id", Text, nullable=False), Column("origin_id", Text, nullable=False),
    Column("closeness", Float), Column("margin", Float), Column("why", Text, nullable=False),
)
repairs = Table(
    "repairs", metadata,
    Column("number", Integer, primary_key=True), Column("repair_id", Text, nullable=False, unique=True), Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("article_ids", Text, nullable=False), Column("target", Text, nullable=False),
    Column("reason", Text, nullable=False), Column("undone_by", Text), Column("digest", Text, nullable=False, server_default=""),
)
corrections = Table(
    "corrections", metadata,
    Column("number", Integer, primary_key=True), Column("correction_id", Text, nullable=False, unique=True), Column("at", Text, nullable=False),
    Column("article_id", Text, ForeignKey("articles.article_id"), nullable=False, index=True), Column("field", Text, nullable=False),
    Column("value", Text, nullable=False), Column("original", Text, nullable=False), Column("reason", Text, nullable=False),
    Column("undoes", Text, nullable=False), Column("digest", Text, nullable=False),
)
marks = Table(
    "marks", metadata,
    Column("number", Integer, primary_key=True), Column("mark_id", Text, nullable=False, unique=True), Column("at", Text, nullable=False),
    Column("event_id", Text, nullable=False, index=True), Column("article_id", Text, ForeignKey("articles.article_id"), nullable=False),
    Column("sentence", Integer, nullable=False), Column("start", Integer, nullable=False), Column("end", Integer, nullable=False),
    Column("pupil", Text, nullable=False), Column("label", Text, nullable=False), Column("undoes", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
journal = Table(  # what each ingest did, batch by batch, so that one cut short is seen and carried on
    "journal", metadata,
    Column("number", Integer, primary_key=True), Column("at", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False), Column("batch", Text, nullable=False),
    Column("added", Integer, nullable=False), Column("known", Integer, nullable=False), Column("refused", Integer, nullable=False),
)
vectors = Table(
    "vectors", metadata, Column("key", Text, primary_key=True), Column("row", LargeBinary, nullable=False),  # the key names model and text
    Column("digest", Text, nullable=False, server_default=""),
)
kept = Table(  # parses, comparisons and whatever else is dear to make and can be made again
    "kept", metadata, Column("kind", Text, primary_key=True), Column("key", Text, primary_key=True), Column("blob", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False, server_default=""),
)
Index("articles_outlet", articles.c.outlet)

LOGS = {"repairs": repairs, "corrections": corrections, "marks": marks}
"""The tables that a person's own work lies in: rows are added at the end, and each row's digest rests on the one before."""


@dataclass(frozen=True)
class Migration:
    """The way from one version to the next.

    Attributes:
        statements: SQL; those of version 1 to 2 are for SQLite alone, because no server ever held version 1.
        fill: what SQL cannot compute, run after the statements.
    """

    statements: tuple[str, ...]
    fill: Callable[[Connection], Any] | None = None


_TO_2 = (
    "ALTER TABLE articles ADD COLUMN given TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE articles ADD COLUMN text_digest TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE articles ADD COLUMN digest TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE repairs ADD COLUMN digest TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE vectors ADD COLUMN digest TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE kept ADD COLUMN digest TEXT DEFAULT '' NOT NULL",
    "CREATE TABLE aliases (kind TEXT NOT NULL, alias TEXT NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (kind, alias), "
    "FOREIGN KEY(article_id) REFERENCES articles (article_id))",
    "CREATE INDEX ix_aliases_article_id ON aliases (article_id)",
    "CREATE TABLE corrections (number INTEGER NOT NULL, correction_id TEXT NOT NULL, at TEXT NOT NULL, article_id TEXT NOT NULL, field TEXT NOT NULL, "
    "value TEXT NOT NULL, original TEXT NOT NULL, reason TEXT NOT NULL, undoes TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (number), "
    "UNIQUE (correction_id), FOREIGN KEY(article_id) REFERENCES articles (article_id))",
    "CREATE INDEX ix_corrections_article_id ON corrections (article_id)",
    "CREATE TABLE marks (number INTEGER NOT NULL, mark_id TEXT NOT NULL, at TEXT NOT NULL, event_id TEXT NOT NULL, article_id TEXT NOT NULL, "
    "sentence INTEGER NOT NULL, start INTEGER NOT NULL, \"end\" INTEGER NOT NULL, pupil TEXT NOT NULL, label TEXT NOT NULL, undoes TEXT NOT NULL, "
    "digest TEXT NOT NULL, PRIMARY KEY (number), UNIQUE (mark_id), FOREIGN KEY(article_id) REFERENCES articles (article_id))",
    "CREATE INDEX ix_marks_event_id ON marks (event_id)",
    "CREATE TABLE journal (number INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, batch TEXT NOT NULL, "
    "added INTEGER NOT NULL, known INTEGER NOT NULL, refused INTEGER NOT NULL, PRIMARY KEY (number))",
)
MIGRATIONS: tuple[Migration, ...] = (Migration(_TO_2, fill_digests),)
"""From version n to n + 1, the first from version 1; a fresh library is made at the newest version at once."""
VERSION = 1 + len(MIGRATIONS)
