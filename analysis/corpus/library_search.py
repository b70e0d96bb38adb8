"""Full-text search: one language for what a person types, understood alike by an SQLite file and a PostgreSQL server.

SQLite's FTS5 reads the words of an article itself (lower case, without accents). A server's own word parser knows stems, addresses and
hyphens of its own; so there the words are found here, by FTS5's rules, and handed over as a finished list with places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, text

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE words USING fts5(title, text, content='articles', content_rowid='number', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER articles_added AFTER INSERT ON articles BEGIN "
    "INSERT INTO words(rowid, title, text) VALUES (new.number, new.title, new.text); END",
    "CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN "
    "INSERT INTO words(words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text); END",
    "CREATE TRIGGER articles_changed AFTER UPDATE OF title, text ON articles BEGIN "
    "INSERT INTO words(words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text); "
    "INSERT INTO words(rowid, title, text) VALUES (new.number, new.title, new.text); END",
)
POSTGRESQL_INDEX = (
    "CREATE TABLE words (number INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE, found TSVECTOR NOT NULL)",
    "CREATE INDEX words_found ON words USING gin (found)",
)
MATCHING = {"sqlite": "SELECT rowid FROM words WHERE words MATCH :words", "postgresql": "SELECT number FROM words WHERE found @@ CAST(:words AS tsquery)"}
"""SELECT of the numbers of articles that match :words."""
NOTHING = {"sqlite": '""', "postgresql": ""}
"""A query that matches no article."""
_NEWEST = {
    "sqlite": "SELECT rowid FROM words WHERE words MATCH :words ORDER BY rowid DESC LIMIT :most",
    "postgresql": "WITH hits AS MATERIALIZED (SELECT number FROM words WHERE found @@ CAST(:words AS tsquery)) "
                  "SELECT number FROM hits ORDER BY number DESC LIMIT :most",
}
"""SELECT of the numbers of the articles that match :words and came last, newest first. A file reads its index backwards and stops at :most."""
_AMONG = {
    "sqlite": "SELECT rowid FROM words WHERE words MATCH :words AND rowid >= :since",
    "postgresql": "SELECT number FROM words WHERE number = ANY(:newest) AND found @@ CAST(:words AS tsquery)",
}
_RANKED = {
    "sqlite": "SELECT rowid FROM words WHERE words MATCH :words AND rowid >= :since ORDER BY bm25(words, 10.0, 1.0), rowid DESC",
    "postgresql": "SELECT number FROM words WHERE number = ANY(:newest) "
                  "ORDER BY ts_rank('{0.1, 0.1, 0.1, 1.0}', found, CAST(:words AS tsquery), 1) DESC, number DESC",
}
"""Those of :newest that match :words, and :newest with the best first; a word in the title counts tenfold on both."""
_BY_INDEX = "SET LOCAL enable_seqscan = off"  # a server does not reckon with what unpacking a list of words costs, and would read all of them
_PIECES = re.compile(r'"([^"]{1,300})"|([^\s"]{1,100})')
_WORD = re.compile(r"[^\W_]+")
_A_QUERY = 900  # numbers; under SQLite's oldest limit of 999 parameters a statement
_PLACES = 16_383  # words of an article a server can place; those beyond are not searched there
_REPEATS = 255  # places a server keeps of one word
_LONGEST = 500  # characters of one word; a server takes 2,046 bytes
_BYTES = 900_000  # of one article's list of words; a server takes 1 MiB


def split_words(words: str) -> list[str]:
    """Return the words as they are searched: letters and figures, in lower case, without accents."""
    if not words.isascii():
        words = "".join(letter for letter in unicodedata.normalize("NFD", words) if not unicodedata.combining(letter))
    return _WORD.findall(words.lower())


class Hits(list[str]):
    """Ids of articles, best first.

    Attributes:
        beyond: whether more articles match than were ranked, so that only the newest of them had a chance.
    """

    beyond = False


def find_articles(connection: Connection, query: str, limit: int, most: int) -> Hits:
    """Return the ids of articles that hold every word of a query, best first.

    First those with the words as they stand, and, when there are too few, those where the last is only a beginning. Of each: with the words
    one after the other in the title, then with all of them in the title, then one after the other in the text, each newest first; then
    the others by bm25 (a file) or ts_rank (a server), which weigh how often a text has the words for its length, and of a phrase, which
    hardly any text has twice, the newest. Ranking reads the places of every match, so only the newest are ranked: a word that half the
    library has says nothing about which half.

    Args:
        connection: the library's.
        query: as typed; see `match_words`.
        limit: most ids returned.
        most: matches ranked, the newest.
    """
    pieces, unfinished = _split_query(query)
    best, beyond = _rank(connection, pieces, most)
    if unfinished and len(best) < limit:
        begun, beyond = _rank(connection, pieces, most, unfinished=True)
        best = list(dict.fromkeys(best + begun))
    hits = Hits(_name_articles(connection, best[:limit]))
    hits.beyond = beyond
    return hits


def _rank(connection: Connection, pieces: list[str], most: int, unfinished: bool = False) -> tuple[list[int], bool]:
    """The numbers of the newest matches, best first, and whether there are more."""
    kind = connection.dialect.name
    if not (words := _render(pieces, unfinished, kind)):
        return [], False
    if kind == "postgresql":
        connection.exec_driver_sql(_BY_INDEX)
    newest = list(connection.scalars(text(_NEWEST[kind]), {"words": words, "most": most + 1}))
    beyond, newest = len(newest) > most, newest[:most]
    if not newest:
        return [], False
    where = {"since": newest[-1]} if kind == "sqlite" else {"newest": newest}
    together = [" ".join(pieces)] if len(pieces) > 1 and not unfinished else []
    best: dict[int, None] = {}
    for better in filter(None, (_render(together, False, kind, True), _render(pieces, unfinished, kind, True), _render(together, False, kind))):
        best |= dict.fromkeys(sorted(connection.scalars(text(_AMONG[kind]), {"words": better, **where}), reverse=True))
    plain = not unfinished and all(len(split_words(piece)) == 1 for piece in pieces)
    rest = connection.scalars(text(_RANKED[kind]), {"words": words, **where}) if plain else newest
    return list(best | dict.fromkeys(rest)), beyond


def _name_articles(connection: Connection, numbers: list[int]) -> Iterator[str]:
    """The ids of these articles, in this order."""
    wanted = text("SELECT number, article_id FROM articles WHERE number IN :numbers").bindparams(bindparam("numbers", expanding=True))
    for start in range(0, len(numbers), _A_QUERY):
        part = numbers[start:start + _A_QUERY]
        ids = dict(connection.execute(wanted, {"numbers": part}).all())
        yield from (ids[number] for number in part)


def match_words(query: str, kind: str = "sqlite") -> str:
    """Turn what a person typed into a full-text query that is always valid: every word must occur, "quoted words" as a phrase.

    AND, NEAR, *, ^, -, : and brackets are plain characters; the last bare word also matches as a beginning, for search while typing.
    '' when nothing searchable is left.

    Args:
        query: as typed.
        kind: whose language: sqlite or postgresql.
    """
    pieces, unfinished = _split_query(query)
    return _render(pieces, unfinished, kind)


def _split_query(query: str) -> tuple[list[str], bool]:
    """The words and phrases of a query, and whether the last may go on."""
    pieces = []
    for phrase, word in _PIECES.findall(query.replace("\x00", " ")[:1000])[:20]:
        piece = phrase or word.rstrip("*")  # a person who knows the sign means a beginning, which the last word is anyway
        if any(letter.isalnum() for letter in piece):
            pieces.append((piece, bool(word)))
    if not pieces:
        return [], False
    last, bare = pieces[-1]
    unfinished = bare and len(last) > 2 and last[-1].isalnum()  # a beginning of one or two letters would match half the library
    return [piece for piece, _ in pieces], unfinished


def _render(pieces: list[str], unfinished: bool, kind: str, title: bool = False) -> str:
    """All of these words and phrases, in the title alone if so asked."""
    if not pieces:
        return ""
    if kind == "sqlite":
        words = " ".join([*(_for_sqlite(piece, False) for piece in pieces[:-1]), _for_sqlite(pieces[-1], unfinished)])
        return f"{{title}} : ({words})" if title else words
    parts = [*(_for_server(piece, False, title) for piece in pieces[:-1]), _for_server(pieces[-1], unfinished, title)]
    return " & ".join(part for part in parts if part)


def _for_sqlite(piece: str, unfinished: bool) -> str:
    return f'"{piece}"' + ("*" if unfinished else "")


def _for_server(piece: str, unfinished: bool, title: bool = False) -> str:
    words = [word[:_LONGEST] for word in split_words(piece)]  # letters and figures only: nothing in them can end the quotation
    marked = [f"'{word}'" for word in words]
    if title:
        marked = [word + ":A" for word in marked]
    if unfinished and marked:
        marked[-1] = marked[-1] + "*" if title else marked[-1] + ":*"
    return f"({' <-> '.join(marked)})" if marked else ""


def index_on_server(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Note the words of articles on a server; an SQLite file does it by itself.

    Args:
        connection: within the transaction that writes the articles.
        rows: number, title, text.
    """
    connection.execute(
        text("INSERT INTO words(number, found) VALUES (:number, CAST(:found AS tsvector)) ON CONFLICT (number) DO UPDATE SET found = excluded.found"),
        [{"number": row["number"], "found": _list_words(row["title"], row["text"])} for row in rows])


def rebuild_index(connection: Connection, kind: str) -> None:
    """Make the full-text index anew from the articles, within the caller's transaction."""
    if kind == "sqlite":
        connection.exec_driver_sql("INSERT INTO words(words) VALUES ('rebuild')")
        return
    connection.exec_driver_sql("DELETE FROM words")
    number = 0
    while rows := connection.execute(text("SELECT number, title, text FROM articles WHERE number > :number ORDER BY number LIMIT 500"),
                                     {"number": number}).mappings().all():
        index_on_server(connection, rows)
        number = rows[-1]["number"]


def _list_words(title: str, words: str) -> str:
    """A server's list of words with places: those of the title weigh A, and a gap keeps a phrase from reaching out of it."""
    places: dict[str, list[str]] = {}
    titles = split_words(title)[:_PLACES]
    for place, word in enumerate(titles, start=1):
        places.setdefault(word[:_LONGEST], []).append(f"{place}A")
    for place, word in enumerate(split_words(words)[:max(_PLACES - len(titles) - 2, 0)], start=len(titles) + 3):
        places.setdefault(word[:_LONGEST], []).append(str(place))
    listed, size = [], 0
    for word, where in places.items():
        entry = f"'{word}':{','.join(where[:_REPEATS])}"
        size += len(entry.encode())
        if size > _BYTES:
            break
        listed.append(entry)
    return " ".join(listed)
