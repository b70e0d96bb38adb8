"""The suite has no network, the guard that says so can fail, and what is installed is no older than the last release with a known hole."""

import ast
import os
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"streamlit": "1.61", "trafilatura": "2.3", "lxml": "6.1", "pyarrow": "14.0.1"}
"""The first releases without the holes that PLATFORM part 2 names: a disabled widget that still answered and a path that was followed; inner addresses
that were fetched; local files read by a document; code run by a Parquet file."""

HOLES = re.compile(r"tarfile|unpack_archive|extractall|c?[Pp]ickle|joblib|marshal|shelve")


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """A list of strays of this test's own, so that what it does on purpose fails nobody."""
    place = tmp_path / "strays"
    place.touch()
    monkeypatch.setenv("PARALLAX_STRAYS", str(place))
    return place


REACH = {
    "a line": "import socket; socket.create_connection(('93.184.216.34', 80), 1)",
    "a name": "import socket; socket.getaddrinfo('news.example', 80)",
    "a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
    "six": "import socket; socket.socket(socket.AF_INET6).connect(('2606:4700::1111', 443))",
    "a page": "import urllib.request; urllib.request.urlopen('http://news.example/')",
}


@pytest.mark.parametrize("reach", REACH.values(), ids=REACH)
def test_a_process_that_reaches_for_the_network_is_stopped_and_noted_also_one_that_we_started(noted, reach):
    with pytest.raises(OSError, match="no network"):
        exec(reach, {})
    assert len(noted.read_text().splitlines()) == 1
    child = subprocess.run([sys.executable, "-c", f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {reach!r}]).returncode)"],
                           capture_output=True, text=True, check=False)
    assert child.returncode == 1 and "no network" in child.stderr
    assert len(noted.read_text().splitlines()) == 2


def test_this_machine_is_no_network(noted):
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1])).close()
    socket.getaddrinfo("0x7f.1", 80)
    assert noted.read_text() == ""


def test_a_test_that_reaches_for_the_network_fails_even_when_the_error_is_swallowed(tmp_path):
    (tmp_path / "conftest.py").write_text("from network_guard.watching import no_network, pytest_configure, pytest_sessionfinish\n")
    (tmp_path / "test_it.py").write_text("import socket\ndef test_it():\n    try:\n        socket.getaddrinfo('news.example', 80)\n    except OSError:\n        pass\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)], capture_output=True, text=True,
                          check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "tests"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert done.returncode == 1 and "reached for the network: socket.getaddrinfo 'news.example'" in done.stdout


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_what_is_installed_has_no_hole_that_is_known_and_mended(package, floor):
    assert Version(version(package)) >= Version(floor)


def test_nothing_rests_on_what_older_pythons_have_holes_in():
    """Tar before 3.11.13 and 3.12.11; a zip of overlapping members before 3.11.8 is on the list of hostile inputs and refused by us."""
    for path in [*(ROOT / "analysis").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]:
        if HOLES.search(source := path.read_text(encoding="utf8")):  # only then is it worth the parsing; a comment may name them
            nodes = list(ast.walk(ast.parse(source)))
            named = {alias.name for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
            named |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
            assert not [name for name in named if name and HOLES.fullmatch(name)], path
