"""Loaded wording in the narrator's voice: how likely a sentence's own words take a side, and which words do it.

The model learned from pairs we wrote ourselves, the same sentence plain and loaded, because labelled news may not be passed on.
Four linear readings of the encoder are added up: each word in its context, set against the words the pairs changed; the sentence's
manner in a lower layer; the sentence vector; and how a target-sentiment probe reads it. Experts who mark such sentences agree only
to α ≈ .40: a mark is a question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.schema import CUES, SAMPLES, SENTENCES, TOKENS, Measure, ModelError, Scan, TableError, check_table
from analysis.settings import SentimentSettings

DATA = Path(__file__).parents[1] / "data"
WEIGHTS = DATA / "loaded_wording.npz"
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
FUNCTION_WORDS = frozenset(json.loads((DATA / "function_words.json").read_text(encoding="utf-8"))["en"])
REPORTING = frozenset((
    "say says said saying tell tells told according announced reported stated added asked confirmed spokesman spokeswoman spokesperson "
    "statement report reports officials"
).split())
MARKED = ("ADJ", "ADV", "VERB", "NOUN")
AGREEMENT = "experts agree on such marks only to α ≈ .40"
PARTS = ("words", "manner", "sentence", "probe")
"""What is added up: columns 0 and 1 of a scan (words, then the mean of all pieces), the sentence vector, column 2 of the scan."""
WIDTH = 5  # columns of a scan: start, end and three directions

MEASURES: tuple[Measure, ...] = (
    Measure("loaded", "Loaded wording in its own words", "mean probability 0…1", 1.0,
            "many of the article's own sentences are worded the way our loaded examples are", "its own sentences are worded plainly",
            "Not a verdict: what happened moves it as well as wording, and experts agree only to α ≈ .40. Compare within one event.",
            "ours: linear readings of words in context and of sentences, trained on plain/loaded pairs of our own writing"),
)


@lru_cache(maxsize=4)
def load_loaded(path: str = "") -> dict[str, np.ndarray]:
    """Read the weights after checking them against the digest in their sidecar.

    Args:
        path: a file `train_wording` wrote; '' for the one that comes with the tool.

    Returns:
        The arrays by name, and `digest`, the first letters of the file's.

    Raises:
        ModelError: the file or its sidecar is missing, or the digest differs.
    """
    file = Path(path) if path else WEIGHTS
    sidecar = file.with_suffix(".json")
    if not file.is_file() or not sidecar.is_file():
        raise ModelError("the weights or their description are missing", where=file.name,
                         remedy="Restore analysis/data, or train anew with `python -m analysis train-wording FILE`")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != json.loads(sidecar.read_text(encoding="utf-8")).get("sha256", ""):
        raise ModelError("the weights are not the ones their description names", where=file.name,
                         remedy="Restore both files from the same version, or train anew")
    with np.load(file, allow_pickle=False) as arrays:
        return {**{name: arrays[name] for name in arrays.files}, "digest": digest[:12]}


def find_words(text: str) -> list[str]:
    """Return the lower-case words of a text in order, apostrophes straightened."""
    return [word.replace("’", "'").lower() for word in WORD.findall(text)]


def weigh_words(text: str, pieces: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Return the log-odds of each word of a text to be one a loaded twin would change; NaN for function words and beyond the cut.

    Args:
        text: as scanned. pieces: (p, WIDTH) of the scan. weights: of `load_loaded`.

    Returns:
        (w,), the words in the order of `find_words`; half of the words it learned from were changed ones, so 0 is no frequency.
    """
    words = list(WORD.finditer(text))
    odds = np.full(len(words), np.nan)
    if not len(pieces):
        return odds
    real = pieces[pieces[:, 1] > pieces[:, 0]]
    first = np.searchsorted(real[:, 1], [word.start() for word in words], side="right")
    last = np.searchsorted(real[:, 0], [word.end() for word in words], side="left")
    totals = np.concatenate([[0.0], np.cumsum(real[:, 2], dtype=np.float64)])
    known = last > first
    odds[known] = (totals[last[known]] - totals[first[known]]) / (last - first)[known] + weights["word_offset"]
    odds[[word.replace("’", "'") in FUNCTION_WORDS for word in find_words(text)]] = np.nan
    return odds


def mix_words(odds: np.ndarray) -> float:
    """Return the log of the mean odds of the words, so that one strong word counts for more than many faint ones; NaN without any."""
    known = odds[np.isfinite(odds)]
    return float(np.log(np.mean(np.exp(np.clip(known, -12, 12))))) if len(known) else float("nan")


def read_parts(texts: Sequence[str], vectors: np.ndarray, pieces: Sequence[np.ndarray], weights: dict[str, np.ndarray]) -> np.ndarray:
    """Return the PARTS of each text as they are, (n, 4): before they are standardised over news and weighed."""
    means = np.array([table[:, 3:WIDTH].mean(axis=0) if len(table) else (np.nan, np.nan) for table in pieces]).reshape(-1, 2)
    words = [mix_words(weigh_words(text, table, weights)) for text, table in zip(texts, pieces, strict=True)]
    return np.column_stack([words, means[:, 0], np.asarray(vectors, dtype=np.float64) @ weights["head"], means[:, 1]])


def standardise(parts: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Put PARTS on the scale of news sentences, at most 4 deviations from their mean; a part that is not known counts as the mean."""
    return np.nan_to_num(np.clip((parts - weights["mean"]) / weights["deviation"], -4, 4), nan=0.0)


def _probability(parts: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Turn PARTS into calibrated probabilities."""
    return 1 / (1 + np.exp(-(standardise(parts, weights) @ weights["mix"] * weights["slope"] + weights["intercept"])))


def score_loaded(narration: Sequence[str], vectors: np.ndarray, pieces: Sequence[np.ndarray], settings: SentimentSettings) -> np.ndarray:
    """Give each sentence's own words the probability that they are loaded.

    How to read it: 0…1, calibrated on held-out news domains of our own pairs and moved to a paper where one sentence in four is
    loaded; straight news has fewer, so compare articles on one event and read no single value as a frequency. Quoted words are not looked at.

    Args:
        narration: the words outside quotations, one text a sentence; '' when all of it is quoted.
        vectors: (n, 384) unit rows of those texts.
        pieces: n tables of the scan along the `directions` of the weights.
        settings: `loaded_weights` (a file of `train_wording`, '' for ours).

    Returns:
        (n,) probabilities; NaN without narration. The same text gets the same value wherever it stands.

    Raises:
        TableError: the lengths differ. ModelError: the weights are not the ones their description names.
    """
    if vectors.ndim != 2 or not len(vectors) == len(narration) == len(pieces):
        raise TableError(f"vectors have shape {vectors.shape} and {len(pieces)} tables of pieces for {len(narration)} texts", where="score_loaded")
    texts = [str(text or "") for text in narration]
    known = np.array([bool(WORD.search(text)) for text in texts], dtype=bool) & np.isfinite(vectors).all(axis=1)
    scores = np.full(len(texts), np.nan)
    weights = load_loaded(settings.loaded_weights)
    for row in np.flatnonzero(known):  # one by one: a product over many rows rounds differently in another order
        scores[row] = _probability(read_parts([texts[row]], vectors[row:row + 1], [pieces[row]], weights), weights)[0]
    return scores


def _match_narration(tokens: pd.DataFrame, narration: str) -> np.ndarray:
    """Give each token of a sentence the place of its word in the narration, -1 for quoted ones, by matching the words in order."""
    own, printed = WORD.findall(narration), [WORD.findall(text) for text in tokens["text"]]
    flat = [(at, word) for at, words in enumerate(printed) for word in words]
    places = np.full(len(tokens), -1)
    for block in SequenceMatcher(None, [word for _, word in flat], own, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            places[flat[block.a + step][0]] = block.b + step
    return places


def _find_candidates(sentence: pd.Series, tokens: pd.DataFrame, odds: np.ndarray, cut: float) -> list[tuple[int, int, str]]:
    """Return start, end and word of the narrator's words that may be marked and read as loaded in their context."""
    places = _match_narration(tokens, sentence["narration"])
    fit = (places >= 0) & tokens["pos"].isin(MARKED).to_numpy() & (tokens["entity"] == "").to_numpy()
    fit &= ~tokens["text"].str.lower().isin(REPORTING).to_numpy()
    fit[fit] = 1 / (1 + np.exp(-odds[places[fit]])) >= cut
    return [(row.start, row.end, row.text) for row in tokens[fit].itertuples()]


def _weigh_alone(words: list[str], scan: Scan, weights: dict[str, np.ndarray]) -> dict[str, float]:
    """Return the probability of each word to be a changed one when it stands alone; 0 when it cannot be read."""
    odds = [weigh_words(word, table, weights) for word, table in zip(words, scan(words), strict=True)]
    return {word: float(1 / (1 + np.exp(-own[0]))) if len(own) and np.isfinite(own[0]) else 0.0 for word, own in zip(words, odds, strict=True)}


def mark_loaded(
    sentences: pd.DataFrame, tokens: pd.DataFrame, sentiments: pd.DataFrame, scan: Scan, settings: SentimentSettings,
) -> pd.DataFrame:
    """Mark the words that make a sentence loaded: those like the words our loaded twins changed, both in their context and alone.

    Only sentences from `loaded_cut` up are looked at, and only words outside quotations that name no entity. In its context alone
    a plain word is coloured by its neighbours ("a howling crowd"); standing alone it is not.

    Args:
        sentences: columns of SENTENCES, and `narration` when quotations are known; the title is marked like any sentence.
        tokens: TOKENS of those sentences. sentiments: with `loaded`, row by row beside `sentences`.
        scan: the one `loaded` was scored with.

    Returns:
        CUES of kind 'loaded', at most `loaded_marks` a sentence, in the order of place; score is the whole sentence's probability;
        note gives each word's own. A sentence that is loaded as a whole but by none of its words has no mark.
    """
    check_table(sentences, SENTENCES)
    check_table(tokens, TOKENS)
    given = sentences.reset_index(drop=True).assign(loaded=sentiments["loaded"].to_numpy())
    if "narration" not in given:
        given["narration"] = given["text"]
    weights = load_loaded(settings.loaded_weights)
    over = given[given["loaded"] >= settings.loaded_cut]
    chosen = pd.MultiIndex.from_frame(tokens[["article_id", "sentence"]]).isin(pd.MultiIndex.from_frame(over[["article_id", "sentence"]]))
    parsed = {key: rows for key, rows in tokens[chosen].groupby(["article_id", "sentence"], sort=False)}
    over = over[np.array([key in parsed for key in zip(over["article_id"], over["sentence"], strict=True)], dtype=bool)]
    candidates = []
    for (_, row), table in zip(over.iterrows(), scan(over["narration"].tolist()), strict=True):
        odds = weigh_words(row["narration"], table, weights)
        candidates.append(_find_candidates(row, parsed[row["article_id"], row["sentence"]], odds, settings.loaded_word))
    alone = _weigh_alone(sorted({word for found in candidates for _, _, word in found}), scan, weights)
    rows = []
    for (_, row), found in zip(over.iterrows(), candidates, strict=True):
        own = sorted(((alone[word], start, end, word) for start, end, word in found if alone[word] >= settings.loaded_alone), reverse=True)
        kept = own[:settings.loaded_marks]
        by_word = ", ".join(f"“{word}” {value:.2f}" for value, _, _, word in kept)
        note = f"probability {row['loaded']:.2f}; by word {by_word}; {AGREEMENT}"
        rows += [(row["article_id"], row["sentence"], start, end, word, "loaded", row["loaded"], note)
                 for _, start, end, word in sorted(kept, key=lambda mark: mark[1])]
    return pd.DataFrame(rows, columns=list(CUES.columns)) if rows else CUES.empty()


def sample_loaded(sentences: pd.DataFrame, sentiments: pd.DataFrame, settings: SentimentSettings) -> pd.DataFrame:
    """Return SAMPLES of the measure `loaded`: one row a body sentence with enough words of its own, weight 1.

    Args:
        sentences: columns of SENTENCES, better with `narration`. sentiments: with `loaded`, row by row beside them.
        settings: `min_narration_words`.
    """
    check_table(sentences, SENTENCES)
    column = "narration" if "narration" in sentences else "text"
    own = sentences[column].fillna("").map(lambda text: len(find_words(str(text)))).to_numpy()
    samples = sentences[["article_id", "sentence"]].reset_index(drop=True)
    samples = samples.assign(measure="loaded", value=sentiments["loaded"].to_numpy(dtype=float), weight=1.0)
    kept = samples[(samples["sentence"] > 0) & samples["value"].notna() & (own >= settings.min_narration_words)]
    return kept[list(SAMPLES.columns)].sort_values(["article_id", "sentence"], ignore_index=True)
