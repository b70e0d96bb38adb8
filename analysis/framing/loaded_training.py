"""Train the head that tells loaded from plain wording: for our own pairs, and for a person's own labelled sentences."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.schema import InputError

YES = frozenset(("1", "true", "yes", "biased", "loaded"))
NO = frozenset(("0", "false", "no", "non-biased", "plain", "unbiased", "not biased"))
PRIOR = 0.3  # how much the other parts may weigh among unit vectors; .2 to .4 gave the same within .002
FOLDS = 5
LEAST = 40  # labelled sentences; METHODS 2.6: forty pairs are where a head begins to carry over
GROUPS = ("group", "outlet", "topic", "domain")


def fit_head(vectors: np.ndarray, labels: np.ndarray, groups: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit the linear head, and give the scores of sentences whose group it did not see.

    The other parts stand among the features with a weight of their own, so that few examples lean on them and many overrule them.

    Args:
        vectors: (n, 384) unit rows. labels: (n,) 0 plain, 1 loaded. groups: (n,) what is held out together (domain, outlet).
        others: (n, k) what else is known of each sentence, standardised; k may be 0.

    Returns:
        (384,) head, (k,) weights of the others, and (n,) held-out scores.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    rows = np.column_stack([vectors, PRIOR * others])
    held_out = np.zeros(len(labels))
    for train, test in GroupKFold(min(FOLDS, len(set(groups)))).split(rows, labels, groups):
        held_out[test] = LogisticRegression(C=1.0, max_iter=3000).fit(rows[train], labels[train]).decision_function(rows[test])
    coefficients = LogisticRegression(C=1.0, max_iter=3000).fit(rows, labels).coef_[0]
    return coefficients[:vectors.shape[1]], PRIOR * coefficients[vectors.shape[1]:], held_out


def calibrate(evidence: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return Platt's slope and intercept from held-out evidence."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6, max_iter=3000).fit(evidence[:, None], labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def measure_auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the chance that a loaded sentence scores above a plain one, 0.5 when scores know nothing."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, scores))


def write_weights(file: Path, arrays: dict[str, np.ndarray], about: dict[str, object]) -> None:
    """Write the arrays and beside them the description that carries their digest."""
    np.savez_compressed(file, **arrays)
    about = {**about, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    file.with_suffix(".json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_labelled(file: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Read sentences with labels from CSV or JSONL: texts, (n,) 0/1, (n,) groups held out together.

    Raises:
        InputError: no such file, a row without text or with a label that is neither yes nor no, one class only, or too few rows.
    """
    if not file.is_file():
        raise InputError("no such file", where=str(file))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            rows = [json.loads(line) for line in lines if line.strip()] if file.suffix == ".jsonl" else list(csv.DictReader(lines))
        except json.JSONDecodeError as problem:
            raise InputError(f"not JSON: {problem.msg}", where=str(file), remedy="Write one object a line with text and label") from problem
    texts, labels, groups = [], [], []
    for number, row in enumerate(rows, 1):
        text, label = str(row.get("text") or "").strip(), str(row.get("label", "")).strip().lower()
        if not text or label not in YES | NO:
            raise InputError(f"label is {label!r}" if text else "there is no text", where=f"{file.name}, record {number}",
                             column="label" if text else "text", remedy=f"Labels are {', '.join(sorted(YES))} or {', '.join(sorted(NO))}")
        texts.append(text)
        labels.append(label in YES)
        groups.append(next((str(row[name]) for name in GROUPS if row.get(name)), f"part {number % FOLDS}"))
    if len(texts) < LEAST or len(set(labels)) < 2 or len(set(groups)) < 2:
        raise InputError(f"{len(texts)} sentences, {sum(labels)} loaded, in {len(set(groups))} groups are too few to learn from",
                         where=file.name, remedy=f"Give at least {LEAST} sentences of both kinds from two groups (outlets, topics)")
    return texts, np.array(labels, dtype=int), np.array(groups)


def train_wording(file: Path, output: Path, read: Callable[[list[str]], tuple[np.ndarray, np.ndarray]], base: dict[str, np.ndarray]) -> dict[str, object]:
    """Train a head on a person's own labelled sentences and write it where `loaded_weights` can point.

    The head on the sentence vector and the weights of all parts are learned anew; how words, manner and probe are read stays the
    tool's, so that marks of single words go on working.

    Args:
        file: CSV or JSONL with `text`, `label` and, better, `group` (or outlet, topic): what is held out together.
        output: the .npz to write; its description lies beside it as .json.
        read: n texts -> their (n, 384) unit vectors and their (n, 4) standardised parts under the tool's own weights.
        base: `load_loaded("")`.

    Returns:
        n, n_loaded, groups, auroc (held-out groups) and the file: what to show the person.

    Raises:
        InputError: see `read_labelled`.

    Source: METHODS 2.6.
    """
    texts, labels, groups = read_labelled(file)
    vectors, parts = read(texts)
    others = [0, 1, 3]  # words, manner, probe; part 2 is the head learned here
    head, weights, held_out = fit_head(vectors.astype(np.float64), labels, groups, parts[:, others])
    scores = vectors @ head
    mean, deviation, mix = base["mean"].copy(), base["deviation"].copy(), np.zeros(4)
    mean[2], deviation[2], mix[2], mix[others] = scores.mean(), scores.std(), scores.std(), weights
    slope, intercept = calibrate(held_out - held_out.mean() + (parts[:, others] @ weights).mean(), labels)
    auroc = measure_auroc(held_out, labels)
    kept = {name: array for name, array in base.items() if name != "digest"}
    write_weights(output, {**kept, "head": head, "mean": mean, "deviation": deviation, "mix": mix, "slope": np.float64(slope),
                           "intercept": np.float64(intercept)},
                  {"what": "linear head for loaded wording, trained on a person's own labels", "n": len(texts), "auroc": round(auroc, 4)})
    return {"n": len(texts), "n_loaded": int(labels.sum()), "groups": len(set(groups)), "auroc": auroc, "file": str(output)}
