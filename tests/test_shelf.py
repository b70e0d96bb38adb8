"""The store behind the pages: bounded, made once, and never older than the library by more than a blink."""

import threading
import time

import pytest

from dashboard import shelf as shelf_
from dashboard.shelf import Shelf


def in_threads(count, work):
    """Run work in so many threads at once and return what each returned or raised."""
    came, start = [], threading.Barrier(count)

    def run():
        start.wait()
        try:
            came.append(work())
        except ValueError as error:
            came.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    return came


def test_thirty_pupils_who_open_one_event_make_it_once():
    shelf, made = Shelf(3), []

    def make():
        time.sleep(0.05)
        made.append(1)
        return "event"

    assert in_threads(30, lambda: shelf.get("e1", make)) == ["event"] * 30
    assert len(made) == 1


def test_two_events_are_made_beside_each_other():
    shelf, both = Shelf(3), threading.Barrier(2, timeout=5)
    assert sorted(in_threads(2, lambda: shelf.get(threading.get_ident(), lambda: both.wait() >= 0))) == [True, True]


def test_a_maker_that_fails_tells_its_caller_and_the_next_one_tries_again():
    shelf, tries = Shelf(3), []

    def make():
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("the disk was busy")
        return "event"

    came = in_threads(5, lambda: shelf.get("e1", make))
    assert sum(isinstance(one, ValueError) for one in came) == 1 and came.count("event") == 4 and len(tries) == 2
    assert not shelf._making


def test_the_least_recently_used_goes_first():
    shelf = Shelf(2)
    for key in ("a", "b", "a", "c"):
        shelf.get(key, lambda key=key: key)
    assert [shelf.has(key) for key in "abc"] == [True, False, True]


def test_room_is_counted_by_weight_and_the_last_thing_stays_even_when_too_heavy():
    shelf = Shelf(10, weigh=len)
    for text in ("four", "six fs", "x" * 25):
        shelf.get(text, lambda text=text: text)
    assert len(shelf) == 1 and shelf.load == 25
    shelf.get("y", lambda: "y")
    assert len(shelf) == 1 and shelf.load == 1
    shelf.clear()
    assert len(shelf) == 0 and shelf.load == 0


@pytest.fixture
def kept():
    return shelf_.Kept()


def test_the_library_is_looked_at_once_a_blink_and_seen_again_after_it(kept, monkeypatch):
    looks = []
    for _ in range(5):
        kept.stamp("path", lambda: looks.append(1) or "1")
    assert len(looks) == 1
    monkeypatch.setattr(shelf_, "STAMP_SECONDS", 0.0)
    assert kept.stamp("path", lambda: "2") == "2"


def test_another_library_is_never_taken_for_the_first(kept):
    assert [kept.stamp("one", lambda: "1"), kept.stamp("two", lambda: "7")] == ["1", "7"]


def test_a_new_stamp_empties_the_shelves_and_an_old_one_does_not(kept, monkeypatch):
    monkeypatch.setattr(shelf_, "STAMP_SECONDS", 0.0)
    kept.stamp("path", lambda: "1")
    kept.lists.get("events", lambda: 1)
    kept.stamp("path", lambda: "1")
    assert len(kept.lists) == 1
    kept.stamp("path", lambda: "2")
    assert len(kept.lists) == 0


def test_a_look_from_before_a_repair_does_not_hide_the_repair(kept):
    def look():
        kept.look_again()  # the repair of another session lands while this one reads
        return "before"

    kept.stamp("path", look)
    assert kept.stamp("path", lambda: "after") == "after"
