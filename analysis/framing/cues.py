"""Cues in the outlet's own words: hedges, boosters and passives that name nobody; scare quotes are found but held back.

Only words outside quotations and outside what is laid at somebody's door are looked at; a hedge in a quotation is the speaker's.
A cue is a place to read, not a fault: police reports, court rules and plain caution all put them there.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.schema import CUES, QUOTES, SAMPLES, SENTENCES, TOKENS, Measure, check_table
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

_UNIT = "per 1,000 words of the outlet's own"
_HABIT = "not an attitude: outlets hardly differ in it, so it is shown for one article only"
MEASURES = (
    Measure("hedges", "Hedges", _UNIT, 1000.0, "much is left open or attributed to nobody", "it is stated flatly", _HABIT,
            "ours: own list, outside quotations"),
    Measure("boosters", "Boosters", _UNIT, 1000.0, "claims are strengthened", "claims stand without emphasis", _HABIT,
            "ours: own list, outside quotations"),
    Measure("agentless_passives", "Passives that name no doer", _UNIT, 1000.0, "who did it is often left out", "doers are named",
            "not bias by the outlet: police and courts write this way", "Ziems and Yang 2021: passive subject whose verb has no agent"),
)

_DATA = Path(__file__).parents[1] / "data"
HELD_BACK = frozenset(("scare quotes",))
"""Kinds that are found but never leave `mark_cues`: fewer than .85 of such marks have been shown to be right."""
_KINDS = {"hedge": "hedges", "booster": "boosters", "agentless passive": "agentless_passives"}
_WORD = re.compile(r"\w[\w'’.,-]*")
_FAR = 10**9  # more characters than any text has: keeps the places of different texts apart
_MARKS = "\"“”„«»'’‘`"
_DOUBTFUL = re.compile(r"[“”„\"]|\(@\w")
_FIRST_PERSON = re.compile(r"\b(?:I|my|me|we|We|our|Our|us|you|You|your|Your|My)\b")
_STRAY = {
    "before": frozenset("not n't the almost nearly but left leave leaves leaving more less most least as".split()),
    "after": frozenset("or well voters voter of".split()),
}
_DEGREES = frozenset("highly entirely deeply".split())
_DETERMINERS = frozenset("a an the this that these those any some no so-called".split())
_NO_DOER_MEANT = frozenset(
    "be become do go bear base locate situate suppose relate concern interest involve commit engage marry dress fill mean aim know align"
    " concentrate thrill poise heat excite delight please disappoint surprise shock confuse tire bore frustrate worry embarrass satisfy convince"
    " determine dedicate devote accustom divide oppose prepare qualify connect associate tempt scare center centre face tie head contain set spread".split())
_REACH_OF_BY = 10  # words behind the verb in which "by" is taken to name the doer; in 3 of 100 marks read spaCy hung it on another word
_REACH_OF_HELPER = 40  # characters from "was" to the end of its participle; further apart the parse is wrong
_NO_PASSIVE = frozenset(("'s", "’s", "'d", "’d"))
_SAYING = frozenset("refer characterize characterise depict portray paint cast style liken compare speak talk wave name put herald dictum".split())


def mark_cues(
    sentences: pd.DataFrame, tokens: pd.DataFrame, quotes: pd.DataFrame, quoted: pd.DataFrame, settings: VoiceSettings = DEFAULTS
) -> pd.DataFrame:
    """Mark hedges, boosters and agentless passives in the outlet's own words: the cues that are right often enough to be shown.

    The one place where a cue is held back: what is not returned here is on no page, in no report and in no JSON.

    Args, Returns, Source: as `find_cues`, without the kinds of HELD_BACK.
    """
    found = find_cues(sentences, tokens, quotes, quoted, settings)
    return found[~found["kind"].isin(HELD_BACK)].reset_index(drop=True)


def find_cues(
    sentences: pd.DataFrame, tokens: pd.DataFrame, quotes: pd.DataFrame, quoted: pd.DataFrame, settings: VoiceSettings = DEFAULTS
) -> pd.DataFrame:
    """Find every kind of cue, also those held back; what `benchmarks.measure_cues` measures.

    How to read it: each row is a stretch to read in its sentence; `note` says in words what it does. Precision of each kind,
    hand-labelled, stands in benchmarks/README.md.

    Args:
        sentences: SENTENCES.
        tokens: TOKENS of the same articles.
        quotes: QUOTES of the same articles (of the whole event, so that a scrap somebody said elsewhere is no scare quote).
        quoted: QUOTED of the same articles.
        settings: how long a scare quote may be.

    Returns:
        CUES in the order of place; `score` is NaN.

    Source: ours: own word lists (analysis/data/cue_words.csv); passives as Ziems and Yang 2021; scare quotes METHODS 2.5.
    """
    for table, contract in ((sentences, SENTENCES), (tokens, TOKENS), (quotes, QUOTES)):
        check_table(table, contract)
    free = _free_sentences(sentences, quoted)
    own = tokens[~_covered(tokens, quotes, quoted) & pd.MultiIndex.from_frame(tokens[["article_id", "sentence"]]).isin(free)]
    rows = [*_listed(own), *_passives(tokens, own), *_scare_quotes(sentences, tokens, quotes, (quoted, settings.longest_scare_quote))]
    if not rows:
        return CUES.empty()
    place = {key: n for n, key in enumerate(zip(sentences["article_id"], sentences["sentence"], strict=True))}
    texts = dict(zip(place, zip(sentences["start"], sentences["text"], strict=True), strict=True))
    rows = [(a, n, s, e, _cut(texts[a, n], s, e), kind, float("nan"), note) for a, n, s, e, kind, note in rows]
    return pd.DataFrame(sorted(rows, key=lambda r: (place[r[0], r[1]], r[2], r[5])), columns=list(CUES.columns))


def sample_cues(sentences: pd.DataFrame, quotes: pd.DataFrame, cues: pd.DataFrame) -> pd.DataFrame:
    """Give each body sentence with words of the outlet's own as a sample of MEASURES.

    Returns:
        SAMPLES: marks of a kind over the outlet's own words in the sentence; titles left out.
    """
    check_table(sentences, SENTENCES)
    check_table(cues, CUES)
    body = sentences[sentences["sentence"] > 0]
    words = _own_words(body, quotes)
    counts = cues.groupby(["article_id", "sentence", "kind"]).size().to_dict()
    rows = [
        (a, n, measure, counts.get((a, n, kind), 0), w)
        for a, n, w in zip(body["article_id"], body["sentence"], words, strict=True) if w for kind, measure in _KINDS.items()
    ]
    return pd.DataFrame(rows, columns=list(SAMPLES.columns)) if rows else SAMPLES.empty()


@cache
def _phrases() -> dict[str, list[tuple[list[str], str, frozenset[str], str]]]:
    """Phrases by their first word, longest first."""
    found = defaultdict(list)
    with (_DATA / "cue_words.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            words = row["phrase"].replace("'s", " 's").split()
            found[words[0]].append((words, row["kind"], frozenset(row["pos"].split()), row["note"]))
    return {first: sorted(own, key=lambda p: -len(p[0])) for first, own in found.items()}


def _free_sentences(sentences: pd.DataFrame, quoted: pd.DataFrame) -> list[tuple[str, int]]:
    """Leave out sentences whose speaker is not known: a mark without a partner, a post with its author behind, "I" and "you"."""
    spans = {key: list(zip(own["start"], own["end"], strict=True)) for key, own in quoted.groupby(["article_id", "sentence"])}
    free = []
    for article_id, number, start, text in zip(sentences["article_id"], sentences["sentence"], sentences["start"], sentences["text"], strict=True):
        marks = [start + m.start() for m in (*_DOUBTFUL.finditer(text), *_FIRST_PERSON.finditer(text))]
        if all(any(a <= m < b for a, b in spans.get((article_id, number), ())) for m in marks):
            free.append((article_id, number))
    return free


def _covered(tokens: pd.DataFrame, quotes: pd.DataFrame, quoted: pd.DataFrame) -> np.ndarray:
    """Tell for every token whether it is quoted or attributed."""
    owners = pd.Index(tokens["article_id"].unique())
    columns = ["article_id", "sentence", "start", "end"]
    spans = pd.concat([quotes[columns], quoted[columns]])

    def place(table: pd.DataFrame, column: str) -> np.ndarray:
        texts = 2 * owners.get_indexer(table["article_id"]) + (table["sentence"].to_numpy() == 0)
        return texts * _FAR + table[column].to_numpy(dtype=np.int64)

    if spans.empty or tokens.empty:
        return np.zeros(len(tokens), dtype=bool)
    low, high, here = place(spans, "start"), place(spans, "end"), place(tokens, "start")
    order = np.argsort(low)
    at = np.searchsorted(low[order], here, side="right") - 1
    return (at >= 0) & (here < np.maximum.accumulate(high[order])[at])


def _listed(own: pd.DataFrame) -> Iterator[tuple]:
    phrases = _phrases()
    printed = own["text"].astype(str).tolist()
    words = [w.lower().replace("’", "'") for w in printed]
    asked = set(zip(own.loc[own["text"] == "?", "article_id"], own.loc[own["text"] == "?", "sentence"], strict=True))
    tag, pos, place = own["tag"].astype(str).tolist(), own["pos"].astype(str).tolist(), own["token"].tolist()
    keys, starts, ends = list(zip(own["article_id"], own["sentence"], strict=True)), own["start"].tolist(), own["end"].tolist()
    taken = -1
    for i in (i for i, word in enumerate(words) if word in phrases):
        for phrase, kind, allowed, note in phrases[words[i]]:
            last = i + len(phrase) - 1
            fits = i > taken and last < len(words) and words[i:last + 1] == phrase and keys[last] == keys[i] and place[last] - place[i] == last - i
            named = printed[i][0].isupper() and place[i] > 0 and printed[i] != "I"
            after = tag[last + 1] if last + 1 < len(tag) else ""
            able = phrase == ["could", "be"] and after == "VBN"
            manner = words[i] in _DEGREES and after not in ("JJ", "VBN", "VBG")
            if fits and not (named or able or manner) and not (kind == "booster" and keys[i] in asked) and \
                    (not allowed or pos[i] in allowed) and not _means_else(words, keys, i, last):
                yield *keys[i], starts[i], ends[last], kind, note
                taken = last
                break


def _means_else(words: list[str], keys: list, i: int, last: int) -> bool:
    """Tell uses that are no hedge or booster: negated, compared, weakened ("almost certainly"), or "may not" for a ban."""
    before = [words[j] for j in range(max(0, i - 3), i) if keys[j] == keys[i]]
    after = words[last + 1] if last + 1 < len(words) and keys[last + 1] == keys[i] else ""
    if before[-1:] and before[-1] in _STRAY["before"] or after in _STRAY["after"]:
        return True
    return (words[i] == "very" and "n't" in before) or (words[i] in ("may", "could") and after in ("not", "n't"))


def _passives(tokens: pd.DataFrame, own: pd.DataFrame) -> Iterator[tuple]:
    """Find passive subjects whose verb names no doer (no agent, no "by")."""
    key = ["article_id", "sentence"]
    dep = own["dep"].astype(str)
    subject = own.loc[dep == "nsubjpass", [*key, "head"]].drop_duplicates().rename(columns={"head": "token"})
    aux = own[(dep == "auxpass") & own["lemma"].isin(("be", "get")) & ~own["text"].isin(_NO_PASSIVE)]
    helper = aux[[*key, "head", "start"]].rename(columns={"head": "token", "start": "helper"}).drop_duplicates([*key, "token"])
    verbs = own.loc[(own["tag"] == "VBN") & ~own["lemma"].isin(_NO_DOER_MEANT), [*key, "token", "start", "end"]]
    found = verbs.merge(subject, on=[*key, "token"]).merge(helper, on=[*key, "token"])
    by = tokens[(tokens["dep"] == "agent") | (tokens["text"].astype(str).str.lower() == "by")]
    named = {(a, n, t - back) for a, n, t in zip(by["article_id"], by["sentence"], by["token"], strict=True) for back in range(1, _REACH_OF_BY + 1)}
    for article_id, n, token, start, end, first in zip(*(found[c] for c in (*key, "token", "start", "end", "helper")), strict=True):
        if (article_id, n, token) not in named and first < start <= first + _REACH_OF_HELPER:
            yield article_id, n, first, end, "agentless passive", "the doer is not named"


def _scare_quotes(sentences: pd.DataFrame, tokens: pd.DataFrame, quotes: pd.DataFrame, short: tuple[pd.DataFrame, int]) -> Iterator[tuple]:
    """Find short quoted nouns behind a determiner in sentences that report nobody's words; what anyone is quoted with is left out."""
    texts = dict(zip(zip(sentences["article_id"], sentences["sentence"], strict=True), zip(sentences["start"], sentences["text"], strict=True), strict=True))
    pieces = quotes[quotes["kind"] != "indirect"]
    places = zip(pieces["article_id"], pieces["sentence"], pieces["start"], pieces["end"], strict=True)
    spoken = " ".join(_folded(_cut(texts[article_id, n], s, e)) for article_id, n, s, e in places)
    reporting = tokens["lemma"].isin(_reporting()) & tokens["pos"].isin(("VERB", "NOUN"))
    speaking = {key for table in (quotes, tokens[reporting]) for key in zip(table["article_id"], table["sentence"], strict=True)}
    quoted = short[0][(short[0]["n_words"] > 0) & (short[0]["n_words"] <= short[1])]
    for article_id, n, s, e in zip(quoted["article_id"], quoted["sentence"], quoted["start"], quoted["end"], strict=True):
        begins, text = texts[article_id, n]
        inner, before = _cut(texts[article_id, n], s, e).strip(_MARKS + " "), _WORD.findall(text[:s - begins].lower())[-4:]
        if (article_id, n) in speaking or not inner or not inner[0].islower() or not _DETERMINERS & set(before[-3:]) or "as" in before:
            continue
        if f" {_folded(inner)} " not in f" {spoken} ":
            yield article_id, n, s, e, "scare quotes", "marked off without a speaker"


@cache
def _reporting() -> frozenset[str]:
    """Words that report speech: where one stands, quoted words are likely somebody's."""
    found = set(_SAYING)
    for name in ("reporting_verbs.csv", "reporting_nouns.csv"):
        with (_DATA / name).open(encoding="utf-8", newline="") as lines:
            found |= {row["lemma"] for row in csv.DictReader(lines)}
    return frozenset(found - {"plan", "show", "find", "know", "expect", "want"})


def _cut(sentence: tuple[int, str], start: int, end: int) -> str:
    return sentence[1][start - sentence[0]:end - sentence[0]]


def _folded(words: str) -> str:
    return " ".join(w.lower().strip(".,'’") for w in _WORD.findall(words.replace("’", "'")))


def _own_words(body: pd.DataFrame, quotes: pd.DataFrame) -> list[int]:
    spans = {key: list(zip(own["start"].astype(int), own["end"].astype(int), strict=True)) for key, own in quotes[quotes["sentence"] > 0].groupby("article_id")}
    counts = []
    for article_id, start, text in zip(body["article_id"], body["start"], body["text"], strict=True):
        near = [(a - start, b - start) for a, b in spans.get(article_id, ()) if a < start + len(text) and b > start]
        counts.append(sum(not any(a <= m.start() < b for a, b in near) for m in _WORD.finditer(text)))
    return counts
