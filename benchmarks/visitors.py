"""Visitors of a dashboard without a browser: each is one websocket that speaks Streamlit's own protocol, so that one process holds hundreds.

A visitor opens an address, chooses in a widget, follows a link, and knows what the server sent: the figures and texts a browser would draw.
What a browser does after that (laying out, drawing) is not in it; `bench_pages` measures that in a real Chromium.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[1]
LONGEST = 120.0  # seconds a visitor waits for an answer before it counts as lost


PRESSED = object()
"""What to give a button."""


class Lost(Exception):
    """The connection broke, or no answer came in time."""


class Visitor:
    """One session. Use `async with Visitor(address) as visitor`."""

    def __init__(self, address: str, keep_frames: bool = False) -> None:
        self._address = address.replace("http://", "ws://") + "/_stcore/stream"
        self._socket: websockets.ClientConnection | None = None
        self._known: dict[str, int] = {}
        self.widgets: dict[str, tuple[str, str]] = {}
        self.states: dict[str, object] = {}
        self.query, self.page, self._name, self.received = "", "", "", 0
        self.frames: list[bytes] | None = [] if keep_frames else None
        self.trouble: list[str] = []

    async def __aenter__(self) -> Visitor:
        """Connect."""
        self._socket = await websockets.connect(self._address, subprotocols=["streamlit"], max_size=None, compression=None, open_timeout=LONGEST,
                                                ping_timeout=LONGEST)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave, as a closed tab does."""
        await self._socket.close()

    async def open(self, query: str = "", page: str = "") -> float:
        """Open an address, with nothing chosen but what it says; return the seconds until the page was whole."""
        self.query, self.states, self.page, self._name = query, {}, "", page
        return await self._run("")

    async def choose(self, key: str, value: object) -> float:
        """Give a widget a value, as a click does, and return the seconds until what depends on it was drawn anew."""
        if key not in self.widgets:
            raise Lost(f"no widget {key!r} on the page; there are {', '.join(sorted(self.widgets))}")
        widget, fragment = self.widgets[key]
        self.states[widget] = value
        seconds = await self._run(fragment)
        if value is PRESSED:
            del self.states[widget]  # a button is pressed for one run
        return seconds

    async def _run(self, fragment: str) -> float:
        """Ask for a run and take in what comes until it is done."""
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.fragment_id = self.query, fragment
        asked.rerun_script.page_script_hash = self.page
        if not self.page:
            asked.rerun_script.page_name = self._name
        for widget, value in self.states.items():
            state = asked.rerun_script.widget_states.widgets.add(id=widget)
            _set(state, value)
        asked.rerun_script.cached_message_hashes.extend(self._known)
        if not fragment:
            self.widgets = {}
        began = time.perf_counter()
        try:
            await self._socket.send(asked.SerializeToString())
            async with asyncio.timeout(LONGEST):
                while not self._take(await self._socket.recv()):
                    pass
        except (websockets.WebSocketException, TimeoutError, OSError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from error
        return time.perf_counter() - began

    def _take(self, frame: bytes) -> bool:
        """Take in one message; say whether the run is over."""
        self.received += len(frame)
        if self.frames is not None:
            self.frames.append(frame)
        message = ForwardMsg.FromString(frame)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            if message.metadata.cacheable and self.frames is None:
                self._known[message.hash] = 1
            self._learn(message.delta)
        return kind == "script_finished" and message.script_finished in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)

    def _learn(self, delta: object) -> None:
        """Remember a widget by the key the page gave it; remember an error box."""
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        if kind == "exception":
            self.trouble.append(f"{delta.new_element.exception.type}: {delta.new_element.exception.message}"[:300])
        widget = getattr(getattr(delta.new_element, kind), "id", "") if kind else ""
        if widget.startswith("$$ID-"):
            self.widgets[widget.split("-", 2)[2]] = (widget, delta.fragment_id)


def _set(state: object, value: object) -> None:
    """Put a value into a widget's state in the form its kind uses on the wire."""
    if value is PRESSED:
        state.trigger_value = True
    elif isinstance(value, bool):
        state.bool_value = value
    elif isinstance(value, str):
        state.string_value = value
    elif isinstance(value, Mapping):
        state.json_value = str(value["json"])
    else:
        state.string_array_value.data.extend(value)


def process_of(address: str) -> psutil.Process:
    """Return the process that listens there."""
    port = int(address.rsplit(":", 1)[1])
    listening = [one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid]
    return psutil.Process(listening[0].pid)


def wait_until_idle(address: str) -> None:
    """Wait until the server has done its warm-up: a second in which it uses hardly any processor, after its first."""
    process = process_of(address)
    process.cpu_percent()
    for _ in range(180):
        time.sleep(1)
        if process.cpu_percent() < 5 and time.time() - process.create_time() > 3:
            return
    raise RuntimeError("the server did not come to rest within three minutes")


class Served:
    """A server of the dashboard on a free port, as `make run` starts it. Use `with Served(...) as address`."""

    def __init__(self, script: str = "dashboard/server.py", options: Iterable[str] = (), **environment: str) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self._command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(self.port), *options]
        self._environment = {**os.environ, **environment}
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> str:
        """Start it and return its address once it answers."""
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{self.port}"
        for _ in range(1200):
            try:
                if urllib.request.urlopen(address + "/_stcore/health", timeout=2).status == 200:
                    return address
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        raise RuntimeError("the server did not answer within a minute")

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
