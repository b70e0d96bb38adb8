"""Random damage to a library's file: `python -m benchmarks.harm_library [TIMES]` prints how often it was refused, right, or silently wrong."""

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from conftest import word_vectors  # noqa: E402
from library_desk import contents, fill, harm, judge  # noqa: E402

from analysis import pipeline  # noqa: E402


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 350
    pipeline.kept_.embed_.load_embed = lambda settings: word_vectors
    found: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        made, harmed = Path(folder) / "made.sqlite", Path(folder) / "harmed.sqlite"
        library = pipeline.open_library(made)
        fill(library)
        truth = contents(library)
        library.close()
        for seed in range(times):
            shutil.copy(made, harmed)
            kind = harm(harmed, 500 + seed)
            verdict = judge(harmed, truth)
            found[kind, verdict] += 1
            if "wrong" in verdict:
                print(f"seed {500 + seed}: {kind}: {verdict}")
    for (kind, verdict), n in sorted(found.items()):
        print(f"{kind}: {verdict} {n}")
    wrong = sum(n for (_, verdict), n in found.items() if verdict not in ("refused", "right"))
    print(f"{times} times harmed: {wrong} silently wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
