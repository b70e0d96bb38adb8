"""What was dear to compute and can be made again: vectors, parses, comparisons, each with a digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, text

from analysis.corpus import library_schema as tables
from analysis.corpus.library_articles import damaged, find_many
from analysis.corpus.library_digests import digest_blob


def read_vectors(connection: Connection, keys: Sequence[str], where: str) -> dict[str, np.ndarray]:
    """Return the vectors kept under these keys, each checked."""
    found = {}
    for key, row, digest in find_many(connection, tables.vectors, keys, "key", "row", "digest"):
        found[key] = np.frombuffer(_whole(key, row, digest, where), dtype="<f4")
    return found


def write_vectors(connection: Connection, vectors: Mapping[str, np.ndarray]) -> None:
    """Keep vectors; a key names model and text, so what stands there is right."""
    rows = [{"key": key, "row": np.asarray(row, dtype="<f4").tobytes()} for key, row in vectors.items()]
    connection.execute(text("INSERT INTO vectors(key, row, digest) VALUES (:key, :row, :digest) ON CONFLICT DO NOTHING"),
                       [{**row, "digest": digest_blob(row["key"], row["row"])} for row in rows])


def read_blobs(connection: Connection, kind: str, keys: Sequence[str], where: str) -> dict[str, bytes]:
    """Return the bytes kept under a kind and these keys, each checked."""
    return {key: _whole(f"{kind} {key}", blob, digest, where)
            for key, blob, digest in find_many(connection, tables.kept, keys, "key", "blob", "digest", kind=kind)}


def write_blobs(connection: Connection, kind: str, blobs: Mapping[str, bytes]) -> None:
    """Keep bytes; the latest stands."""
    connection.execute(text("INSERT INTO kept(kind, key, blob, digest) VALUES (:kind, :key, :blob, :digest) "
                            "ON CONFLICT(kind, key) DO UPDATE SET blob = excluded.blob, digest = excluded.digest"),
                       [{"kind": kind, "key": key, "blob": blob, "digest": digest_blob(f"{kind} {key}", blob)} for key, blob in blobs.items()])


def _whole(key: str, blob: bytes, digest: str, where: str) -> bytes:
    blob = bytes(blob) if not isinstance(blob, str) else b""
    if digest_blob(key, blob) != digest:
        raise damaged("something computed earlier is not as it was written; `doctor --mend` clears it", where)
    return blob
