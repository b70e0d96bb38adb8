"""The suite's side of the guard: it is put into every process, and a test in which one reached for the network fails."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_configure(config):
    """Put the guard into this process and, by the environment, into every Python process that it starts."""
    handle, noted = tempfile.mkstemp(prefix="parallax-strays-")
    os.close(handle)
    os.environ |= {"PARALLAX_STRAYS": noted, "PYTHONPATH": os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))}
    config.add_cleanup(lambda: os.unlink(noted))
    sys.path.insert(0, str(HERE))
    sys.modules.pop("sitecustomize", None)  # a system may have one of its own
    import sitecustomize  # noqa: F401 - it sets itself up
    sys.path.remove(str(HERE))


@pytest.fixture(autouse=True)
def no_network():
    """Fail the test in which any process of the suite looked up a foreign name or dialled a foreign address."""
    noted = Path(os.environ["PARALLAX_STRAYS"])
    before = noted.stat().st_size
    yield
    if noted.stat().st_size > before:
        pytest.fail("reached for the network: " + noted.read_bytes()[before:].decode())


def pytest_sessionfinish(session):
    """Fail the run for what a process did after the test that started it."""
    strays = Path(os.environ["PARALLAX_STRAYS"]).read_text(encoding="utf8")
    if strays and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\nreached for the network: {strays}")
