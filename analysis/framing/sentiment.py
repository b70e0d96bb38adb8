"""Sentiment of sentences, the outlet's own words kept apart from the words it quotes: the only door to VADER.

A sentence gets two numbers: VADER's compound, for comparison with other work, and a *news* sentiment learned from editorial
sentences that twenty people rated each. An article never gets one score from its whole text: a long text's compound is ±1
whatever it says (METHODS 3.2). What an article gets are means over sentences, each measure with its own voice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from math import log1p, sqrt
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.schema import SAMPLES, SENTENCES, SENTIMENTS, Measure, ModelError, TableError, check_table
from analysis.settings import SentimentSettings

WEIGHTS = Path(__file__).parents[1] / "data" / "news_sentiment.npz"
WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
NEGATIONS = frozenset("no not never none nobody nothing neither nor cannot without hardly barely scarcely".split())
TURNS = frozenset(("but", "however", "although", "though", "yet"))

_NOT = "Not a verdict on the article, and not comparable between events: what happened moves it more than who wrote it."
_OWN = "ours: kernel ridge on sentence vectors and VADER, trained on Hutto & Gilbert 2014's rated editorial sentences"
MEASURES: tuple[Measure, ...] = (
    Measure("sentiment_narration", "Sentiment of its own words", "−1…1", 1.0, "the article's own words read as favourable",
            "they read as unfavourable", _NOT, _OWN),
    Measure("sentiment_quotes", "Sentiment of what it quotes", "−1…1", 1.0, "the quotations it chose read as favourable",
            "they read as unfavourable", "Not the outlet's sentiment: somebody else speaks.", _OWN),
    Measure("sentiment_headline", "Sentiment of the headline", "−1…1", 1.0, "the headline reads as favourable", "it reads as unfavourable",
            "One sentence: no interval, and no sign of an outlet's habit.", _OWN),
    Measure("sentiment_event_words", "Tone carried by words everyone uses here", "valence per 100 words", 100.0,
            "the words most articles share about this event are pleasant ones", "they are unpleasant ones ('killed', 'crash')",
            "Not the outlet's sentiment: most articles on the event use these words.", "Hutto & Gilbert 2014"),
    Measure("sentiment_own_words", "Tone beyond the event", "valence per 100 words", 100.0,
            "the words only some articles use are pleasant ones", "they are unpleasant ones",
            "A word list knows no irony and no context.", "Hutto & Gilbert 2014"),
    Measure("share_negative", "Unfavourable sentences", "share 0…1", 1.0, "many of its own sentences read as unfavourable", "few do", _NOT, _OWN),
    Measure("share_neutral", "Neutral sentences", "share 0…1", 1.0, "most of its own sentences read as neutral", "few do", _NOT, _OWN),
    Measure("share_positive", "Favourable sentences", "share 0…1", 1.0, "many of its own sentences read as favourable", "few do", _NOT, _OWN),
)


@lru_cache(maxsize=1)
def _analyzer():
    """Return the one VADER analyser of the process."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@lru_cache(maxsize=4)
def load_weights(path: Path = WEIGHTS) -> dict[str, np.ndarray]:
    """Read the news sentiment's weights after checking them against the digest in their sidecar.

    Returns the arrays by name, as `benchmarks/train_sentiment.py` wrote them.

    Raises:
        ModelError: the file or its sidecar is missing, or the digest differs.
    """
    sidecar = path.with_suffix(".json")
    if not path.is_file() or not sidecar.is_file():
        raise ModelError("the weights or their description are missing", where=path.name,
                         remedy="Restore analysis/data, or make them anew with benchmarks/train_sentiment.py")
    expected = json.loads(sidecar.read_text(encoding="utf-8")).get("sha256", "")
    if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        raise ModelError("the weights are not the ones their description names", where=path.name,
                         remedy="Restore both files from the same version of the tool")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def find_words(text: str) -> list[str]:
    """Return the lower-case words of a text in order, apostrophes straightened."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def weigh_words(text: str) -> list[tuple[str, float]]:
    """Return each word with its VADER valence; a negated word is its own word ("not good") with the sign turned.

    How to read it: -4 most unpleasant … 4 most pleasant, 0 a word the list does not know. A negation reaches three words on,
    and weakens by VADER's factor while it turns the sign.

    Source: word list and factor Hutto & Gilbert 2014; counting negated words apart, ours: the shift bars must show them.
    """
    from vaderSentiment.vaderSentiment import N_SCALAR

    lexicon, words = _analyzer().lexicon, find_words(text)
    negates = [word in NEGATIONS or word.endswith("n't") for word in words]
    weighed = []
    for at, word in enumerate(words):
        valence = lexicon.get(word, 0.0)
        if valence and not negates[at] and any(negates[max(0, at - 3):at]):
            weighed.append((f"not {word}", valence * N_SCALAR))
        else:
            weighed.append((word, valence))
    return weighed


def describe_text(text: str) -> list[float]:
    """Return the seventeen lexical numbers that stand beside the sentence's vector in the model.

    VADER's four, then sums, extremes and mean of the word valences, length, negations, marks, turns ("but") and the valence of
    the second half, where editorial sentences tend to place their judgement.
    """
    scores, words = _analyzer().polarity_scores(text), find_words(text)
    valences = [valence for _, valence in weigh_words(text)]
    felt = [valence for valence in valences if valence]
    up, down, root = sum(v for v in felt if v > 0), sum(v for v in felt if v < 0), sqrt(max(len(valences), 1))
    return [
        scores["compound"], scores["pos"], scores["neg"], scores["neu"], up, down, up / root, down / root,
        max([*felt, 0.0]), min([*felt, 0.0]), sum(felt) / len(felt) if felt else 0.0, log1p(len(words)),
        float(sum(word in NEGATIONS or word.endswith("n't") for word in words)), float(text.count("?")), float(text.count("!")),
        float(any(word in TURNS for word in words)), sum(valences[len(valences) // 2:]) / root,
    ]


def measure_kernel(rows: np.ndarray, centres: np.ndarray, width: float) -> np.ndarray:
    """Return the Gaussian kernel of every row with every centre: (n, m), 1 where they coincide, falling to 0."""
    squares = (rows ** 2).sum(axis=1)[:, None] + (centres ** 2).sum(axis=1) - 2 * rows @ centres.T
    return np.exp(-width * np.maximum(squares, 0.0))


def join_features(vectors: np.ndarray, described: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """Join sentence vectors, standardised lexical numbers and the target-sentiment probe into the model's rows."""
    lexical = (described - weights["mean"]) / weights["deviation"] * weights["lexical_scale"]
    rows = np.hstack([vectors, lexical])
    probe = (rows @ weights["probe"] - weights["probe_mean"]) / weights["probe_deviation"] * weights["probe_scale"]
    return np.hstack([rows, probe[:, None]])


def predict_rating(texts: Sequence[str], vectors: np.ndarray, settings: SentimentSettings) -> np.ndarray:
    """Predict the mean rating people would give: (n,) on their scale, -4…4; NaN where the text or vector is empty."""
    weights = load_weights()
    rating = np.full(len(texts), np.nan)
    known = np.array([bool(find_words(text)) for text in texts], dtype=bool) & np.isfinite(vectors).all(axis=1)
    at = np.flatnonzero(known)
    for begin in range(0, len(at), settings.batch):
        rows = at[begin:begin + settings.batch]
        described = np.array([describe_text(texts[row][:settings.max_characters]) for row in rows])
        features = join_features(vectors[rows].astype(np.float64), described, weights)
        kernel = measure_kernel(features, weights["centres"].astype(np.float64), float(weights["width"]))
        rating[rows] = kernel @ weights["weights"] + weights["offset"]
    return rating


def _score(texts: Sequence[str], vectors: np.ndarray, settings: SentimentSettings) -> np.ndarray:
    """Score each distinct text once, in sorted order: identical texts get identical bits whatever surrounds them."""
    distinct, first, back = np.unique(np.array(texts, dtype=object).astype(str), return_index=True, return_inverse=True)
    return np.clip(predict_rating(distinct.tolist(), vectors[first], settings) * settings.scale, -1.0, 1.0)[back]


def _check_vectors(vectors: np.ndarray, n_rows: int, name: str) -> None:
    """Refuse vectors that do not stand row by row beside the sentences."""
    if vectors.ndim != 2 or len(vectors) != n_rows:
        raise TableError(f"{name} has shape {vectors.shape} for {n_rows} sentences", where="score_sentiment",
                         remedy="Hand over one row a sentence, in the table's order")


def score_sentiment(
    sentences: pd.DataFrame, vectors: np.ndarray, settings: SentimentSettings, narration_vectors: np.ndarray | None = None,
) -> pd.DataFrame:
    """Score every sentence: VADER's compound, the news sentiment, and the news sentiment of its words outside quotations.

    How to read it: -1…1; ±0.30 is where twenty raters' mean is half a point (of four) from neutral; the model explains about 45 %
    of the raters' variance, so one sentence is a hint and only means over sentences are shown. It says nothing about truth or
    stance. Where a sentence holds no quotation, `narration` equals `sentiment` to the last bit.

    Args:
        sentences: columns of SENTENCES, and `narration` when quotations are known; without it all words are the narrator's.
        vectors: (n, 384) float32 unit rows, one a sentence in the table's order.
        settings: batch, scale and length limit.
        narration_vectors: like `vectors` for the `narration` column; NaN rows where it is empty. Needed when it differs anywhere.

    Returns:
        One row a sentence in the table's order: article_id, sentence, vader, sentiment, narration. NaN where there is no word.

    Raises:
        TableError: a column is missing, or vectors and sentences differ in length. ModelError: the weights are not ours.
    """
    check_table(sentences, SENTENCES)
    _check_vectors(vectors, len(sentences), "vectors")
    texts = sentences["text"].fillna("").astype(str).tolist()
    scored = sentences[["article_id", "sentence"]].reset_index(drop=True)
    if not texts:
        return scored.assign(vader=np.empty(0), sentiment=np.empty(0), narration=np.empty(0))
    compound = _analyzer().polarity_scores
    worded = [bool(find_words(text)) for text in texts]
    scored["vader"] = [compound(text[:settings.max_characters])["compound"] if has else np.nan for text, has in zip(texts, worded, strict=True)]
    scored["sentiment"] = narration = _score(texts, vectors, settings)
    if "narration" in sentences:
        own = sentences["narration"].fillna("").astype(str).tolist()
        changed = np.array([a.split() != b.split() for a, b in zip(own, texts, strict=True)], dtype=bool)
        if changed.any():
            if narration_vectors is None:
                raise TableError("narration differs from text but narration_vectors was not given", where="score_sentiment",
                                 column="narration", remedy="Embed the narration column and hand its rows over")
            _check_vectors(narration_vectors, len(sentences), "narration_vectors")
            narration = narration.copy()
            narration[changed] = _score([own[row] for row in np.flatnonzero(changed)], narration_vectors[changed], settings)
    return scored.assign(narration=narration)


def list_words(sentences: pd.DataFrame) -> pd.DataFrame:
    """List the narrator's words with their valence: what the word shift and the event's tone are counted from.

    Args:
        sentences: columns of SENTENCES; `narration` is read where it exists, else `text`.

    Returns:
        One row a distinct word of a sentence: article_id, sentence, word, valence (-4…4, 0 unknown), count. Sorted.

    Source: Hutto & Gilbert 2014's word list.
    """
    check_table(sentences, SENTENCES)
    column = "narration" if "narration" in sentences else "text"
    rows = [
        (article_id, sentence, word, valence)
        for article_id, sentence, text in zip(sentences["article_id"], sentences["sentence"], sentences[column].fillna(""), strict=True)
        for word, valence in weigh_words(str(text))
    ]
    words = pd.DataFrame(rows, columns=["article_id", "sentence", "word", "valence"])
    return words.groupby(["article_id", "sentence", "word", "valence"], as_index=False).size().rename(columns={"size": "count"})


def find_event_words(words: pd.DataFrame, origins: dict[str, str], settings: SentimentSettings) -> set[str]:
    """Return the words that at least `event_word_share` of the event's origins use; none when there is only one origin.

    `words` is the table of `list_words`; `origins` gives the origin_id of each article of one event, so a reprint counts once.
    """
    used = words.assign(origin=words["article_id"].map(origins)).dropna(subset="origin")
    if (n_origins := len(set(origins.values()))) < 2:
        return set()
    return set((used.groupby("word")["origin"].nunique() / n_origins).loc[lambda shares: shares >= settings.event_word_share].index)


def _sample(scored: pd.DataFrame, measure: str, value: pd.Series) -> pd.DataFrame:
    """Return samples of weight 1 for one measure, undefined values left out."""
    return scored[["article_id", "sentence"]].assign(measure=measure, value=value.astype(float), weight=1.0).dropna(subset="value")


def _sample_tone(words: pd.DataFrame, event_words: set[str]) -> list[pd.DataFrame]:
    """Split each sentence's summed valence into the event's words and the rest; the two add up to the whole."""
    body = words[words["sentence"] > 0]
    shared = body["word"].isin(event_words)
    tables = []
    for measure, part in (("sentiment_event_words", shared), ("sentiment_own_words", ~shared)):
        parted = body.assign(value=np.where(part, body["valence"] * body["count"], 0.0), weight=body["count"].astype(float))
        summed = parted.groupby(["article_id", "sentence"], as_index=False)[["value", "weight"]].sum()
        tables.append(summed.assign(measure=measure))
    return tables


def sample_sentiment(
    sentences: pd.DataFrame, sentiments: pd.DataFrame, origins: dict[str, str], settings: SentimentSettings,
) -> pd.DataFrame:
    """Turn sentence scores into the samples each sentiment measure of an article is averaged from.

    Only `sentiment_narration` and the three shares are the outlet's sentiment: body sentences in its own voice with at least
    `min_narration_words` words outside quotations ("he said" is no statement). Quotations, headline and the event's words are
    measures of their own. With a single origin nothing tells the event's words from its own, and those two are not sampled.

    Args:
        sentences: columns of SENTENCES, better of VOICED (`voice`, `narration`).
        sentiments: the table of `score_sentiment`, row by row beside `sentences`.
        origins: article_id -> origin_id for the articles of one event.
        settings: cuts and limits.

    Returns:
        SAMPLES, one row a sentence and measure it has a value for; MEASURES says how to read each.
    """
    check_table(sentences, SENTENCES)
    scored = sentiments.reset_index(drop=True)
    given = sentences.reset_index(drop=True)
    if len(scored) != len(given) or not (scored[["article_id", "sentence"]] == given[["article_id", "sentence"]]).all(axis=None):
        raise TableError("sentiments do not stand row by row beside the sentences", where=SENTIMENTS.name)
    own = given["narration" if "narration" in given else "text"].fillna("").map(lambda text: len(find_words(str(text))))
    title = scored["sentence"] == 0
    narration = scored["narration"].where(~title & (own >= settings.min_narration_words))
    quoted = given["voice"] == "quote" if "voice" in given else pd.Series(False, index=given.index)
    cut = settings.neutral_cut
    tables = [
        _sample(scored, "sentiment_narration", narration),
        _sample(scored, "sentiment_quotes", scored["sentiment"].where(~title & quoted)),
        _sample(scored, "sentiment_headline", scored["sentiment"].where(title)),
        _sample(scored, "share_negative", (narration <= -cut).where(narration.notna())),
        _sample(scored, "share_neutral", (narration.abs() < cut).where(narration.notna())),
        _sample(scored, "share_positive", (narration >= cut).where(narration.notna())),
    ]
    if len(set(origins.values())) > 1:
        words = list_words(given)
        tables += _sample_tone(words, find_event_words(words, origins, settings))
    samples = pd.concat(tables, ignore_index=True)[list(SAMPLES.columns)]
    return samples.sort_values(["article_id", "measure", "sentence"], kind="stable", ignore_index=True)
