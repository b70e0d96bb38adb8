"""kill -9 at random moments of ingest, grouping, repair, correction and marking: `python -m benchmarks.kill_library [RUNS] [FIRST]`, two kills a run.

After the two kills the work is run to its end; every table must then equal an undisturbed run's, and a reader beside it must never have
seen half a batch, groups without their articles or a correction that is not shown.
"""

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from library_kills import digest_of, kill_once, time_undisturbed, write_source  # noqa: E402

from analysis import pipeline  # noqa: E402


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    killed = equal = 0
    with tempfile.TemporaryDirectory() as folder:
        source = write_source(Path(folder) / "articles.jsonl")
        took, wanted = time_undisturbed(Path(folder), source)
        for seed in range(first, first + runs):
            place = Path(folder) / f"{seed}.sqlite"
            killed += kill_once(place, source, 1_000 + seed, took)
            library = pipeline.open_library(place)
            equal += digest_of(library) == wanted
            library.close()
            print(f"{seed - first + 1} runs, {killed} kills at work, {equal} equal an undisturbed run", flush=True)
    sys.exit(equal != runs)


if __name__ == "__main__":
    main()
