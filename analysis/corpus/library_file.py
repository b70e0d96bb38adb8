"""A library in an SQLite file: how it is opened, locked and checked, and how its faults are told to a person."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, exc, text
from sqlalchemy.pool import NullPool, QueuePool

from analysis.schema import LibraryError

_REMEDIES = (
    ("locked", "another program is writing to the library", "Wait until it is done, or close it, and try again"),
    ("full", "the disk is full", "Free some space and try again; nothing of the last batch was written"),
    ("malformed", "the library file is damaged", "Run `doctor` on it, or restore a backup"),
    ("not a database", "this file is not a library", "Name another file, or move this one away"),
    ("readonly", "the library may not be written to", "Open it read-only, or copy it to a place you may write to"),
    ("read-only", "the library may not be written to", "Open it read-only, or copy it to a place you may write to"),
    ("unable to open", "the library cannot be opened", "Check that the folder exists and that you may write to it"),
    ("no such table", "this file is a database of another kind", "Name another file"),
    ("no such column", "the library file is damaged", "Run `doctor` on it, or restore a backup"),
    ("disk i/o", "the disk cannot be read or written", "Check the disk, then restore a backup if the fault stays"),
)


class FileShelf:
    """An SQLite file; `library` writes through it and knows nothing else of SQLite."""

    kind = "sqlite"

    def __init__(self, path: Path, read_only: bool, busy_seconds: float) -> None:
        self.path, self.where, self.read_only, self.busy_seconds = path, str(path), read_only, busy_seconds
        self.engine = _connect(path, read_only, busy_seconds)

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn the database's faults inside this block into a LibraryError with what to do."""
        with explained(self.path):
            yield

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one unchanging state, whatever is written meanwhile."""
        with self.explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write whole or not at all, as the only one who writes."""
        with self.explained(), self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the right to work on the library at length: to ingest, regroup, repair, correct or import.

        The system takes the lock back when the program ends, however it ends; the file beside the library is only its name.

        Raises:
            LibraryError: another program holds it and keeps it, or the library was opened read-only.
        """
        if self.read_only:
            raise LibraryError("the library may not be written to", where=self.where, remedy="It was opened read-only; open it for writing")
        lock = FileLock(f"{self.path}.lock", timeout=self.busy_seconds)
        try:
            with self.explained(), lock:
                yield
        except Timeout as error:
            raise LibraryError("another program is adding to the library or regrouping it", where=self.where,
                               remedy="Wait until it is done, or close it, and try again; reading is possible meanwhile") from error
        except PermissionError as error:
            raise LibraryError("the library may not be written to", where=self.where,
                               remedy="Open it read-only, or copy it to a place you may write to") from error

    def prepare_to_write(self) -> None:
        """Switch the file to a write-ahead log for good, so that readers never wait; only once it is known to be ours."""
        with self.explained():
            connection = self.engine.raw_connection()
            connection.cursor().execute("PRAGMA journal_mode=WAL")
            connection.close()

    def is_empty(self, connection: Connection) -> bool:
        """Say whether nothing has ever been made here."""
        return not connection.scalar(text("SELECT COUNT(*) FROM sqlite_master"))

    def find_faults(self) -> list[str]:
        """Return what the database itself finds wrong with its file, its indices and its full-text search; empty when sound."""
        with self.reading() as connection:
            found = [str(row) for row in connection.scalars(text("PRAGMA integrity_check(20)")) if row != "ok"]
            found += [f"row {row[1]} of {row[0]} names a missing {row[2]}" for row in connection.execute(text("PRAGMA foreign_key_check")).all()]
        if not found and not self.read_only:
            with self.explained():
                self._look_at_search()
        return found

    def _look_at_search(self) -> None:
        """Hold the full-text index against the articles; that takes the write lock, so beside a writer at work it is left for another time."""
        pooled = self.engine.raw_connection()
        connection = pooled.driver_connection
        try:
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute(f"PRAGMA busy_timeout={int(self.busy_seconds * 1000)}")
            pooled.close()

    def copy_to(self, path: Path) -> None:
        """Copy the library as it is at this moment, also while others write; the copy appears only when it is whole and on the disk.

        Raises:
            LibraryError: the copy cannot be written.
        """
        partial = path.with_name(f".{path.name}.partial")
        try:
            with explained(path), closing(self.engine.raw_connection()) as pooled:
                with closing(sqlite3.connect(partial)) as copy:
                    pooled.driver_connection.backup(copy)  # in one step: a reader of the log ahead holds up no writer, and steps would start anew with each
                    copy.execute("PRAGMA journal_mode=DELETE")
                with partial.open("rb") as written:
                    os.fsync(written.fileno())
                os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    def size(self) -> int:
        """Return how many bytes the file holds."""
        return self.path.stat().st_size


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the faults of a file inside this block into a LibraryError with what to do."""
    try:
        yield
    except exc.IntegrityError as error:
        raise LibraryError(f"the rows do not fit together ({error.orig})", where=str(path), remedy="Add the articles before what refers to them") from error
    except (exc.DBAPIError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", error))
        problem, remedy = next(((problem, remedy) for mark, problem, remedy in _REMEDIES if mark in said.lower()), (said, "Run `doctor` on the library"))
        raise LibraryError(problem, where=str(path), remedy=remedy) from error
    except OSError as error:
        raise LibraryError(f"the library cannot be opened ({error.strerror})", where=str(path),
                           remedy="Check that the folder exists and that you may write to it") from error
    except UnicodeDecodeError as error:
        raise LibraryError("the library file is damaged", where=str(path), remedy="Run `doctor` on it, or restore a backup") from error


def _connect(path: Path, read_only: bool, busy_seconds: float) -> Engine:
    """Open the file with one connection a call, so that any thread may use it; `writing` as an execution option asks for the write lock."""
    fixed = read_only and not os.access(path.parent, os.W_OK)

    def connect() -> sqlite3.Connection:
        # as_uri escapes ?, # and % in file names, which would otherwise be read as options
        address = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        if fixed and not Path(f"{path}-wal").exists():
            # A write-ahead log wants a file beside it even to read. Where none can be made and no writer has made one, nothing changes.
            address += "&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None, timeout=busy_seconds)

    # What was opened as immutable must not be used again: somebody with the right to write may have come.
    pool: dict[str, Any] = {"poolclass": NullPool} if fixed else {"poolclass": QueuePool, "pool_size": 4, "max_overflow": -1}
    engine = create_engine("sqlite://", creator=connect, **pool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        if not read_only:
            connection.execute("PRAGMA synchronous=FULL")  # a batch that was reported as added outlives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer asks for the lock at once: a reader that turns writer half-way cannot wait and fails.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")

    return engine
