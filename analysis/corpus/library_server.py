"""A library on a PostgreSQL server, for a newsroom: the same tables and the same promises as in a file.

One writer at a time, as in a file, but by the server's own locks, which end with the connection that holds them. A server that is
restarted is waited for: every call of the library can be made again without doing anything twice.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, create_engine, exc, inspect, make_url, text

from analysis.schema import InputError, LibraryError

_ADDRESS = "Write postgresql+psycopg://user@host/database"
_ONE_BATCH, _ONE_JOB = 0x70617261, 0x70617262  # two numbers of our own that name the locks
Method = TypeVar("Method", bound=Callable[..., Any])
_POLL = 0.2  # s between two looks at a lock somebody else holds
_REMEDIES = (
    ("lock timeout", "another program is writing to the library", "Wait until it is done and try again"),
    ("no space left", "the server's disk is full", "Free some space and try again; nothing of the last batch was written"),
    ("read-only", "the library may not be written to", "Open it read-only, or ask for the right to write"),
    ("permission denied", "this user may not do that in the library", "Ask for the right to read or write"),
    ("password authentication failed", "the server does not accept this user or password", "Check them"),
    ("no password supplied", "the server asks for a password", "Put it into PGPASSWORD or a pgpass file"),
    ('" does not exist', "there is no such database, user or table", "Check the name, or make the database with createdb"),
    ("nul (0x00)", "a text holds a NUL, which a server cannot keep", "Read the articles with read_articles, which takes it out"),
    ("invalid page", "the server found a damaged page in the library", "Restore a backup"),
)
_GONE = ("57p01", "57p02", "57p03", "08000", "08003", "08006", "08001")  # shut down, starting up, connection lost

_REFUSED = ("authentication", "password", "does not exist", "pg_hba", "permission", "ssl", "too many", "invalid")


class ServerGone(LibraryError):
    """The server went away in the middle; what was asked can be asked again."""


def patient(method: Method) -> Method:
    """Ask again when a server went away in the middle: no call of the library does anything twice."""
    @functools.wraps(method)
    def ask(self: Any, *given: Any, **named: Any) -> Any:
        until = time.monotonic() + self.settings.restart_seconds
        while True:
            try:
                return method(self, *given, **named)
            except ServerGone:
                if time.monotonic() > until:
                    raise
                time.sleep(self.settings.retry_seconds)
    return cast(Method, ask)


class ServerShelf:
    """A database on a server; `library` writes through it and knows nothing else of PostgreSQL."""

    kind = "postgresql"

    def __init__(self, address: str, read_only: bool, busy_seconds: float) -> None:
        try:
            url = make_url(address)
        except (exc.ArgumentError, ValueError) as error:
            raise InputError("this is no address of a library", where=address.split("@")[-1], remedy=_ADDRESS) from error
        if not url.database:
            raise InputError("this address names no database", where=address.split("@")[-1], remedy=_ADDRESS)
        self.where = url.set(query={}).render_as_string(hide_password=True)
        self.read_only, self.busy_seconds = read_only, busy_seconds
        self.engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_size=4, max_overflow=60, pool_pre_ping=True,
                                    connect_args={"connect_timeout": max(int(busy_seconds), 2)})

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn the server's faults inside this block into a LibraryError with what to do."""
        try:
            yield
        except exc.IntegrityError as error:
            raise LibraryError(f"the rows do not fit together ({_first_line(error.orig)})", where=self.where,
                               remedy="Add the articles before what refers to them") from error
        except exc.DBAPIError as error:
            if _is_gone(error):
                raise ServerGone("the server went away", where=self.where, remedy="Start it and try again; what was written whole is kept") from error
            said = _first_line(error.orig)
            problem, remedy = next(((problem, remedy) for mark, problem, remedy in _REMEDIES if mark in said.lower()), (said, "See the server's log"))
            raise LibraryError(problem, where=self.where, remedy=remedy) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one unchanging state, whatever is written meanwhile."""
        with self.explained(), self.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection, \
                connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write whole or not at all, as the only one who writes."""
        self._refuse_to_write()
        with self.explained(), self.engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = {int(self.busy_seconds * 1000)}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_BATCH})
            yield connection

    def _refuse_to_write(self) -> None:
        if self.read_only:
            raise LibraryError("the library may not be written to", where=self.where, remedy="It was opened read-only; open it for writing")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the right to work on the library at length: to ingest, regroup, repair, correct or import.

        Raises:
            LibraryError: another program holds it and keeps it, or the library was opened read-only.
        """
        self._refuse_to_write()
        with self.explained():
            holder = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            until = time.monotonic() + self.busy_seconds
            with self.explained():
                while not holder.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ONE_JOB}):
                    if time.monotonic() > until:
                        raise LibraryError("another program is adding to the library or regrouping it", where=self.where,
                                           remedy="Wait until it is done and try again; reading is possible meanwhile")
                    time.sleep(_POLL)
            yield
        finally:
            holder.invalidate()  # a session's lock ends with its connection, which must not go back to the pool with it
            holder.close()

    def prepare_to_write(self) -> None:
        """Nothing to do: a server always writes ahead."""

    def is_empty(self, connection: Connection) -> bool:
        """Say whether nothing has ever been made here."""
        return not inspect(connection).has_table("meta")

    def find_faults(self) -> list[str]:
        """Return what can be seen of a damaged index or search: articles without words and words without an article; empty when sound."""
        with self.reading() as connection:
            n = connection.scalar(text("SELECT COUNT(*) FROM articles a FULL JOIN words w ON w.number = a.number WHERE a.number IS NULL OR w.number IS NULL"))
        return [f"{n} articles are not in the full-text search"] if n else []

    def size(self) -> int:
        """Return how many bytes the database holds."""
        with self.reading() as connection:
            return connection.scalar(text("SELECT pg_database_size(current_database())"))


def _is_gone(error: exc.DBAPIError) -> bool:
    """Whether a server is away for a while; one that answers and refuses a user, a password or a database is not."""
    state = (getattr(error.orig, "sqlstate", None) or "").lower()
    if error.connection_invalidated or state in _GONE:
        return True
    said = str(error.orig).lower()  # a failed connection has no state: only its words tell the two apart
    return isinstance(error, exc.OperationalError) and not state and not any(mark in said for mark in _REFUSED)


def _first_line(error: Any) -> str:
    return (str(error).strip().splitlines() or ["the server gave no reason"])[0]
