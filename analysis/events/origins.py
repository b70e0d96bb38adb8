"""Origins: articles that are one text, however it was cut, turned round or given a new title.

Five papers that print one agency report are one voice. Only shared wording decides; an agency in the byline names an origin
and proves nothing, for two reporters may both thank the same agency.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from analysis.schema import OVERLAPS, Table, check_table
from analysis.settings import EventSettings

# A mark opens after a space and closes before one; a quotation cut in two by a trim leaves a mark without its fellow.
QUOTED = re.compile(r"“[^“”]{0,2000}”|(?<!\S)\"(?=\S)[^\"]{0,2000}\"(?!\w)")
CUT_QUOTE = re.compile(r"(?:“|(?<!\S)\")[^“”\"]{0,2000}$|^[^“”\"]{0,2000}(?:”|\"(?!\w))")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]{0,2}\s+|\n+")
NUMBER = "#"
ARTICLES_NEEDED = Table("articles", "one article", {"article_id": "", "text": ""})


def find_overlaps(articles: pd.DataFrame, settings: EventSettings) -> pd.DataFrame:
    """Find pairs of articles that share text, and say how much.

    Texts are compared by runs of five words with quotations taken out: two reporters at one press conference quote the same
    sentences and are still two reporters. Numbers are folded, so that an updated toll does not hide a copy. Containment in
    the shorter text sees a trim that Jaccard similarity misses (METHODS 1.4); sentences matched in the same order see a light
    rewrite that breaks the runs.

    How to read it: containment .8 means four fifths of the shorter text's runs stand in the longer one. "same text" = one
    voice; "shared base" = one text with own edits; "shared passages" = a press release or a paragraph of agency copy.

    Args:
        articles: columns article_id, text.
        settings: limits of the three relations, shingle_words.

    Returns:
        OVERLAPS, one row a pair that shares text (article_id < other_id), sorted; independent pairs have no row.

    Raises:
        TableError: a column is missing.

    Source: containment after Broder 1997; limits METHODS 1.4 and own measurement (docs/grouping.md).
    """
    check_table(articles, ARTICLES_NEEDED)
    return _overlaps(articles, [""] * len(articles), settings)


def _overlaps(articles: pd.DataFrame, events: list[str], settings: EventSettings) -> pd.DataFrame:
    ordered = articles.assign(article_id=articles["article_id"].astype(str), event=events).sort_values("article_id", kind="stable")
    texts, ids = ordered["text"].tolist(), ordered["article_id"].to_numpy()
    runs = [_runs(_sentences(_narration(text)), settings.shingle_words) for text in texts]
    narration = cache(lambda at: _told(_sentences(_narration(texts[at]))))
    whole = cache(lambda at: _runs(_sentences(texts[at]), settings.shingle_words))
    rows = []
    for one, other in _likely_pairs([found ^ np.uint64(_code(event)) for found, event in zip(runs, ordered["event"], strict=True)], settings):
        containment = _containment(runs[one], runs[other], settings)
        if containment < settings.shared_passages:
            continue
        in_order = _ordered_share(narration(one), narration(other), settings)
        with_quotations = _containment(whole(one), whole(other), settings)
        rows.append((ids[one], ids[other], _relation(containment, with_quotations, in_order, settings), containment, in_order))
    return pd.DataFrame(rows, columns=list(OVERLAPS.columns)) if rows else OVERLAPS.empty()


def find_event_overlaps(articles: pd.DataFrame, groups: pd.DataFrame, settings: EventSettings) -> pd.DataFrame:
    """Find pairs of articles of one event that share text; nothing outside the event is looked at.

    So the origins of an event follow from its own articles, whatever else the library holds, and work grows with the articles.

    Args:
        articles: columns article_id, text.
        groups: columns article_id, event_id.
        settings: as in `find_overlaps`, and origin_batch.

    Returns:
        OVERLAPS, sorted.
    """
    event = articles["article_id"].astype(str).map(dict(zip(groups["article_id"], groups["event_id"], strict=True)))
    event = event[event.duplicated(keep=False)].sort_values(kind="stable")
    starts = np.flatnonzero(~event.duplicated())
    bounds = [*starts[np.unique(starts // settings.origin_batch, return_index=True)[1]], len(event)]
    found = [_overlaps(articles.loc[event.index[begin:end]], event.iloc[begin:end].tolist(), settings)
             for begin, end in zip(bounds[:-1], bounds[1:], strict=True)]
    found = [part for part in found if len(part)]
    return pd.concat(found).sort_values(["article_id", "other_id"], ignore_index=True) if found else OVERLAPS.empty()


def find_origins(articles: pd.DataFrame, overlaps: pd.DataFrame) -> pd.DataFrame:
    """Give articles that are one text a common origin.

    Args:
        articles: column article_id.
        overlaps: OVERLAPS; only "same text" joins.

    Returns:
        One row an article, sorted: article_id, origin_id. The origin_id is made from the smallest article_id of the origin; an
        article that shares its text with nobody is an origin of its own.
    """
    ids = pd.Index(sorted(articles["article_id"].astype(str)), dtype=object)
    same = overlaps[overlaps["relation"] == "same text"]
    one, other = ids.get_indexer(same["article_id"].astype(str)), ids.get_indexer(same["other_id"].astype(str))
    here = (one >= 0) & (other >= 0)
    graph = csr_matrix((np.ones(here.sum()), (one[here], other[here])), shape=(len(ids),) * 2)
    _, labels = connected_components(graph, directed=False)
    first = pd.Series(ids).groupby(labels).transform("min") if len(ids) else pd.Series(dtype=object)
    return pd.DataFrame({"article_id": ids, "origin_id": ["o" + hashlib.sha256(i.encode("utf-8", "surrogatepass")).hexdigest()[:12] for i in first]})


def _narration(text: str) -> str:
    """The text without quotations; one that is nothing but quotations is returned whole."""
    told = "\n".join(CUT_QUOTE.sub(" ", sentence) for sentence in SENTENCE_END.split(QUOTED.sub(" ", text)))
    return told if WORD.search(told) else text


def _sentences(text: str) -> list[tuple[str, ...]]:
    """The text's sentences as folded words."""
    found = [tuple(NUMBER if word[0].isdigit() else word.lower().replace("’", "'") for word in WORD.findall(sentence))
             for sentence in SENTENCE_END.split(text)]
    return [words for words in found if words]


def _runs(sentences: list[tuple[str, ...]], length: int) -> np.ndarray:
    """Sorted hashes of the runs of words within sentences: turning sentences or paragraphs round breaks none of them."""
    padded = [word for words in sentences for word in (*words, *[""] * max(1, length - len(words)))]
    codes = np.fromiter((_code(word) for word in padded), dtype=np.uint64, count=len(padded))
    if len(codes) < length:
        return np.zeros(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes, length)
    # A run may end in the padding of a short sentence; it may not begin in it or reach into the next sentence.
    ends = np.fromiter((word == "" for word in padded), dtype=bool, count=len(padded))
    begins = np.r_[True, ends[:-1]][: len(windows)] & ~ends[: len(windows)]
    inside = ~np.lib.stride_tricks.sliding_window_view(ends, length).any(axis=1)
    steps = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, length + 1)], dtype=np.uint64)
    mixed = (windows * steps).sum(axis=1, dtype=np.uint64)[inside | (begins & ends[length - 1 :])]
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


@lru_cache(maxsize=200_000)
def _code(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _containment(one: np.ndarray, other: np.ndarray, settings: EventSettings) -> float:
    """Share of the smaller set found in the larger; a handful of runs is asked to be as many as settings.least_runs."""
    least = 1 if np.array_equal(one, other) else settings.least_runs
    return len(np.intersect1d(one, other, assume_unique=True)) / max(min(len(one), len(other)), least)


def _likely_pairs(runs: list[np.ndarray], settings: EventSettings) -> list[tuple[int, int]]:
    """All pairs with a run in common.

    MinHash bands were rejected: they find texts of like length and lose one trim in nine (DEPENDENCIES: rensa .885).
    """
    hashes = np.concatenate(runs) if runs else np.zeros(0, dtype=np.uint64)
    holder = np.repeat(np.arange(len(runs)), [len(found) for found in runs])
    order = np.argsort(hashes, kind="stable")
    hashes, holder = hashes[order], holder[order]
    position = np.arange(len(hashes))
    start = np.maximum.accumulate(np.where(np.r_[True, hashes[1:] != hashes[:-1]], position, 0)) if len(hashes) else position
    crowd = np.bincount(start, minlength=1)[start] if len(hashes) else position
    keys = set()
    # A run that hundreds hold is chained to its neighbours only: that still ties one text together, and stays linear.
    for ahead in range(1, int(crowd.max(initial=1))):
        near = np.flatnonzero((position + ahead < start + crowd) & ((crowd <= settings.crowd) | (ahead <= 3)))
        if not len(near):
            break
        keys.update(np.unique(holder[near] * len(runs) + holder[near + ahead]).tolist())
    return sorted(divmod(key, len(runs)) for key in keys)


@dataclass(frozen=True)
class _Told:
    """An article's sentences, the distinct words of each, and where each word stands: made once, however many pairs the article is in."""

    sentences: list[tuple[str, ...]]
    words: list[frozenset[str]]
    holders: dict[str, list[int]]


def _told(sentences: list[tuple[str, ...]]) -> _Told:
    words, holders = [frozenset(sentence) for sentence in sentences], defaultdict(list)
    for place, own in enumerate(words):
        for word in own:
            holders[word].append(place)
    return _Told(sentences, words, holders)


def _ordered_share(one: _Told, other: _Told, settings: EventSettings) -> float:
    """Share of the shorter text's sentences that have a near twin in the longer one, in the same order."""
    shorter, longer = sorted((one, other), key=lambda told: (sum(map(len, told.sentences)), told.sentences))
    rising: list[int] = []
    for place in (_twin(words, longer, settings) for words in shorter.words):
        if place >= 0:
            at = bisect_left(rising, place)
            rising[at : at + 1] = [place]
    return len(rising) / max(len(shorter.words), 1)


def _twin(words: frozenset[str], longer: _Told, settings: EventSettings) -> int:
    """Place of the sentence most like this one, -1 when none is like enough."""
    shared = Counter(chain.from_iterable(longer.holders.get(word, ()) for word in words))
    best, found = settings.like_sentences, -1
    for place, count in sorted(shared.items()):
        alike = count / (len(words) + len(longer.words[place]) - count)
        if alike > best or (alike == best and found < 0):
            best, found = alike, place
    return found


def _relation(containment: float, with_quotations: float, in_order: float, settings: EventSettings) -> str:
    """Name the relation. Between shared_base and same_text, the sentences' order or the text with its quotations decides."""
    if containment >= settings.same_text:
        return "same text"
    if containment >= settings.shared_base:
        return "same text" if in_order >= settings.same_order or with_quotations >= settings.same_text else "shared base"
    return "shared passages"
