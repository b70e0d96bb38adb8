"""A bounded store for what is dear to make and the same for everybody who opens an event, and the three of them this server keeps."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

KEPT_CELLS = 2_500_000  # table cells of all comparisons together, 30 to 60 bytes each: some 60 events of 8 articles, or 6 of 60
KEPT_PARTS = 60_000_000  # characters of finished figures and parts of pages together
FIGURE_WEIGHT = 60_000  # characters; what a figure of eight articles takes as an object
KEPT_LISTS = 200  # pages of the overview; about 20 KB each
STAMP_SECONDS = 0.25  # how long a look at the library counts as fresh: an ingest elsewhere is seen at the next click all the same


@dataclass
class _Making:
    """A thing in the making: who makes it holds `lock`; `waiting` counts everybody who wants it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


class Shelf:
    """Keep things up to a given weight in all, the least recently used goes first; each is made once however many ask at once.

    Threads that ask for a thing while another makes it wait for that one: thirty pupils who open one event make it once. A maker that
    fails tells its own caller; the next in line tries again. What lies here is shared by all sessions: nobody may change it.

    Args:
        room: how much may lie here, in the unit of `weigh`. The thing made last is kept even when it is heavier.
        weigh: what one thing weighs.
    """

    def __init__(self, room: float, weigh: Callable[[Any], float] = lambda _: 1.0) -> None:
        self._room, self._weigh = room, weigh
        self._things: OrderedDict[Hashable, tuple[Any, float]] = OrderedDict()
        self._making: dict[Hashable, _Making] = {}
        self._lock, self._load = threading.Lock(), 0.0

    def __len__(self) -> int:
        """Return how many things lie here."""
        return len(self._things)

    @property
    def load(self) -> float:
        """Return what all things here weigh together."""
        return self._load

    def has(self, key: Hashable) -> bool:
        """Say whether it is there already."""
        return key in self._things

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what lies under the key, making it first when it is not there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
            making = self._making.setdefault(key, _Making())
            making.waiting += 1
        try:
            with making.lock:
                with self._lock:
                    if key in self._things:
                        return self._things[key][0]
                thing = make()
                self._put(key, thing)
                return thing
        finally:
            with self._lock:
                making.waiting -= 1
                if not making.waiting:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Take everything away; what is in the making still reaches those who wait for it."""
        with self._lock:
            self._things.clear()
            self._load = 0.0

    def _put(self, key: Hashable, thing: Any) -> None:
        """Lay a thing down and make room for it."""
        weight = self._weigh(thing)
        with self._lock:
            self._things[key] = (thing, weight)
            self._load += weight
            while self._load > self._room and len(self._things) > 1:
                self._load -= self._things.popitem(last=False)[1][1]


def weigh_part(part: Any) -> float:
    """Return about how many characters of memory a finished figure or part of a page takes."""
    if isinstance(part, str):
        return float(len(part))
    if isinstance(part, (tuple, list)):
        return sum(map(weigh_part, part), 50.0)
    return float(FIGURE_WEIGHT) if hasattr(part, "to_plotly_json") else 500.0


class Kept:
    """All that is kept for all sessions of this server."""

    def __init__(self) -> None:
        self.comparisons = Shelf(KEPT_CELLS, lambda chosen: sum(table.size for table in chosen.tables.values()))
        self.parts, self.lists = Shelf(KEPT_PARTS, weigh_part), Shelf(KEPT_LISTS)
        self._lock, self._round, self._seen = threading.Lock(), 0, ("", 0.0, "")

    def stamp(self, path: str, look: Callable[[], str]) -> str:
        """Return the library's stamp, looked up at most every STAMP_SECONDS; a new one empties the shelves."""
        with self._lock:
            (seen_path, at, seen), begun = self._seen, self._round
        if seen_path == path and time.monotonic() - at < STAMP_SECONDS:
            return seen
        fresh = look()
        with self._lock:
            if begun == self._round:  # a repair made meanwhile must not be papered over by what was read before it
                self._seen = (path, time.monotonic(), fresh)
        if (seen_path, seen) != (path, fresh):
            for shelf in (self.comparisons, self.parts, self.lists):
                shelf.clear()
        return fresh

    def look_again(self) -> None:
        """Forget the stamp, because this server itself has changed the library."""
        with self._lock:
            self._round, self._seen = self._round + 1, ("", 0.0, "")
