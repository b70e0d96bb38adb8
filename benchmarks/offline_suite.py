"""Run the tests where there is no network, and let the kernel count what still tried: `python -m benchmarks.offline_suite [PYTEST ARGUMENTS]`.

The tests' own guard sees Python processes alone. Here everything (the browser and the database too) runs in a network namespace that has
only loopback: a packet or a line to anywhere else finds no route, and the kernel counts it. Chromium itself asks about ten times a
browser whether there is a route by IPv6 (a datagram socket is set to 2001:4860:4860::8888 and nothing is sent); those count too.
Needs Linux, `unshare` and `ip`, and the right to make a namespace (root, or `unshare -r` where users may).
"""

import os
import subprocess
import sys
from pathlib import Path

INSIDE = "PARALLAX_NAMESPACE"


def count_attempts() -> int:
    """How often anything in this namespace had no way out, IPv4 and IPv6."""
    head, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    six = next(line.split()[1] for line in Path("/proc/net/snmp6").read_text().splitlines() if line.startswith("Ip6OutNoRoutes"))
    return int(dict(zip(head, values, strict=True))["OutNoRoutes"]) + int(six)


def main() -> None:
    if INSIDE not in os.environ:
        command = ["unshare", *([] if os.getuid() == 0 else ["-r"]), "-n", sys.executable, "-m", "benchmarks.offline_suite", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    before = count_attempts()
    code = subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], check=False).returncode
    attempts = count_attempts() - before
    print(f"outgoing attempts counted by the kernel: {attempts}")
    sys.exit(code or attempts > 0)


if __name__ == "__main__":
    main()
