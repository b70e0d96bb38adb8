"""One writer and 50 readers on a library in a file: `python -m benchmarks.soak_library [SECONDS]` (300)."""

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from library_soak import soak  # noqa: E402

from analysis import pipeline  # noqa: E402

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "soak.sqlite"
        found = soak(place, float(sys.argv[1]) if len(sys.argv) > 1 else 300, processes=5, threads=10)
        print(found, "no lock error, counts only grew; faults found afterwards:", pipeline.check_library(place))
