"""How alike two articles are: meaning, words and word pairs, weighed by rarity and by the time between them.

The score of a pair depends on the two articles and on nothing else: rarity comes from a frozen table, not from the library.
So an added article changes no score, five articles are scored like five thousand, and a regroup equals a full run.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer

from analysis.schema import ModelError, Table
from analysis.settings import EventSettings

SCORES = Table("scores", "one pair of articles that may share an event", {
    "article_id": "categorical over all ids, sorted; smaller than other_id", "other_id": "",
    "score": "similarity 0…1: weighted cosines of meaning, words, word pairs and openings, times the time kernel",
    "hours": "hours between the two; NaN unless both are dated",
})
IDF_FILE = Path(__file__).parents[1] / "data" / "news_idf.npz"
CHUNK = 20_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DAY = re.compile(rf"\b(?P<m1>{MONTH})\.? {{0,2}}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{MONTH})\b", re.I)
YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-4]\d)\b")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
SMALL = 3  # "two people", "three days": every report has one


def weigh_articles(articles: pd.DataFrame, vectors: np.ndarray, settings: EventSettings) -> Features:
    """Make what the scores of any pairs are made of, once an article.

    Args:
        articles: columns article_id, title, text, published, precision.
        vectors: (n, m) unit rows, in the table's order.
        settings: weights and kernel.

    Returns:
        Features of all articles, by article_id.

    Raises:
        ModelError: the rarity table is missing.
    """
    order = np.argsort(articles["article_id"].astype(str).to_numpy(), kind="stable")
    return Features(articles.iloc[order], np.asarray(vectors, dtype=np.float32)[order], settings)


def score_pairs(features: Features, pairs: pd.DataFrame) -> pd.DataFrame:
    """Score pairs of articles.

    How to read it: 0 is unrelated, 1 is the same text; two reports of one event lie around .4. It says nothing about agreement.

    Args:
        features: of all articles.
        pairs: article_id and other_id, categorical over all ids, sorted.

    Returns:
        SCORES, in the order of the pairs.

    Source: dense + sparse + time after Saravanakumar et al. 2021; weights, kernel and frozen rarity: ours, measured (docs/grouping.md).
    """
    one, other = pairs["article_id"].cat.codes.to_numpy(), pairs["other_id"].cat.codes.to_numpy()
    return pd.DataFrame({"article_id": pairs["article_id"].array, "other_id": pairs["other_id"].array,
                         "score": features.score(one, other), "hours": features.hours(one, other)})


class Features:
    """The features of all articles, in the order of their ids; scores any pairs of positions."""

    def __init__(self, articles: pd.DataFrame, vectors: np.ndarray, settings: EventSettings) -> None:
        texts = [f"{title}. {text[: settings.text_characters]}" for title, text in zip(articles["title"], articles["text"], strict=True)]
        self.vectors, self.settings = vectors, settings
        self.words, self.phrases, self.leads = weigh_terms(texts, settings)
        self.begins, self.ends = _intervals(articles)
        self.days_named, latest_named = named_dates(texts)
        self.year = _years(articles)
        self.latest_year = np.maximum(latest_named, self.year)
        self.figures = named_figures([text[: settings.figure_characters] for text in texts])

    def score(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Score pairs; rounded, so that the last bits of a sum, which depend on how it is batched, decide nothing."""
        s = self.settings
        alike = [(s.meaning_share * np.einsum("ij,ij->i", self.vectors[i], self.vectors[j])
                 + s.words_share * _products(self.words, i, j) + s.phrases_share * _products(self.phrases, i, j)
                 + s.lead_share * _products(self.leads, i, j)) * self._kernel(i, j) * self._figures_told(i, j)
                for i, j in _chunks(one, other)]
        return np.round(np.clip(np.concatenate(alike) if alike else np.zeros(0), 0, 1), 5).astype(np.float32)

    def hours(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Hours between two articles: between the days when only the day is known, NaN when either is undated."""
        gap = np.maximum(self.begins[one] - self.ends[other], self.begins[other] - self.ends[one])
        return np.maximum(gap, 0.0)

    def _kernel(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        days, s = self.hours(one, other) / 24, self.settings
        kernel = s.kernel_floor + (s.kernel_peak - s.kernel_floor) * np.exp(-(days**2) / (2 * s.kernel_days**2))
        half_dated = np.isnan(self.begins[one]) != np.isnan(self.begins[other])
        undated = np.where(half_dated, s.kernel_half_dated, 1.0) * self._dates_told(one, other)
        return np.where(np.isnan(days), undated, np.where(days > s.gap_days, 0.0, kernel))

    def _dates_told(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """What the dates in the texts say of a pair without times of its own: the same day or year, other days, other years.

        An article's own date counts as a year it names: an undated text that speaks of a later one was hardly written then.
        """
        s, year, others = self.settings, self.latest_year[one], self.latest_year[other]
        same_day = _products(self.days_named, one, other) > 0
        other_days = ~same_day & (np.diff(self.days_named.indptr)[one] > 0) & (np.diff(self.days_named.indptr)[other] > 0)
        both = (year > 0) & (others > 0)
        told = 1 + s.same_day_told * same_day - s.other_day_told * other_days
        told = told + s.same_year_told * (both & (year == others) & ~same_day) - s.other_year_told * (both & (np.abs(year - others) > 1))
        appeared, others_appeared = self.year[one], self.year[other]
        later = ((appeared > 0) & (others > appeared + 1)) | ((others_appeared > 0) & (year > others_appeared + 1))
        return told - s.later_year_told * later

    def _figures_told(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """What figures say of a pair: two openings that each name some and share none tell of two quakes, two jobs reports."""
        s, shared, known = self.settings, _products(self.figures, one, other), np.diff(self.figures.indptr)
        both = (known[one] >= s.fewest_figures) & (known[other] >= s.fewest_figures)
        return 1 + s.same_figures_told * (shared >= s.fewest_figures) - s.other_figures_told * (both & (shared == 0))


def named_figures(texts: list[str]) -> csr_matrix:
    """Return which figures each text names, without years and the smallest: a toll, a sum, a vote; one row a text, hashed."""
    found = [[figure for match in FIGURE.finditer(text) if not YEAR.fullmatch(match[0]) and not _small(figure := match[0].replace(",", ""))]
             for text in texts]
    if not found:
        return csr_matrix((0, 1 << 20), dtype=np.float32)
    held = FeatureHasher(n_features=1 << 20, input_type="string", alternate_sign=False, dtype=np.float32).transform(found).tocsr()
    held.sum_duplicates()
    held.data[:] = 1.0
    return held


def _small(figure: str) -> bool:
    return figure.isdecimal() and int(figure) <= SMALL


def named_dates(texts: list[str]) -> tuple[csr_matrix, np.ndarray]:
    """Return which days of the year each text names ("3 May", "May 3rd"), and the latest year it names (0 for none).

    A page without a date often says one: twin events are years apart and name other years (docs/grouping.md). It weighs on
    pairs only; the article stays undated.
    """
    rows, days, years = [], [], np.zeros(len(texts), dtype=np.int64)
    for at, text in enumerate(texts):
        found = {(MONTHS.index(match["m1"][:3].lower()), int(match["d1"])) if match["m1"] else (MONTHS.index(match["m2"][:3].lower()), int(match["d2"]))
                 for match in DAY.finditer(text)}
        found = {32 * month + day for month, day in found if 1 <= day <= 31}
        rows += [at] * len(found)
        days += sorted(found)
        years[at] = max(map(int, YEAR.findall(text)), default=0)
    return csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, days)), shape=(len(texts), 32 * 12)), years


def _intervals(articles: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """When each article appeared, as the earliest and latest hour since 1970; NaN without a date."""
    when = pd.to_datetime(articles["published"], utc=True).astype("datetime64[s, UTC]")
    begins = np.where(when.notna(), when.astype("int64").where(when.notna(), 0) / 3600, np.nan)
    return begins, begins + np.where(articles["precision"].to_numpy() == "day", 24.0, 0.0)


def _years(articles: pd.DataFrame) -> np.ndarray:
    """The year each article appeared in, 0 without a date."""
    return pd.to_datetime(articles["published"], utc=True).dt.year.fillna(0).to_numpy(dtype=np.int64)


def weigh_terms(texts: list[str], settings: EventSettings) -> tuple[csr_matrix, csr_matrix, csr_matrix]:
    """Return unit rows of sublinear tf-idf over words, over word pairs, and over the words of the opening; stop words left out.

    Terms are hashed, so no vocabulary grows with the library; two terms share a slot once in thousands.
    """
    split = CountVectorizer(stop_words="english").build_analyzer()
    words, phrases, leads = ([_weighed([], n)] for n in (1, 2, 1))
    for at in range(0, len(texts), CHUNK // 4):  # the words of all texts at once would be the largest thing in memory
        part = texts[at : at + CHUNK // 4]
        found = [split(text) for text in part]
        words.append(_weighed(found, 1))
        phrases.append(_weighed([[f"{one} {two}" for one, two in pairwise(terms)] for terms in found], 2))
        leads.append(_weighed([split(text[: settings.opening_characters]) for text in part], 1))
    return vstack(words, format="csr"), vstack(phrases, format="csr"), vstack(leads, format="csr")


def _weighed(terms: list[list[str]], n: int) -> csr_matrix:
    if not terms:
        return csr_matrix((0, 1 << 20), dtype=np.float32)
    counts = FeatureHasher(n_features=1 << 20, input_type="string", alternate_sign=False, dtype=np.float32).transform(terms).tocsr()
    counts.sum_duplicates()
    counts.data = (1 + np.log(counts.data)) * rarity(n)[counts.indices]
    norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.where(norms > 0, norms, 1)).astype(np.float32) @ counts)


@cache
def rarity(n: int) -> np.ndarray:
    """Return the inverse document frequency of every hash slot, from the table shipped with the tool."""
    if not IDF_FILE.is_file():
        raise ModelError("the table of word rarity is missing", where=IDF_FILE.name, remedy="Restore analysis/data, or run benchmarks/train_rarity.py")
    with np.load(IDF_FILE, allow_pickle=False) as table:
        frequency = np.zeros(1 << 20, dtype=np.float32)
        frequency[table[f"slots_{n}"]] = table[f"documents_{n}"]
        return (np.log((1 + int(table["n_documents"])) / (1 + frequency)) + 1).astype(np.float32)


def _products(rows: csr_matrix, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(rows[one].multiply(rows[other]).sum(axis=1)).ravel()


def _chunks(one: np.ndarray, other: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(one[at : at + CHUNK], other[at : at + CHUNK]) for at in range(0, len(one), CHUNK)]
