"""Ask many addresses, politely: hosts side by side, one request at a time to each, and no longer than agreed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from analysis.corpus.addresses import read_address, show_address
from analysis.corpus.fetch import Answer, Busy, Network, Unreachable, fetch
from analysis.schema import InputError

_AHEAD = 16  # answers that may wait to be taken; each may hold max_body bytes


def fetch_all(urls: Sequence[str], network: Network, ends: float,
              validators: Mapping[str, dict[str, str]] | None = None) -> Iterator[tuple[int, Answer | InputError]]:
    """Fetch addresses and give each answer, or the reason why there is none, as it comes.

    A host that fails `host_faults` times in a row, or asks to be left alone, is not asked again. At `ends` what is under way is given up
    and the rest is named as not fetched, so the answers that are there are never lost to one that is not.

    Args:
        urls: what to fetch.
        network: the way out.
        ends: moment of `time.monotonic`.
        validators: url -> validators of an earlier answer.

    Yields:
        (position in urls, answer or InputError), each position once.
    """
    by_host, refused = _part(urls, network)
    answers: queue.Queue[tuple[int, Answer | InputError]] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def give(number: int, answer: Answer | InputError) -> None:
        """Hand an answer over, unless nobody takes any more."""
        while not stop.is_set():
            try:
                answers.put((number, answer), timeout=0.2)
                return
            except queue.Full:
                continue

    def visit(numbers: list[int]) -> None:
        """Ask one host for its addresses, one after the other."""
        faults = 0
        for place, number in enumerate(numbers):
            if stop.is_set():
                return
            if place and not faults >= network.settings.host_faults and stop.wait(min(network.settings.host_pause, max(0.0, ends - time.monotonic()))):
                return
            answer = _fetch_one(urls[number], network, ends, faults, (validators or {}).get(urls[number]))
            faults = _count_faults(faults, answer, network)
            give(number, answer)

    yield from refused
    with ThreadPoolExecutor(network.settings.fetchers, thread_name_prefix="fetch") as pool:
        try:
            for numbers in by_host.values():
                pool.submit(visit, numbers)
            for _ in range(len(urls) - len(refused)):
                yield answers.get()
        finally:
            stop.set()


def _part(urls: Sequence[str], network: Network) -> tuple[dict[str, list[int]], list[tuple[int, InputError]]]:
    """Return host -> positions of its addresses, and position and reason of what is no address."""
    by_host: dict[str, list[int]] = {}
    refused: list[tuple[int, InputError]] = []
    for number, url in enumerate(urls):
        try:
            by_host.setdefault(read_address(url, network.ports).host, []).append(number)
        except InputError as error:
            refused.append((number, error))
    return by_host, refused


def _count_faults(faults: int, answer: Answer | InputError, network: Network) -> int:
    """Return a host's faults in a row after this answer; one that asks to be left alone has all it may have."""
    if isinstance(answer, Busy):
        return network.settings.host_faults
    if isinstance(answer, Unreachable):
        return faults + 1
    return 0 if isinstance(answer, Answer) else faults


def _fetch_one(url: str, network: Network, ends: float, faults: int, validators: dict[str, str] | None) -> Answer | InputError:
    where = show_address(url)
    if time.monotonic() >= ends:
        return Unreachable("not fetched: the time for this ingest was over", where=where, remedy="Add it again; what is there already is not fetched twice")
    if faults >= network.settings.host_faults:
        return Unreachable("not fetched: its host did not answer or asked to be left alone", where=where, remedy="Add it again later")
    try:
        return fetch(url, network, validators=validators, ends=ends)
    except InputError as error:
        return error
