"""One writer and many readers on one library: nobody is locked out, counts only grow, the log ahead stays small."""

import os
import signal
import threading
import time
from pathlib import Path

import pandas as pd
from library_desk import made_articles
from library_kills import group_by_outlet, in_child, wait_for

from analysis.corpus.library import open_library
from analysis.events.repairs import CONSTRAINT_COLUMNS

BATCH = 20


def write(place: str, until: float) -> None:
    """Add batches, mark in them and now and then replace all groups, until the time is up."""
    library, number = open_library(place), 0
    while time.monotonic() < until:
        rows = made_articles(BATCH, seed=number)
        rows = rows.assign(article_id=[f"s{number}-{i}" for i in range(BATCH)], url="", title=rows["title"] + f" {number}")
        assert library.add_articles(rows).added == BATCH
        library.append_marks([{"mark_id": f"m{number}", "at": "", "event_id": "", "article_id": f"s{number}-0", "sentence": 0, "start": 0, "end": 1, "pupil": "K", "label": "",
                               "undoes": ""}])
        if number % 20 == 0:
            articles = library.articles(without_text=True)
            library.save_groups(group_by_outlet(articles, None, None, None, None, pd.DataFrame(columns=CONSTRAINT_COLUMNS)))
        number += 1
    library.close()


def read(place: str, threads: int, until: float, report: int) -> None:
    """Read in several threads until the time is up; writes the number of rounds to a pipe."""
    library, rounds, faults = open_library(place, read_only=True), [], []

    def one() -> None:
        seen, done = 0, 0
        try:
            while time.monotonic() < until:
                n = library.count_articles()
                assert n >= seen and n % BATCH == 0, (seen, n)
                seen, done = n, done + 1
                library.search("ferry storm", 20)
                library.events(per_page=20)
                library.articles([f"s{n // BATCH - 1}-3"])
                library.marks()
        except BaseException as error:
            faults.append(error)
            raise
        finally:
            rounds.append(done)

    working = [threading.Thread(target=one) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    library.close()
    os.write(report, f"{sum(rounds)}\n".encode())
    assert not faults, faults


def soak(place: Path, seconds: float, processes: int, threads: int) -> dict[str, float]:
    """Run it all and return rounds of reading, articles written, and the largest the log ahead became, in MB."""
    library = open_library(place)
    library.close()
    until, (receive, send) = time.monotonic() + seconds, os.pipe()
    children = [in_child(write, str(place), until), *(in_child(read, str(place), threads, until, send) for _ in range(processes))]
    largest, log = 0, Path(f"{place}-wal")
    while time.monotonic() < until:
        largest = max(largest, log.stat().st_size if log.exists() else 0)
        time.sleep(0.2)
    codes = [wait_for(child) for child in children]
    os.close(send)
    with os.fdopen(receive) as told:
        rounds = sum(int(line) for line in told)
    library = open_library(place)
    articles = library.count_articles()
    library.close()
    assert codes == [0] * len(children), [signal.Signals(-code).name if code < 0 else code for code in codes]
    return {"rounds": rounds, "articles": articles, "log MB": largest / 1e6}
