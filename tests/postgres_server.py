"""A real PostgreSQL server for the tests: its own temporary folder, reachable by a Unix socket alone, never as root, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

MISSING = "PostgreSQL is not installed: run `make test` as root, or `apt-get install postgresql`"


def find_programs() -> Path | None:
    """The folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("postgres")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


class Server:
    """Start, restart and stop a server of one's own."""

    def __init__(self) -> None:
        self.programs = find_programs()
        if self.programs is None:
            if os.environ.get("CI"):
                pytest.fail(MISSING)
            pytest.skip(MISSING)
        self.folder = Path(tempfile.mkdtemp(prefix="parallax-pg-"))
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None  # a server refuses to run as root
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self._run("initdb", "-D", "data", "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([str(self.programs / program), *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
                              **({"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}))
        assert done.returncode == 0, f"{program}: {done.stdout[-800:]} {done.stderr[-800:]}"

    def start(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-t", "100", "-l", "log", "-o", f"-k {self.folder} -c listen_addresses='' -c max_connections=120", "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: fast ends every connection, immediate is a crash."""
        self._run("pg_ctl", "-D", "data", "-w", "-t", "100", "-m", how, "stop")

    def make_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        with psycopg.connect(host=str(self.folder), user="desk", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return f"postgresql+psycopg://desk@/{name}?host={self.folder}"

    def close(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder)
