"""Time and memory of grouping a synthetic stream, for docs/grouping.md.

    .venv/bin/python -m benchmarks.scale_groups DATA VECTORS [N]

DATA is the folder of the labelled sets, VECTORS a folder with one .npy a set (title and lead, made once by bench_groups.py).
The stream is built from their articles: copies of an article with a share of its words changed and its vector jittered make an
event of 2 to 200; every other draw is a distractor that stands alone. Dates
run at 3,000 articles a day. Nothing is written but the figures on stdout.
"""

import random
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.settings import EventSettings
from benchmarks.bench_groups import SETS, bcubed, group_all, read_set

A_DAY = 3_000


def make_stream(n, texts, vectors, seed=5):
    """Return ARTICLES, vectors and gold events of a stream of n articles."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    words = [text.split()[:350] or ["empty"] for text in texts]
    rows, made, gold = [], [], []
    while len(rows) < n:
        source = rng.randrange(len(words))
        size = min(200, max(2, int(rng.paretovariate(1.2) * 2))) if rng.random() < 0.5 else 1
        day = rng.random() * n / A_DAY
        # Names of its own, as a real event has: without them all copies of one source would be one event.
        own = [f"{rng.choice('BDFGKLMNPRST')}{''.join(rng.choices('aeioulnrst', k=6))}" for _ in range(12)]
        drift = noise.standard_normal(vectors.shape[1]).astype(np.float32) * 0.03
        for _ in range(min(size, n - len(rows))):
            text = [word if rng.random() < 0.6 else rng.choice(words[rng.randrange(len(words))]) for word in words[source]]
            for at in range(0, len(text), 8):
                text[at] = own[(at // 8) % len(own)]
            vector = vectors[source] + drift + noise.standard_normal(vectors.shape[1]).astype(np.float32) * 0.015
            rows.append((f"a{len(rows):07}", " ".join(text), pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=day + rng.random())))
            made.append(vector / np.linalg.norm(vector))
            gold.append(len(gold) if size == 1 else f"event {source} {day}")
    articles = pd.DataFrame(rows, columns=["article_id", "text", "published"])
    return articles.assign(title="", url="", outlet="", genre="news", precision="time"), np.stack(made).astype(np.float32), gold


def main(data, folder, n):
    texts, vectors = [], []
    for name in SETS:
        table, _ = read_set(Path(data), name, dates=False)
        texts += table["text"].tolist()
        vectors.append(np.load(Path(folder) / f"{name}.npy"))
    vectors = np.concatenate(vectors)
    seconds = {}
    for size in (n // 2, n):
        articles, rows, gold = make_stream(size, texts, vectors)
        began, worked = time.perf_counter(), time.process_time()
        groups, scores = group_all(articles, rows, EventSettings())
        seconds[size], cpu = time.perf_counter() - began, time.process_time() - worked
        precision, recall, f = bcubed(gold, groups.set_index("article_id")["event_id"].reindex(articles["article_id"]).tolist())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{size} articles: {seconds[size]:.0f} s ({cpu:.0f} CPU-s), peak {peak:.2f} GB, {len(scores)} pairs, {groups['event_id'].nunique()} events "
              f"of {len(set(gold))}, B3 P {precision:.3f} R {recall:.3f} F {f:.3f}", flush=True)
    print(f"doubling costs {seconds[n] / seconds[n // 2]:.2f} x")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 100_000)
