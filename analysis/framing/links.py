"""Which units of an event may state the same fact: nearest neighbours over origins, weighed by words and figures.

Inside one event everything is about the same thing, and a cosine alone is right for half of the pairs at .65 (METHODS 4.2).
Shared content words and shared figures lift that; two sentences that share hardly more than names are set back, since one
person's two doings share those, too; figures that exclude each other and another speaker forbid the pair.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analysis import schema
from analysis.settings import ClaimSettings

COUNTED = frozenset({"number", "clock", "date", "year"})
DECIMALS = 5
HARM = frozenset({"injured", "killed"})
CLASSES = frozenset({"money", "percent", "age"})
PRONOUNS = frozenset({"i", "he", "she", "it", "we", "they", "you", "who"})
WORD = re.compile(r"[\w']+")


def link_units(units: pd.DataFrame, vectors: np.ndarray, values: pd.DataFrame, groups: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Pair every unit with its nearest unit in each other origin, and near-identical sentences inside one origin.

    How to read it: `agreement` = cosine + overlap of content words (Jaccard, rare words weigh more) + a bonus for the same figure of the same thing, less a
    cost where hardly more than names are shared, about 0.4…1.6; pairs forbidden by a figure or a speaker are absent. `mutual` pairs are
    each other's nearest: only they found a claim. Titles are nobody's neighbour here: a headline repeats the lead and would take its place.

    Args:
        units: UNITS with `speaker` and `quoted` (see `credit_units`).
        vectors: (len(units), m) float32 unit rows, in the order of `units`.
        values: VALUES.
        groups: GROUPS; units of one origin are no neighbours, and those of two events of a storyline must agree more.
        settings: thresholds.

    Returns:
        LINKS; `unit` < `other` in the order of origin, article and place; independent of the rows' order.

    Raises:
        TableError: a column is missing, or vectors and units differ in number.

    Source: mutual neighbours METHODS 4.3; agreement ours, measured in benchmarks/bench_claims.py.
    """
    for table, contract in ((units, schema.UNITS), (values, schema.VALUES), (groups, schema.GROUPS)):
        schema.check_table(table, contract)
    if len(units) != len(vectors):
        raise schema.TableError(f"{len(vectors)} vectors for {len(units)} units", where="units", remedy="Embed units.text in its order")
    if units.empty:
        return schema.LINKS.empty()
    marks = _Marks(units, values, groups, settings)
    ordered = np.ascontiguousarray(np.asarray(vectors, dtype=np.float32)[marks.rows])
    found = _set_back(marks, _across(marks, ordered, settings), settings) + _inside(marks, ordered, settings)
    links = pd.DataFrame(found, columns=["unit", "other", "cosine", "agreement", "mutual"])
    links["unit"], links["other"] = marks.rows[links["unit"].to_numpy(dtype=int)], marks.rows[links["other"].to_numpy(dtype=int)]
    return links[list(schema.LINKS.columns)]


class _Marks:
    """Units sorted by origin, article and place, with what each says beside its vector."""

    def __init__(self, units: pd.DataFrame, values: pd.DataFrame, groups: pd.DataFrame, settings: ClaimSettings) -> None:
        homes = groups.drop_duplicates("article_id").set_index("article_id")
        keyed = units.assign(origin_key=units["article_id"].map(homes["origin_id"]).astype(str), row=np.arange(len(units)))
        keyed = keyed.sort_values(["origin_key", "article_id", "sentence", "start", "end"], kind="stable")
        self.rows = keyed["row"].to_numpy(dtype=int)
        self.origin = np.unique(keyed["origin_key"], return_inverse=True)[1]
        self.article = np.unique(keyed["article_id"].astype(str), return_inverse=True)[1]
        self.event = np.unique(keyed["article_id"].map(homes["event_id"]).astype(str), return_inverse=True)[1]
        words = keyed["text"].str.split().str.len().to_numpy(dtype=int)
        again = keyed.duplicated(["origin_key", "text"]).to_numpy()  # a wording that one origin prints twice speaks once
        founds = ~again & (keyed["sentence"].to_numpy(dtype=int) > 0) & (words >= settings.min_words) & (words <= settings.max_words)
        self.founders = np.flatnonzero(founds)
        self.lemmas = keyed["lemmas"].tolist()
        self.denies = keyed["denies"].tolist()
        self.texts = keyed["text"].iloc[self.founders].tolist()
        self.runs = [_runs(text, settings.shared_run) for text in keyed["text"]]
        credits = zip(keyed["speaker"], keyed["quoted"], strict=True)
        self.speakers = [frozenset(name.split()[-1:]) if quoted and _is_name(name) else frozenset() for name, quoted in credits]
        figures: dict[tuple, list[tuple]] = {}
        for value in values.itertuples(index=False):
            if value.kind in COUNTED:
                figures.setdefault((value.article_id, value.sentence, value.start, value.end), []).append(
                    (value.kind, frozenset(value.about.split()), value.low, value.high, bool(value.denied)))
        self.figures = [figures.get(key, ()) for key in zip(keyed["article_id"], keyed["sentence"], keyed["start"], keyed["end"], strict=True)]

    def agreement(self, pair: tuple[int, int], cosine: float, overlap: float, settings: ClaimSettings) -> float:
        """Cosine plus what words and figures add; -1 when a figure at odds or another speaker forbids the pair."""
        one, other = pair
        runs = len(self.runs[one] & self.runs[other])
        share = runs / min(len(self.runs[one]), len(self.runs[other])) if runs else 0.0
        score = cosine + settings.overlap_weight * overlap + (settings.run_bonus + settings.run_share_bonus * share if runs else 0.0)
        if self.figures[one] and self.figures[other]:
            same, odd, corrects = _compare(self.figures[one], self.figures[other], overlap > 0, settings)
            if odd and not same and not corrects and overlap < settings.conflict_overlap:
                return -1.0
            score += settings.numbers_bonus if corrects or same > 1 else settings.number_bonus * same
        if self.denies[one] != self.denies[other]:
            score -= settings.denial_cost
        if not runs and self.speakers[one] and self.speakers[other] and not self.speakers[one] & self.speakers[other]:
            return -1.0
        return score if self.event[one] == self.event[other] else max(score - settings.event_cost, 0.0)


def _runs(text: str, length: int) -> frozenset[int]:
    """Hashes of the runs of words; hash() of a tuple of ints is the same in every process, of strings it is not."""
    words = [zlib.crc32(word.encode()) for word in WORD.findall(text.lower().replace("\u2019", "'"))]
    return frozenset(hash(tuple(words[at:at + length])) for at in range(len(words) - length + 1))


def _is_name(speaker: str) -> bool:
    """A named person or body; "he", "council papers" and "a report" cannot tell two speakers apart."""
    last = speaker.split()[-1:] or [""]
    return last[0][:1].isupper() and last[0].lower() not in PRONOUNS


def _compare(mine: list[tuple], theirs: list[tuple], common: bool, settings: ClaimSettings) -> tuple[int, bool, bool]:
    """(figures in common; a figure excludes the other's; one corrects the other's or counts the same harm otherwise).

    A clock time in both is a figure in common even when it differs, if the wordings share a content word: within an event
    the same thing is meant, and a different time is a finding. So is another number of dead or injured.
    """
    same: set[tuple] = set()
    small, odd, corrects = 0, False, False
    for kind, about, low, high, denied in mine:
        for other_kind, other_about, other_low, other_high, other_denied in theirs:
            if kind != other_kind or (about & CLASSES) != (other_about & CLASSES):
                continue
            fits, counted = low <= other_high and other_low <= high, bool(about & other_about - CLASSES)
            if denied or other_denied:
                corrects = corrects or (fits and denied != other_denied and counted)
            elif fits and (counted or kind != "number" or low > settings.small_number or about & CLASSES):
                same.add((kind, max(low, other_low)))
            elif fits:
                small += 1
            elif kind == "clock" and common:
                same.add((kind, 0.0))
            elif kind == "number" and counted:
                odd, corrects = True, corrects or bool(about & other_about & HARM)
    return len(same) + small // 2, odd, corrects


def _across(marks: _Marks, vectors: np.ndarray, settings: ClaimSettings) -> list[tuple]:
    """Nearest pairs of different origins: all mutual ones from `floor`, one-sided ones from `near`."""
    where, cosine, overlap = _nearest(marks, vectors, settings)
    found, seen = [], set()
    for one in marks.founders.tolist():
        home = marks.origin[one]
        for origin in np.flatnonzero(cosine[one] >= settings.floor).tolist():
            other, close = int(where[one, origin]), float(cosine[one, origin])
            mutual = where[other, home] == one
            pair = (min(one, other), max(one, other))
            if origin == home or pair in seen or not (mutual or close >= settings.near):
                continue
            seen.add(pair)
            score = marks.agreement(pair, close, float(overlap[one, origin]), settings)
            if score >= 0:
                found.append((*pair, close, score, bool(mutual)))
    return found


def _set_back(marks: _Marks, found: list[tuple], settings: ClaimSettings) -> list[tuple]:
    """Take `names_cost` off the pairs that share hardly more than names, unless a third origin says nearly the same as both.

    A fact that everybody words anew shares few words, too, but then others stand between; two facts about one person have nobody there.
    """
    partners: dict[int, set[int]] = defaultdict(set)
    for one, other, _, score, mutual in found:
        if mutual and score >= settings.likely - settings.names_cost:
            partners[one].add(other)
            partners[other].add(one)
    telling = _telling(marks)
    return [
        (one, other, cosine, score - settings.names_cost, mutual)
        if score >= settings.likely and not partners[one] & partners[other]
        and math.fsum(telling.get(lemma, 0.0) for lemma in marks.lemmas[one] & marks.lemmas[other]) < settings.telling_words
        else (one, other, cosine, score, mutual)
        for one, other, cosine, score, mutual in found
    ]


def _telling(marks: _Marks) -> dict[str, float]:
    """How much a lemma in common tells: 1 when only two units have it, less the more have it. A name tells nothing: it says who or where, not what.

    A name is a word that the event prints with a capital inside a unit and nowhere without.
    """
    words = [WORD.findall(text.replace("\u2019", "'")) for text in marks.texts]
    small = {word for unit in words for word in unit if not word[0].isupper()}
    names = {word.removesuffix("'s").lower() for unit in words for word in unit[1:] if word[0].isupper()} - small
    counts = Counter(lemma for unit in marks.founders.tolist() for lemma in marks.lemmas[unit])
    most = math.log1p(len(marks.founders) / 2)
    return {lemma: min(1.0, math.log1p(len(marks.founders) / count) / most) for lemma, count in counts.items() if lemma not in names}


def _nearest(marks: _Marks, vectors: np.ndarray, settings: ClaimSettings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best unit of every origin by cosine + overlap + shared figure, its cosine and overlap: (n, origins) each, -1 where there is none.

    In blocks, so that 12,000 units need no square; by agreement and not by cosine alone, because of two sentences on money
    the one with the same sum is meant.
    """
    n_origins, founders = int(marks.origin.max()) + 1, marks.founders
    where, (cosine, overlap) = np.full((len(vectors), n_origins), -1, np.int32), np.full((2, len(vectors), n_origins), -1.0, np.float32)
    lemmas = _incidence([marks.lemmas[unit] for unit in founders])
    figures = _incidence([_specific(marks.figures[unit], settings) for unit in founders])
    rarity = np.log1p(lemmas.shape[0] / np.maximum(np.asarray(lemmas.sum(axis=0)).ravel(), 1)).astype(np.float32)
    rare = lemmas.multiply(rarity).tocsr()
    sizes, held = np.asarray(rare.sum(axis=1)).ravel(), vectors[founders]
    edges = np.searchsorted(marks.origin[founders], np.arange(n_origins + 1))
    for first in range(0, len(founders), settings.block):
        part = slice(first, first + settings.block)
        shared = np.asarray((rare[part] @ lemmas.T).todense(), dtype=np.float32)
        shared = np.round(shared / np.maximum(sizes[part][:, None] + sizes[None, :] - shared, 1e-6), DECIMALS)
        cosines = np.round(held[part] @ held.T, DECIMALS)
        score = np.round(cosines + settings.overlap_weight * shared + settings.number_bonus * (figures[part] @ figures.T).minimum(1).toarray(), DECIMALS)
        rows = np.arange(len(score))
        for origin in range(n_origins):
            if edges[origin] < edges[origin + 1]:
                at = score[:, edges[origin]:edges[origin + 1]].argmax(axis=1) + edges[origin]
                where[founders[part], origin] = founders[at]
                cosine[founders[part], origin], overlap[founders[part], origin] = cosines[rows, at], shared[rows, at]
    return where, cosine, overlap


def _incidence(sets: list[frozenset]) -> csr_matrix:
    """(n, distinct members) float32 0/1 matrix of which set holds what."""
    numbers: dict = {}
    columns = [numbers.setdefault(member, len(numbers)) for members in sets for member in sorted(members)]
    rows = np.repeat(np.arange(len(sets)), [len(members) for members in sets])
    return csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), shape=(len(sets), max(len(numbers), 1)))


def _specific(figures: Sequence[tuple], settings: ClaimSettings) -> frozenset[tuple]:
    """Figures rare enough to be recognised by their size alone: sums, percentages, and numbers over `small_number`."""
    return frozenset((kind, " ".join(sorted(about & CLASSES)), float(f"{(low + high) / 2:.2g}")) for kind, about, low, high, denied in figures
                     if not denied and kind == "number" and (about & CLASSES or low > settings.small_number))


def _inside(marks: _Marks, vectors: np.ndarray, settings: ClaimSettings) -> list[tuple]:
    """Near-identical sentences of different articles of one origin: one sentence, lightly edited."""
    found = []
    for origin in np.unique(marks.origin):
        span = marks.founders[marks.origin[marks.founders] == origin]
        if len(np.unique(marks.article[span])) < 2:
            continue
        cosines = np.triu(np.round(vectors[span] @ vectors[span].T, DECIMALS), 1)
        for a, b in np.argwhere(cosines >= settings.same_wording):
            if marks.article[span[a]] != marks.article[span[b]]:
                found.append((int(span[a]), int(span[b]), float(cosines[a, b]), float(cosines[a, b]) + settings.overlap_weight, True))
    return found
