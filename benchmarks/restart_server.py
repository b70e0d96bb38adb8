"""Restart PostgreSQL again and again in the middle of one ingest: `python -m benchmarks.restart_server [TIMES]` (10), every other time as by a crash."""

import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from library_desk import made_articles  # noqa: E402
from postgres_server import Server  # noqa: E402

from analysis.corpus import library_check  # noqa: E402
from analysis.corpus.library import Library, open_library  # noqa: E402

BATCH = 20


def digest_of(library: Library) -> tuple:
    with library.shelf.reading() as connection:
        return tuple(tuple(row) for row in connection.exec_driver_sql("SELECT key, value FROM meta WHERE key LIKE '%%digest' ORDER BY key").all())


def main() -> None:
    times, server = int(sys.argv[1]) if len(sys.argv) > 1 else 10, Server()
    rows = made_articles(4_000)
    with tempfile.TemporaryDirectory() as folder:
        plain = open_library(Path(folder) / "undisturbed.sqlite")
        library = open_library(server.make_database("library"))
        written, stop = [], threading.Event()

        def ingest() -> None:
            for start in range(0, len(rows), BATCH):
                library.add_articles(rows.iloc[start:start + BATCH])
                written.append(start)
                stop.wait(0.05)

        writer = threading.Thread(target=ingest)
        writer.start()
        for number in range(times):
            before = len(written)
            while len(written) < before + 5:
                time.sleep(0.02)
            server.stop("immediate" if number % 2 else "fast")
            time.sleep(0.3)
            server.start()
            print(f"restart {number + 1} after {len(written)} batches, at work: {writer.is_alive()}", flush=True)
        stop.set()
        writer.join()
        for start in range(0, len(rows), BATCH):
            plain.add_articles(rows.iloc[start:start + BATCH])
        print(f"{library.count_articles()} articles, equal an undisturbed library: {digest_of(library) == digest_of(plain)}, "
              f"faults: {library_check.find_faults(library.shelf)}")
        library.close()
        plain.close()
    server.close()


if __name__ == "__main__":
    main()
