"""No Python process of the suite may reach for the network: loaded by each as it starts, because its folder stands first on PYTHONPATH.

A look-up of a name or a line to anything but this machine is written to the file that PARALLAX_STRAYS names, and fails as if the network
were off. `tests/conftest.py` fails the test in which that happened, whichever process did it and whether or not the code swallowed the
error. What is not Python (a browser, a database) is counted by the kernel in `benchmarks/offline_suite.py`.
"""

import ipaddress
import os
import sys

LINES = ("socket.connect", "socket.sendto", "socket.sendmsg")
NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
HERE = ("", "localhost", "localhost.", "0.0.0.0", "::")  # noqa: S104 - the last two reach this machine alone when they are dialled


def is_here(host: object) -> bool:
    """Say whether a host is this machine; a number that is written oddly is what the system takes it for only once it is dialled."""
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    try:
        return host.lower() in HERE or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def is_number(host: object) -> bool:
    """Say whether looking a host up asks nobody: 127.1, 0x7f.1 and 2130706433 are numbers to the system."""
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    return ":" in host or all(part.isdigit() or part.lower().startswith("0x") for part in host.rstrip(".").split("."))


def watch(event: str, given: tuple) -> None:
    """Refuse and note whatever leads out."""
    if event in LINES:
        address = given[-1]
        if not isinstance(address, tuple) or is_here(address[0]):  # the path of a Unix socket is no tuple
            return
    elif event in NAMES:
        address = given[0]
        if is_here(address) or is_number(address):
            return
    else:
        return
    with open(os.environ["PARALLAX_STRAYS"], "a", encoding="utf8") as strays:
        strays.write(f"{event} {address!r} by {sys.argv[:3]}\n")
    raise OSError(101, "the test suite has no network")


if "PARALLAX_STRAYS" in os.environ:
    sys.addaudithook(watch)
