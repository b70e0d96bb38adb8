"""Reading at size: `PYTHONPATH=tests python -m benchmarks.bench_ingest pages [N]` or `… warc [MEGABYTES]` (1,000 pages; 1,000 MB).

Pages are those of the tests' news world, each with words of its own, grown to the size of an outlet's page by scripts and boxes: the body
is some 700 words, the whole 40 kB saved as HTML and 200 kB in the web archive, which is made on the fly and deleted. Prints pages a
second on the clock and of processor time (workers included), and the most memory that this process and its workers held together.
"""

import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from news_world import page

from analysis import ways
from analysis.settings import Settings
from analysis.tables import Way

PAGE, ARCHIVED = 40_000, 200_000  # bytes
TOPICS = ("ferry", "harbour", "council", "storm", "budget", "school", "minister", "the", "of", "and", "a", "to", "said")


def family() -> list[psutil.Process]:
    """This process and its workers."""
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def held() -> float:
    """MB that they hold; what they share counts once."""
    return sum(process.memory_full_info().pss for process in family()) / 1e6


def spent() -> float:
    """Processor seconds of all of them, and of workers that were replaced."""
    return sum(os.times()[:4]) + sum(sum(process.cpu_times()[:2]) for process in family()[1:])


def make_pages(size: int) -> Iterator[bytes]:
    """Pages without end, no two alike."""
    chance = random.Random(1)
    words = [chance.choice(TOPICS) + chance.choice(("", "", "s", "'s")) for _ in range(4_000)]
    while True:
        body = "".join(f"<p>{' '.join(chance.sample(words, 60)).capitalize()}.</p>" for _ in range(11))
        boxes = "".join(f'<div><a href="/story-{chance.randrange(10**9)}"><h3>{" ".join(chance.sample(words, 7))}</h3></a></div>' for _ in range(40))
        whole = page(extra_body=f"<section>{boxes}</section>").replace("</article>", body + "</article>")
        script = "<script>" + f"var x{chance.randrange(10**9)}=[1,2,3];" * max((size - len(whole)) // 24, 0) + "</script>"
        yield whole.replace("</head>", script + "</head>").encode()


def write_archive(path: Path, megabytes: int) -> int:
    """Write a web archive of that size; returns the number of pages."""
    number, pages = 0, make_pages(ARCHIVED)
    with path.open("wb") as file:
        while file.tell() < megabytes * 1_000_000:
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + next(pages)
            file.write((f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
                        f"WARC-Date: 2031-03-09T00:00:00Z\r\nWARC-Target-URI: http://gull.test/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
                        f"Content-Length: {len(answer)}\r\n\r\n").encode() + answer + b"\r\n\r\n")
            number += 1
    return number


def write_pages(folder: Path, n: int) -> int:
    for number, raw in zip(range(n), make_pages(PAGE), strict=False):
        (folder / f"{number:06}.html").write_bytes(raw)
    return n


def main() -> None:
    kind, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    settings = Settings()
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "warm").mkdir()
        write_pages(Path(made) / "warm", 2 * settings.worker.processes)
        list(ways.read_articles(Path(made) / "warm", Way(settings)))  # have the workers up
        source = Path(made) / ("pages" if kind == "pages" else "crawl.warc")
        if kind == "pages":
            source.mkdir()
        n = write_pages(source, size) if kind == "pages" else write_archive(source, size)
        read = refused = 0
        most, stop, before = [held()], threading.Event(), held()

        def watch() -> None:
            while not stop.wait(0.2):
                most.append(held())

        watching = threading.Thread(target=watch)
        watching.start()
        began, busy = time.monotonic(), spent()
        for articles, dropped in ways.read_articles(source, Way(settings)):
            read, refused = read + len(articles), refused + len(dropped)
        took, busy = time.monotonic() - began, spent() - busy
        stop.set()
        watching.join()
        print(f"{n} pages: {read} articles, {refused} refused; {n / took:.0f} pages/s on the clock, {n / busy:.0f} a second of processor time; "
              f"memory {before:.0f} MB before with the workers up, at most {max(most):.0f} MB")


if __name__ == "__main__":
    main()
