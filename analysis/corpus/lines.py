"""Tell the lines of a pasted page that are the article from the lines that are the page around it.

Boosted trees read the measures of each line (`line_features.py`), a search for the most likely sequence turns their odds into
stretches of article, and a few rules take out what is never an article. Trees rather than a longer list of rules: rules fit the
pages they were written on. Rejected after measuring: a second reading that sees the first one's verdicts on the neighbours (no
better out of fold). The weights hold no text; `benchmarks/train_lines.py` makes them and reports out-of-fold figures.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from analysis.corpus.line_features import describe_lines, shift
from analysis.corpus.line_shapes import ENDS_SENTENCE, WORD
from analysis.schema import ModelError

DATA = Path(__file__).resolve().parent.parent / "data"
PHOTO_CREDIT = re.compile(r"^(?:©|photo:|credit:|image:)\s?[^/]{2,30}/.{2,40}$|^© [A-Z][\w .]{1,30} photo", re.IGNORECASE)
CREDITED = re.compile(r"\s/\s?[A-Z][\w ]{1,40}$|(?:Credit|Photo|Photograph|Image|Picture|Illustration)s?(?: by|:)\s[^.]{2,80}$|\([^()]{2,50}/[^()]{2,50}\)$")
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|<%|\$\{")
SWITCH = 1.5  # log-odds that going into or out of the article costs; out of fold, flat within .002 over 1-3
LEAN = 0.5  # log-odds added for the article: a page's share of article lines is lower than the share of article words that the figure counts
INSIDE = 0.2  # probability under which a line inside the article is foreign after all: a lone "Recommended" between two paragraphs
ROWS = 500  # lines read by all trees at once; bounds memory


def mark_body(lines: Sequence[str]) -> np.ndarray:
    """Say for each line of a page, blank ones dropped, whether it belongs to the article (bool array).

    How to read it: headline, byline, date, captions, credits, "read also" boxes and everything below the last paragraph are False;
    sub-headings and a standfirst are True.

    Args:
        lines: one page; a page of one line is that line.

    Raises:
        ModelError: the weights are missing or not the ones their sidecar names.

    Source: ours; weights trained by `benchmarks/train_lines.py`, which prints the out-of-fold figures.
    """
    return choose_lines(score_lines(lines), lines) if len(lines) else np.zeros(0, dtype=bool)


def choose_lines(scores: np.ndarray, lines: Sequence[str]) -> np.ndarray:
    """Choose the most likely sequence of article and page, where each change between the two costs `SWITCH` (Viterbi).

    A line counts by the root of its words, so that a stray short line neither opens an article nor breaks one; a long "read also"
    box in the middle does, and the lead above it stays. Rejected: one block of largest sum, which cut such leads off.
    """
    n_words = np.array([len(WORD.findall(line)) for line in lines])
    odds = (np.log(np.clip(scores, 0.003, 0.997) / (1 - np.clip(scores, 0.003, 0.997))) + LEAN) * np.sqrt(np.maximum(n_words, 1))
    page, article = 0.0, -SWITCH
    came = np.zeros((len(scores), 2), dtype=bool)  # whether the best way to page, article at a line comes from the article
    for i, gain in enumerate(odds.tolist()):
        came[i] = article - SWITCH > page, article >= page - SWITCH
        page, article = max(page, article - SWITCH), max(article, page - SWITCH) + gain
    chosen = np.zeros(len(scores), dtype=bool)
    state = article > page
    for i in range(len(scores) - 1, -1, -1):
        chosen[i] = state
        state = bool(came[i, int(state)])
    return chosen & (scores >= INSIDE) & ~foreign_lines(lines, n_words)


def foreign_lines(lines: Sequence[str], n_words: np.ndarray) -> np.ndarray:
    """Mark what is never an article whatever stands around it.

    Template placeholders; photo credits; the caption above a credit, or with one at its end; the linked headline below a credit.
    """
    credit = np.array([bool(PHOTO_CREDIT.match(line)) for line in lines])
    odd = np.array([bool(PLACEHOLDER.search(line)) or (len(line) < 500 and bool(CREDITED.search(line))) for line in lines])
    capital = [[word[0].isupper() for word in WORD.findall(line)] for line in lines]
    headline = np.array([len(words) >= 5 and sum(words) >= 0.6 * len(words) and not ENDS_SENTENCE.search(line)
                         for words, line in zip(capital, lines, strict=True)])
    above, below = shift(credit[:, None], 1)[:, 0], shift(credit[:, None], -1)[:, 0]
    return credit | odd | (above & (n_words <= 60)) | (below & headline)


def score_lines(lines: Sequence[str]) -> np.ndarray:
    """Return each line's probability 0…1 of belonging to the article."""
    return read_trees(describe_lines(lines), _weights())


def read_trees(features: np.ndarray, trees: dict[str, np.ndarray]) -> np.ndarray:
    """Sum the leaves that each row reaches and turn the sum into a probability.

    Args:
        features: (n, m).
        trees: `feature`, `threshold`, `left`, `right`, `value` as (trees, nodes) arrays, leaves with feature -1 and themselves as
            children, `base`, and `depth`, the longest way to a leaf.
    """
    n_trees, size = trees["feature"].shape
    first = (np.arange(n_trees) * size)[:, None]
    feature, threshold, value = np.maximum(trees["feature"], 0).ravel(), trees["threshold"].ravel(), trees["value"].ravel()
    left, right = ((trees[side] + first).ravel() for side in ("left", "right"))
    total = np.empty(len(features))
    for start in range(0, len(features), ROWS):
        part = features[start:start + ROWS]
        rows = np.arange(len(part))
        node = np.repeat(first, len(part), axis=1)
        for _ in range(int(trees["depth"][0])):
            node = np.where(part[rows, feature[node]] <= threshold[node], left[node], right[node])
        total[start:start + ROWS] = value[node].sum(axis=0)
    return 1 / (1 + np.exp(-np.clip(total + trees["base"][0], -30, 30)))


@lru_cache(maxsize=1)
def _weights() -> dict[str, np.ndarray]:
    path, sidecar = DATA / "lines.npz", DATA / "lines.json"
    if not path.exists() or not sidecar.exists():
        raise ModelError("the line classifier's weights are missing", where=str(path), remedy="Check the tree out again, or run benchmarks/train_lines.py")
    if hashlib.sha256(path.read_bytes()).hexdigest() != json.loads(sidecar.read_text("utf-8"))["sha256"]:
        raise ModelError("the line classifier's weights are not the ones its sidecar names", where=str(path), remedy="Check the tree out again")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
