"""The open bundle: everything a library holds as Parquet and JSON with digests, in a folder or a zip, for any program and any later version.

Articles, groups, aliases, refusals, vectors and kept answers are Parquet; what a person did by hand and the journal are JSON lines, to be
read with the naked eye. `bundle.json` lists the files with rows and SHA-256. A bundle appears only when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Table, select

from analysis.corpus import library_schema as tables
from analysis.corpus.library_digests import digest_article, digest_text
from analysis.corpus.library_tables import Shelf
from analysis.schema import InputError, LibraryError

FORMAT = "parallax library"
PARQUET = {"articles": tables.articles, "aliases": tables.aliases, "dropped": tables.dropped, "groups": tables.groups, "vectors": tables.vectors,
           "kept": tables.kept}
LINES = {**tables.LOGS, "journal": tables.journal}
_STEP = 500  # rows written and read at a time, so that memory does not grow with the library
_LARGEST_GROUP = 1_000_000_000  # bytes of one group of rows once unpacked; ours have _STEP rows, a hostile file could claim anything
_LONGEST_LINE = 50_000_000  # bytes of one entry of a log


def write_bundle(shelf: Shelf, path: Path) -> dict[str, int]:
    """Write everything of one moment into a new folder, or a zip when the name ends in .zip, and return the rows of each table.

    Raises:
        InputError: something of that name is there already, or its folder is not.
        LibraryError: the bundle cannot be written; nothing is left behind.
    """
    if path.exists() or not path.parent.is_dir():
        raise InputError("there is something of this name already" if path.exists() else "the folder does not exist", where=str(path),
                         remedy="Choose another name" if path.exists() else "Make it first")
    partial = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        rows = _write_files(shelf, partial)
        if path.suffix.lower() == ".zip":
            packed = partial / "packed"
            with zipfile.ZipFile(packed, "x") as archive:  # stored: Parquet is packed already
                for file in sorted(partial.iterdir()):
                    if file != packed:
                        archive.write(file, file.name)
            _keep(packed)
            os.replace(packed, path)
        else:
            for file in partial.iterdir():
                _keep(file)
            partial.chmod(0o755)
            os.replace(partial, path)
    except OSError as error:
        raise LibraryError(f"the bundle cannot be written ({error.strerror})", where=str(path), remedy="Free some space, or choose another place") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows


def _write_files(shelf: Shelf, folder: Path) -> dict[str, int]:
    rows = {}
    with shelf.reading() as connection:  # one unchanging state for all tables
        for name, table in PARQUET.items():
            rows[name] = _write_parquet(connection, table, folder / f"{name}.parquet")
        for name, table in LINES.items():
            rows[name] = _write_lines(connection, table, folder / f"{name}.jsonl")
    files = {file.name: {"rows": rows[file.stem], "bytes": file.stat().st_size, "sha256": _digest_file(file)} for file in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, "version": tables.VERSION, "made": datetime.now(UTC).isoformat(), "files": files}
    (folder / "bundle.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    return rows


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.name != "number"]


def _iter_table(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    order = [table.c.number] if "number" in table.c else list(table.primary_key.columns)
    statement = select(*(table.c[name] for name in _columns(table))).order_by(*order).execution_options(yield_per=_STEP)
    for part in connection.execute(statement).mappings().partitions():
        yield [{name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()} for row in part]


def _write_parquet(connection: Connection, table: Table, path: Path) -> int:
    kinds = {"INTEGER": pa.int64(), "FLOAT": pa.float64(), "BLOB": pa.binary(), "TEXT": pa.string()}
    shape = pa.schema([(name, kinds[_kind(table, name)]) for name in _columns(table)])
    n = 0
    with pq.ParquetWriter(path, shape, compression="zstd") as writer:
        for rows in _iter_table(connection, table):
            writer.write_table(pa.Table.from_pylist(rows, schema=shape))
            n += len(rows)
    return n


def _kind(table: Table, name: str) -> str:
    return {"LargeBinary": "BLOB"}.get(type(table.c[name].type).__name__, type(table.c[name].type).__name__).upper()


def _write_lines(connection: Connection, table: Table, path: Path) -> int:
    n = 0
    with path.open("w", encoding="utf8") as file:
        for rows in _iter_table(connection, table):
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            n += len(rows)
    return n


def _keep(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _digest_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Bundle:
    """A bundle opened for reading, every file of it held against its digest first; made by `open_bundle`."""

    def __init__(self, folder: Path, files: dict[str, Any], where: str) -> None:
        self._folder, self._files, self.where = folder, files, where

    def iter_rows(self, name: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a table in their order, some at a time; none for a table that an older version did not have.

        Raises:
            InputError: the file is not what it says it is.
        """
        if name in PARQUET and f"{name}.parquet" in self._files:
            yield from self._iter_parquet(name)
        elif f"{name}.jsonl" in self._files:
            with (self._folder / f"{name}.jsonl").open("rb") as file:
                while lines := file.readlines(_STEP * 1_000):
                    yield [self._read_line(line, name) for line in lines]

    def _iter_parquet(self, name: str) -> Iterator[list[dict[str, Any]]]:
        try:
            with pq.ParquetFile(self._folder / f"{name}.parquet") as file:
                for at in range(file.num_row_groups):
                    if file.metadata.row_group(at).total_byte_size > _LARGEST_GROUP:
                        raise self._refuse(f"{name}.parquet has a group of rows that is too large")
                    for part in file.iter_batches(batch_size=_STEP, row_groups=[at]):
                        yield [self._checked(row, name) for row in part.to_pylist()]
        except (pa.ArrowException, OSError) as error:
            raise self._refuse(f"{name}.parquet cannot be read") from error

    def _read_line(self, line: bytes, name: str) -> dict[str, Any]:
        try:
            if len(line) > _LONGEST_LINE:
                raise self._refuse(f"{name}.jsonl has a line that is too long")
            return self._checked(json.loads(line), name)
        except (ValueError, RecursionError) as error:
            raise self._refuse(f"{name}.jsonl has a line that is no JSON") from error

    def _checked(self, row: Any, name: str) -> dict[str, Any]:
        table = PARQUET.get(name, LINES.get(name))
        if not isinstance(row, dict) or set(_columns(table)) - set(row):
            raise self._refuse(f"{name} has a row without {', '.join(sorted(set(_columns(table)) - set(row or {})))}")
        row = {column: row[column] for column in _columns(table)}
        if name == "articles" and (row["text_digest"] != digest_text(row["text"]) or row["digest"] != digest_article(row)):
            raise self._refuse(f"article {str(row['article_id'])[:60]!r} is not as it was written")
        return row

    def _refuse(self, problem: str) -> InputError:
        return InputError(f"the bundle is damaged or not ours: {problem}", where=self.where, remedy="Export the library again")


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a bundle, a folder or a zip, and hold every file against its digest before anything is read from it.

    Raises:
        InputError: no bundle, of a newer version, or not as it was written.
    """
    with tempfile.TemporaryDirectory(prefix="parallax-bundle-") as folder:
        copy = Path(folder)
        try:
            if path.is_dir():
                manifest = _copy_checked(lambda name: (path / name).open("rb"), copy, str(path))
            else:
                with zipfile.ZipFile(path) as archive:
                    manifest = _copy_checked(lambda name: _open_member(archive, name, str(path)), copy, str(path))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise InputError("this is no bundle of a library, or it is damaged", where=str(path), remedy="Give a folder or a zip made by `export`") from error
        yield Bundle(copy, manifest["files"], str(path))


def _open_member(archive: zipfile.ZipFile, name: str, where: str) -> IO[bytes]:
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise InputError("this zip was packed by another program", where=where, remedy="Unpack it, and import the folder")
    return archive.open(name)


def _copy_checked(opened: Any, folder: Path, where: str) -> dict[str, Any]:
    """Copy the files a bundle lists, and no others, and hold each against its digest; the copy is what is read then."""
    with opened("bundle.json") as file:
        try:
            manifest = json.loads(file.read(1_000_000))
            files, version = dict(manifest["files"]), int(manifest["version"])
            ours = manifest["format"] == FORMAT
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError("bundle.json cannot be understood", where=where, remedy="Export the library again") from error
    if not ours:
        raise InputError("this is no bundle of a library", where=where, remedy="Give a folder or a zip made by `export`")
    if version > tables.VERSION:
        raise InputError(f"the bundle was written by a newer version ({version}; this one knows {tables.VERSION})", where=where, remedy="Update Parallax")
    known = {f"{name}.parquet" for name in PARQUET} | {f"{name}.jsonl" for name in LINES}
    for name in known & set(files):
        digest, size = hashlib.sha256(), 0
        with opened(name) as source, (folder / name).open("wb") as copy:
            while size <= files[name]["bytes"] and (part := source.read(1 << 20)):
                digest.update(part)
                size += len(part)
                copy.write(part)
        if digest.hexdigest() != files[name]["sha256"]:
            raise InputError(f"{name} is not as it was written", where=where, remedy="Export the library again, or copy the bundle anew")
    return manifest
