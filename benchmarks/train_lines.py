"""Train the line classifier of `analysis/corpus/lines.py` and measure it out of fold, grouped by site.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/train_lines.py PAGES.jsonl.gz [--sites HTML.jsonl.gz] [--partitions 3] [--save]

PAGES is the set page_text (pages as copied text with the article's body; MIT; may train). `--sites` names a file with id and url
of the same pages, so that no site is on both sides of a fold. Articles are also trained on in parts and within other pages'
surroundings (`vary`), always of training sites alone. Nothing of the text is kept: `--save` writes trees, and a sidecar that says
how they were made.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import gzip
import hashlib
import json
import re
import statistics
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.corpus import lines as reader  # noqa: E402
from analysis.corpus.line_features import describe_lines, smooth  # noqa: E402

WORD = re.compile(r"\w+")
TREES = {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 15, "l2_regularization": 2.0, "max_features": 0.5,
         "early_stopping": False}
SEEDS = 3  # models whose log-odds are averaged
FAR = 12  # lines from the nearest line of the article beyond which a short menu line is kept in training one time in seven
KEPT = 0.15
PARTS, SURROUNDINGS, BOTH = 2, 2, 3  # varied copies of each page: its first paragraphs alone, in another page's surroundings, both
VARIED = 0.5  # weight of a varied copy
LONGEST_PART = 8  # lines of the article that a copy in part keeps at most


def read_jsonl(path: str) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def label_lines(lines: list[str], body: str) -> np.ndarray:
    """Mark a line as the article's when at least half of its words align with the body's."""
    owners = [(i, word) for i, line in enumerate(lines) for word in WORD.findall(line)]
    hits = np.zeros(len(lines))
    words = np.bincount([i for i, _ in owners], minlength=len(lines))
    matcher = difflib.SequenceMatcher(None, [word for _, word in owners], WORD.findall(body), autojunk=False)
    for block in matcher.get_matching_blocks():
        for i, _ in owners[block.a:block.a + block.size]:
            hits[i] += 1
    return hits >= np.maximum(words, 1) * 0.5


def prepare(path: str, sites: str | None) -> list[dict]:
    """Give each page its lines, labels, body and site."""
    urls = {row["id"]: urlsplit(row["url"]).netloc.removeprefix("www.") for row in read_jsonl(sites)} if sites else {}
    pages = []
    for row in read_jsonl(path):
        lines = [line.strip() for line in row["page"].split("\n") if line.strip()]
        site = urls.get(row["id"]) or row["id"].split("_")[0]
        pages.append({"sites": {site}, "body": row["body"], "lines": lines, "labels": label_lines(lines, row["body"]), "share": 1.0})
    return pages


def vary(pages: list[dict], seed: int = 0) -> list[dict]:
    """Make copies of pages: the article cut after its first paragraphs, and the article within another page's menus and lists.

    What they teach: an article may be shorter than the lists around it, and what stands around it says little about it.
    """
    rng = np.random.default_rng(seed)
    pages = [page for page in pages if page["labels"].any()]
    copies = []
    for page in pages:
        for kind in [*["part"] * PARTS, *["surroundings"] * SURROUNDINGS, *["both"] * BOTH]:
            own = np.flatnonzero(page["labels"])
            other = page if kind == "part" else pages[int(rng.integers(len(pages)))]
            theirs = np.flatnonzero(other["labels"])
            last = own[-1] if kind == "surroundings" else own[min(len(own) - 1, int(rng.integers(LONGEST_PART)))]
            # A few lines above the article (headline, byline, date) go with it, a few of the other page's are left with theirs.
            first = 0 if kind == "part" else max(0, own[0] - int(rng.integers(2, 9)))
            until = 0 if kind == "part" else max(0, theirs[0] - int(rng.integers(1, 7)))
            pieces = [(other, slice(0, until)), (page, slice(first, last + 1)), (other, slice(theirs[-1] + 1, None))]
            copies.append({"sites": page["sites"] | other["sites"], "lines": [line for owner, piece in pieces for line in owner["lines"][piece]],
                           "labels": np.concatenate([owner["labels"][piece] for owner, piece in pieces]), "share": VARIED})
    return copies


def describe(pages: list[dict], seed: int = 0) -> None:
    """Add each page's features, which of its lines are trained on, and their weights."""
    rng = np.random.default_rng(seed)
    for page in pages:
        lines, labels = page["lines"], page["labels"]
        n_words = np.array([len(WORD.findall(line)) for line in lines])
        # The figure gives each page one vote, so a line weighs its words against its own article's length.
        weight = 0.3 + n_words / max(1, n_words[labels].sum()) ** 0.5
        page["weight"] = 100 * page["share"] * weight / weight.sum()
        page["used"] = (smooth(labels * 1.0, FAR) > 0) | (rng.random(len(lines)) < KEPT) | (np.array([len(line) for line in lines]) > 60)
        page["features"] = describe_lines(lines).astype(np.float32)


def fit(pages: list[dict], seed: int = 0) -> HistGradientBoostingClassifier:
    """Fit one model on the used lines of the pages."""
    columns = [np.concatenate([page[name][page["used"]] for page in pages]) for name in ("features", "labels", "weight")]
    return HistGradientBoostingClassifier(random_state=seed, **TREES).fit(columns[0], columns[1], sample_weight=columns[2])


def part_sites(pages: list[dict], folds: int, seed: int) -> dict[str, int]:
    """Give each site a fold: sites in random order, each to the fold with the fewest pages."""
    n_pages = collections.Counter(site for page in pages for site in page["sites"])
    sites = sorted(n_pages)
    filled, fold_of = [0] * folds, {}
    for at in np.random.default_rng(seed).permutation(len(sites)):
        fold = int(np.argmin(filled))
        fold_of[sites[at]] = fold
        filled[fold] += n_pages[sites[at]]
    return fold_of


def read_unseen(pages: list[dict], copies: list[dict], folds: int, seed: int) -> list[np.ndarray]:
    """Return each page's log-odds by a model that saw no page of its site."""
    fold_of = part_sites(pages, folds, seed)
    odds: list[np.ndarray] = [np.zeros(0)] * len(pages)
    for fold in range(folds):
        held = {site for site, its in fold_of.items() if its == fold}
        model = fit([page for page in pages + copies if not page["sites"] & held], seed)
        for i, page in enumerate(pages):
            if page["sites"] & held:
                odds[i] = model.decision_function(page["features"])
    return odds


def shingles(text: str) -> collections.Counter:
    words = WORD.findall(text)
    return collections.Counter(zip(*(words[i:] for i in range(4)), strict=False))


def score(pages: list[dict], kept: list[np.ndarray]) -> tuple[float, float, float]:
    """Mean precision and recall of 4-word shingles over pages, and their F."""
    precisions, recalls = [], []
    for page, keep in zip(pages, kept, strict=True):
        gold, got = shingles(page["body"]), shingles("\n".join(line for line, k in zip(page["lines"], keep, strict=True) if k))
        shared = sum((gold & got).values())
        precisions += [shared / sum(got.values())] if got else []
        recalls += [shared / sum(gold.values())] if gold else []
    precision, recall = statistics.fmean(precisions), statistics.fmean(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


def export(models: list[HistGradientBoostingClassifier]) -> dict[str, np.ndarray]:
    """Return the models' trees as plain padded arrays (what `read_trees` reads), their values divided by the number of models."""
    nodes = [predictors[0].nodes for model in models for predictors in model._predictors]
    size = max(map(len, nodes))
    own = np.tile(np.arange(size, dtype=np.int16), (len(nodes), 1))
    table = {"feature": np.full(own.shape, -1, dtype=np.int16), "threshold": np.zeros(own.shape), "left": own, "right": own.copy(),
             "value": np.zeros(own.shape)}
    for i, tree in enumerate(nodes):
        split = np.flatnonzero(~tree["is_leaf"].astype(bool))
        table["feature"][i, split], table["threshold"][i, split] = tree["feature_idx"][split], tree["num_threshold"][split]
        table["left"][i, split], table["right"][i, split] = tree["left"][split], tree["right"][split]
        table["value"][i, :len(tree)] = np.where(tree["is_leaf"], tree["value"] / len(models), 0)
    base = np.mean([np.ravel(model._baseline_prediction) for model in models], axis=0)
    return {**table, "base": base, "depth": np.array([max(int(tree["depth"].max()) for tree in nodes)])}


def save(models: list[HistGradientBoostingClassifier], figures: dict[str, object], n_pages: int) -> None:
    path = reader.DATA / "lines.npz"
    np.savez_compressed(path, **export(models))
    (reader.DATA / "lines.json").write_text(json.dumps({
        "what": "boosted trees of analysis/corpus/lines.py", "source": "page_text: pages as copied text with marked bodies (annotation MIT)",
        "licence": "MIT", "made_by": "benchmarks/train_lines.py", "pages": n_pages, "settings": TREES, "models": len(models), "out_of_fold": figures,
        "holds": "thresholds and leaf values only, no text", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}, indent=1) + "\n", "utf-8")


def measure(pages: list[dict], copies: list[dict], folds: int, partitions: int) -> tuple[dict[str, object], list[np.ndarray]]:
    """Measure out of fold: one model a fold for each way of parting the sites, and their mean log-odds, which is nearer to what is saved."""
    runs, figures = [], []
    for seed in range(partitions):
        runs.append(read_unseen(pages, copies, folds, seed))
        figures.append(score(pages, [choose(odds, page) for odds, page in zip(runs[-1], pages, strict=True)]))
        print(f"partition {seed}", [round(value, 4) for value in figures[-1]], flush=True)
    mean = [np.mean(odds, axis=0) for odds in zip(*runs, strict=True)]
    averaged = score(pages, [choose(odds, page) for odds, page in zip(mean, pages, strict=True)])
    F = [figure[2] for figure in figures]
    return {"F of single models": [round(value, 4) for value in F], "mean": round(statistics.fmean(F), 4), "spread": round(statistics.pstdev(F), 4),
            "averaged models": dict(zip(("precision", "recall", "F"), (round(value, 4) for value in averaged), strict=True)),
            "how": f"{folds} folds by site over {len(pages)} pages, {partitions} ways of parting the sites"}, mean


def choose(odds: np.ndarray, page: dict) -> np.ndarray:
    return reader.choose_lines(1 / (1 + np.exp(-odds)), page["lines"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages")
    parser.add_argument("--sites")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--partitions", type=int, default=3, help="ways of parting the sites into folds; 0 leaves the out-of-fold figure out")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--verdicts", help="write the mean out-of-fold log-odds here (JSON), for error analysis")
    given = parser.parse_args()
    pages = prepare(given.pages, given.sites)
    copies = vary(pages)
    describe(pages + copies)
    figures: dict[str, object] = {}
    print("choice of whole lines", [round(value, 4) for value in score(pages, [page["labels"] for page in pages])], flush=True)
    if given.partitions:
        figures, odds = measure(pages, copies, given.folds, given.partitions)
        print(json.dumps(figures, indent=1), flush=True)
        if given.verdicts:
            Path(given.verdicts).write_text(json.dumps([values.tolist() for values in odds]), "utf-8")
    if given.save:
        save([fit(pages + copies, seed) for seed in range(SEEDS)], figures, len(pages))


if __name__ == "__main__":
    main()
