"""Digests by which a library notices that a disk, a cable or another program changed what it holds.

SQLite keeps no checksum of its pages. So every article, vector, kept answer and entry of a log carries a digest that is looked at
whenever the row is read, and each table one over all its rows, so that a row that vanished is noticed too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from analysis.corpus.library_identity import address_key, content_key
from analysis.schema import LibraryError

ARTICLE_FIELDS = ("article_id", "outlet", "title", "published", "precision", "url", "byline", "agency", "language", "genre", "provenance", "n_words",
                  "given", "text_digest")
"""What an article's digest is made of; the text counts by its own digest, so that a list without texts can be checked as well."""
LOG_FIELDS = {
    "repairs": ("repair_id", "at", "kind", "article_ids", "target", "reason"),  # undone_by follows from later entries
    "corrections": ("correction_id", "at", "article_id", "field", "value", "original", "reason", "undoes"),
    "marks": ("mark_id", "at", "event_id", "article_id", "sentence", "start", "end", "pupil", "label", "undoes"),
}
GROUP_FIELDS = ("article_id", "event_id", "storyline_id", "origin_id", "closeness", "margin", "why")
_WIDTH = 1 << 128
_STEP = 500  # articles filled at a time


def digest_text(words: str) -> str:
    """Return the digest of a text: 32 hexadecimal digits."""
    return hashlib.sha256(words.encode("utf8", "surrogatepass")).hexdigest()[:32]


def digest_values(values: Iterable[Any], before: str = "") -> str:
    """Return the digest of values in their order, resting on an earlier digest when one is given."""
    return digest_text(before + json.dumps(list(values), ensure_ascii=False, separators=(",", ":")))


def digest_article(row: Mapping[str, Any]) -> str:
    """Return the digest of a stored article, its text by `text_digest`."""
    return digest_values(row[name] for name in ARTICLE_FIELDS)


def digest_entry(log: str, row: Mapping[str, Any], before: str) -> str:
    """Return the digest of an entry of a log; it rests on the entry before, so that none can vanish unseen."""
    return digest_values((row[name] for name in LOG_FIELDS[log]), before)


def digest_blob(key: str, blob: bytes) -> str:
    """Return the digest of bytes kept under a key."""
    return hashlib.blake2b(key.encode("utf8", "surrogatepass") + b"\x00" + blob, digest_size=16).hexdigest()


def digest_groups(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the digest of all groups, whatever their order."""
    return digest_text("".join(sorted(digest_values(row[name] for name in GROUP_FIELDS) for row in rows)))


def add_to_sum(kept: str, gone: Iterable[str] = (), come: Iterable[str] = ()) -> str:
    """Return the table's digest after some rows' digests have gone and others have come; the order of arrival does not matter.

    Raises:
        LibraryError: what is kept is no digest.
    """
    try:
        total = int(kept or "0", 16) + sum(int(digest, 16) for digest in come) - sum(int(digest, 16) for digest in gone)
    except (ValueError, TypeError) as error:
        raise LibraryError("the library is damaged: a digest cannot be read", remedy="Run `doctor` on it, or restore a backup") from error
    return f"{total % _WIDTH:032x}"


def read_meta(connection: Connection, key: str) -> str:
    """Return what the library notes under a key; '' when nothing."""
    return connection.scalar(text("SELECT value FROM meta WHERE key = :key"), {"key": key}) or ""


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Note a value under a key."""
    connection.execute(text("INSERT INTO meta(key, value) VALUES (:key, :value) ON CONFLICT(key) DO UPDATE SET value = excluded.value"),
                       {"key": key, "value": value})


def fill_digests(connection: Connection) -> None:
    """Give a library of version 1 the digests and aliases that version 2 keeps: run once, inside its migration."""
    number, total = 0, ""
    while rows := connection.execute(text("SELECT * FROM articles WHERE number > :number ORDER BY number LIMIT :step"),
                                     {"number": number, "step": _STEP}).mappings().all():
        filled = [{**row, "text_digest": digest_text(row["text"])} for row in rows]
        filled = [{**row, "digest": digest_article(row)} for row in filled]
        connection.execute(text("UPDATE articles SET text_digest = :text_digest, digest = :digest WHERE number = :number"), filled)
        names = [{"kind": kind, "alias": alias, "article_id": row["article_id"]} for row in filled for kind, alias in (
            ("content", content_key(row["outlet"], row["url"], row["title"], row["text"])), ("address", address_key(row["url"]))) if alias]
        connection.execute(text("INSERT INTO aliases(kind, alias, article_id) VALUES (:kind, :alias, :article_id) ON CONFLICT DO NOTHING"), names)
        total, number = add_to_sum(total, come=[row["digest"] for row in filled]), rows[-1]["number"]
    write_meta(connection, "articles digest", total or "0" * 32)
    before = ""
    for row in connection.execute(text("SELECT * FROM repairs ORDER BY number")).mappings().all():
        before = digest_entry("repairs", row, before)
        connection.execute(text("UPDATE repairs SET digest = :digest WHERE number = :number"), {"digest": before, "number": row["number"]})
    write_meta(connection, "repairs digest", before)
    write_meta(connection, "groups digest", digest_groups(connection.execute(text("SELECT * FROM groups")).mappings().all()))
    for name, columns in (("aliases", "kind, alias, article_id"), ("dropped", '"where", reason')):
        rows = connection.execute(text(f"SELECT {columns} FROM {name}")).all()  # noqa: S608
        write_meta(connection, f"{name} digest", add_to_sum("", come=[digest_values(row) for row in rows]))
    _fill_blobs(connection)


def _fill_blobs(connection: Connection) -> None:
    for table, column, key in (("vectors", "row", "key"), ("kept", "blob", "kind || ' ' || key")):
        last = 0
        while rows := connection.execute(text(f"SELECT rowid, {key}, {column} FROM {table} WHERE rowid > :last ORDER BY rowid LIMIT :step"),  # noqa: S608
                                         {"last": last, "step": _STEP}).all():
            connection.execute(text(f"UPDATE {table} SET digest = :digest WHERE rowid = :number"),  # noqa: S608
                               [{"number": number, "digest": digest_blob(name, blob)} for number, name, blob in rows])
            last = rows[-1][0]
