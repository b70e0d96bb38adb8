"""Kill a program with -9 at a random moment of ingest, grouping, repair, correction and marking, let it run again, and compare.

The parent only loads the libraries and forks; each child works on a library of its own. Grouping here is a cheap one by outlet, so that
moments fall on the writing and not on the arithmetic, which writes nothing.
"""

import json
import os
import random
import signal
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from library_desk import made_articles

from analysis import arrivals, keeping, pipeline, upkeep
from analysis.corpus.library import Library
from analysis.schema import LibraryError
from analysis.settings import Settings

BATCH, ARTICLES = 5, 60
SETTINGS = replace(Settings(), corpus=replace(Settings().corpus, chunk=BATCH))


class Clock:
    """A clock that stands still where it is put, so that an entry made again after a kill is the same entry."""

    moment = datetime(2024, 6, 1, tzinfo=UTC)

    @classmethod
    def now(cls, _zone: object) -> datetime:
        return cls.moment

    @classmethod
    def put(cls, step: int) -> None:
        cls.moment = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(minutes=step)


def group_by_outlet(articles: pd.DataFrame, _before: object, _touched: object, _embed: object, _settings: object, constraints: pd.DataFrame) -> pd.DataFrame:
    alone = set(constraints.loc[constraints["kind"] == "exclude", "article_id"])
    events = ["e" + (key if key in alone else outlet) for key, outlet in zip(articles["article_id"], articles["outlet"], strict=True)]
    return pd.DataFrame({"article_id": articles["article_id"], "event_id": events, "storyline_id": "s", "origin_id": articles["article_id"],
                         "closeness": 0.5, "margin": 0.1, "why": "one outlet"})


def write_source(path: Path) -> Path:
    rows = made_articles(ARTICLES).drop(columns=["n_words", "precision"])
    path.write_text("".join(json.dumps({**row, "published": None if pd.isna(row["published"]) else row["published"].isoformat()}) + "\n"
                            for row in rows.to_dict("records")), encoding="utf8")
    return path


def work(place: str, source: Path) -> None:
    """All that a person does with a library, carried on from wherever an earlier run was cut off."""
    upkeep.datetime, upkeep.road.regroup, upkeep.kept_.embed_of = Clock, group_by_outlet, lambda library, settings: None
    library = pipeline.open_library(place)
    arrivals.ingest(library, [source], SETTINGS)
    repairs = [("exclude", ["a1"]), ("exclude", ["a2"]), ("same event", ["a3", "a4"]), ("include", ["a2"]), ("exclude", ["a9"])]
    for step in range(len(library.repairs()), len(repairs)):
        Clock.put(step)
        upkeep.repair(library, *repairs[step], reason=f"step {step}")
    for step in range(len(library.corrections()), 5):
        Clock.put(step)
        upkeep.correct(library, f"a{step}", "title", f"Corrected {step}")
    for step in range(len(library.marks()), 25):
        Clock.put(step)
        upkeep.mark(library, "e", f"a{step}", (0, 0, 2), pupil=f"K{step % 9}", label="loaded")
    library.close()


def digest_of(library: Library) -> dict[str, str]:
    """What all tables hold, whatever the time of day: digests and counts."""
    with library.shelf.reading() as connection:
        digests = dict(tuple(row) for row in connection.exec_driver_sql("SELECT key, value FROM meta WHERE key LIKE '%%digest'").all())
        counts = {table: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}").scalar() for table in ("articles", "aliases", "groups", "dropped", "marks")}
    return digests | {name: str(n) for name, n in counts.items()} | {"search": ",".join(library.search("ferry")), "titles": ",".join(library.articles()["title"])}


def in_child(call, *given) -> int:
    """Fork, run, and return the child's process id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            call(*given)
            code = 0
        except BaseException:
            traceback.print_exc()  # the parent learns the exit code alone
            raise
        finally:
            os._exit(code)
    return child


def wait_for(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def watch(place: str, ready: int) -> None:
    """Read until killed: whole batches, whole articles, groups of all articles or of none that is new, logs that only grow."""
    os.write(ready, b".")
    seen = (0, 0, 0)
    while True:
        try:
            library = pipeline.open_library(place, read_only=True)
        except LibraryError as error:
            assert "no such library" in str(error) or "another kind" in str(error) or "brought up to date" in str(error), error
            continue
        for _ in range(20):
            articles, groups = library.articles(), library.groups()
            assert len(articles) % BATCH == 0 and len(groups) in (0, ARTICLES), (len(articles), len(groups))
            now = (len(articles), len(library.repairs()), len(library.marks()))
            assert all(new >= old for new, old in zip(now, seen, strict=True)), (seen, now)
            corrected = dict(zip(*library.corrections()[["article_id", "value"]].to_numpy().T, strict=True)) if len(library.corrections()) else {}
            shown = library.articles(list(corrected)).set_index("article_id")["title"]  # read after the log, so it holds all that the log says
            assert all(shown[article] == value for article, value in corrected.items()), corrected
            seen = now
            time.sleep(0.02)
        library.close()


def time_undisturbed(folder: Path, source: Path) -> tuple[float, dict[str, str]]:
    """Seconds of a whole run, and what it leaves."""
    begun = time.monotonic()
    assert wait_for(in_child(work, str(folder / "whole.sqlite"), source)) == 0
    took = time.monotonic() - begun
    library = pipeline.open_library(folder / "whole.sqlite")
    found = digest_of(library)
    library.close()
    return took, found


def kill_once(place: Path, source: Path, seed: int, within: float) -> int:
    """Run, kill at a random moment, run again to the end, beside a reader; returns how many times it was truly killed at work."""
    killed, chance = 0, random.Random(seed)
    receive, send = os.pipe()
    reader = in_child(watch, str(place), send)
    os.read(receive, 1)
    for _ in range(2):
        worker = in_child(work, str(place), source)
        time.sleep(chance.uniform(0, within))
        os.kill(worker, signal.SIGKILL)
        killed += wait_for(worker) == -signal.SIGKILL
    assert wait_for(in_child(work, str(place), source)) == 0, "the run after the kill failed"
    gone = os.waitpid(reader, os.WNOHANG)[0]
    assert gone == 0, "the reader saw something half-done"
    os.kill(reader, signal.SIGKILL)
    wait_for(reader)
    assert keeping.check_library(place) == []
    return killed
