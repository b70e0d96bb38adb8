"""Hostile and malformed input through every reader: how each ended, how long it took, how much memory.

    PYTHONPATH=tests python -m benchmarks.bench_hostile [N_MUTATIONS] [SEED]

Prints every case of the list, then what broke a limit, then the totals. Seconds are on the clock, "busy" is processor time, by which bombs
are judged: other work on the machine does not stretch it. An input may end in articles or in a named refusal; anything else is a fault.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from hostile_inputs import CASES, Ended, lost_a_worker, mutations, run, warm

from analysis.settings import Settings

SECONDS, BOMB_SECONDS, BYTES, BOMB_BYTES = 10.0, 5.0, 300e6, 200e6


def attempt(name: str, raw: bytes) -> Ended:
    """Run one, and name what was not caught."""
    try:
        return run(name, raw, Settings())
    except Exception:  # noqa: BLE001 - this is the count of what nobody caught
        traceback.print_exc()
        return Ended("UNCAUGHT", 0.0, 0, 0.0)


def main(n_mutations: int, seed: int) -> None:
    """Run the list, then the mutations."""
    warm(Settings())
    began, ended, slow, large, worst = time.monotonic(), Counter(), [], [], 0.0
    for case in CASES:
        raw = case.make()
        found = attempt(case.name, raw)
        ended[found.how.split(":")[0] if found.how.startswith(("refused", "UNCAUGHT")) else "articles"] += 1
        limit_s, limit_b = (BOMB_SECONDS, BOMB_BYTES) if case.bomb else (SECONDS, BYTES)
        took = found.busy if case.bomb else found.seconds
        slow += [(case.name, round(took, 1))] if took > limit_s else []
        large += [(case.name, round(found.memory / 1e6))] if found.memory > limit_b else []
        print(f"{case.name[:28]:28} {len(raw):>11,} bytes  {found.seconds:5.2f} s, busy {found.busy:5.2f} s {found.memory / 1e6:6.0f} MB  "
              f"{found.how[:110]}", flush=True)
        if lost_a_worker(found):
            warm(Settings())
    print(f"list: {len(CASES)} cases of which {sum(case.bomb for case in CASES)} bombs")
    for name, raw in mutations(n_mutations, seed):
        found = attempt(name, raw)
        ended[found.how.split(":")[0] if found.how.startswith(("refused", "UNCAUGHT")) else "articles"] += 1
        worst = max(worst, found.seconds)
        slow += [(name, round(found.seconds, 1))] if found.seconds > SECONDS else []
        large += [(name, round(found.memory / 1e6))] if found.memory > BYTES else []
    print(f"{sum(ended.values())} inputs in {time.monotonic() - began:.0f} s: {dict(ended)}; slowest mutation {worst:.1f} s")
    print(f"over time: {slow or 'none'}; over memory: {large or 'none'}")


if __name__ == "__main__":
    main(*(int(value) for value in (sys.argv[1:] + ["1000", "1"][len(sys.argv) - 1:])[:2]))
