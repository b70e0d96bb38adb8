"""References: who a pronoun, a surname or a role with a name stands for among the speakers.

A speaker is first printed somehow ("he", "Mr. Roe", "company spokesman Jan Roe"); this step finds the fullest name the article
itself uses for that person, or leaves the printed form where the text does not settle it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.framing.aliases import Names
from analysis.framing.persons import NO_PERSON
from analysis.framing.style import by_sentence, fold_word
from analysis.schema import QUOTES, SENTENCES, TOKENS, check_table
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

_DATA = Path(__file__).parents[1] / "data"
_HONORIFICS = {"mr": "m", "mr.": "m", "mrs": "f", "mrs.": "f", "ms": "f", "ms.": "f", "miss": "f", "sir": "m", "lady": "f"}
_PRONOUNS = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f"}
_RANKS = frozenset(
    "president chair chairman chairwoman chairperson superintendent inspector sergeant constable officer cllr councillor councilman councilwoman"
    " sen rep gov gen lt col capt sgt prof dr senator representative congressman congresswoman governor mayor minister secretary judge justice"
    " professor doctor chief king queen prince princess pope bishop archbishop general colonel captain lieutenant admiral major sheriff"
    " ambassador chancellor attorney commissioner speaker spokesman spokeswoman".split())
_KIN = {**dict.fromkeys("sister mother wife daughter woman girl aunt girlfriend grandmother mom ex-wife ex-girlfriend niece widow".split(), "f"),
        **dict.fromkeys("brother father husband son man boy uncle boyfriend grandfather dad ex-husband ex-boyfriend nephew".split(), "m")}
_MAIN, _OTHER = 2, 1
_SUBJECTS = ("nsubj", "nsubjpass")
_LINKS = re.compile(r"\b(?:of|for|at|with|to|in|from|by)\b")
_THE = re.compile(r"^(?:the|this)\s", re.IGNORECASE)
_OWN_S = re.compile(r"['’]s?$")


@cache
def _given_names() -> dict[str, str]:
    with (_DATA / "given_names.csv").open(encoding="utf-8", newline="") as lines:
        return {row["name"].lower(): row["gender"] for row in csv.DictReader(lines)}


@dataclass
class _People:
    """The persons an article names: where (offset, name, _MAIN / _OTHER subject or 0), how often, with which honorific and rank."""

    mentions: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    gender: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, set[str]] = field(default_factory=dict)
    kin: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def full(self, name: str, gender: str = "") -> str:
        """Return the longest form of a name the article uses: the most used one that ends in the same surname."""
        words = name.split()
        longer = [n for n in self.counts if len(n.split()) > len(words) and n.split()[-len(words):] == words and self.fits(n, gender)]
        return max(longer, key=lambda n: (self.counts[n], n), default=name) if len(words) == 1 else name

    def fits(self, name: str, gender: str) -> bool:
        """Tell whether nothing known about the name speaks against the gender."""
        known = self.gender.get(name) or self.gender.get(name.split()[-1]) if len(name.split()) == 1 else _given_names().get(name.split()[0].lower())
        return not gender or not known or known == gender


def resolve_speakers(
    sentences: pd.DataFrame, tokens: pd.DataFrame, quotes: pd.DataFrame, settings: VoiceSettings = DEFAULTS
) -> pd.DataFrame:
    """Fill `resolved` with the fullest name the article gives the speaker.

    How to read it: a surname becomes the full name used elsewhere in the article; a role with a name becomes the name; "he" and
    "she" become the last person who was the subject or the speaker, unless honorific or given name say otherwise. "they", "it",
    "who" without a noun and pronouns nobody fits stay as printed.

    Args:
        sentences: SENTENCES.
        tokens: TOKENS of the same articles.
        quotes: QUOTES as `name_speakers` made it.
        settings: how far back a pronoun reaches.

    Returns:
        The same rows with `resolved` filled.

    Source: ours: last matching subject (METHODS 4.5); given names and honorifics only ever exclude.
    """
    check_table(sentences, SENTENCES)
    check_table(tokens, TOKENS)
    check_table(quotes, QUOTES)
    if quotes.empty:
        return quotes.copy()
    spans = {key: own for key, own in quotes[quotes["kind"] != "indirect"].groupby("article_id")}
    people = _people(tokens[tokens["article_id"].isin(set(quotes["article_id"]))], spans)
    untagged = _untagged_names(tokens)
    resolved = pd.Series(quotes["resolved"].tolist(), index=quotes.index, dtype=object)
    for article_id, own in quotes.groupby("article_id", sort=False):
        said: dict[int, str] = {}
        told = {key: list(zip(part["start"], part["end"], strict=True)) for key, part in own[own["kind"] == "indirect"].groupby(["sentence", "speaker_start"])}
        for q in own.sort_values(["sentence", "start"]).itertuples():
            name = _resolve(q, people.get(article_id, _People()), (said, told.get((q.sentence, q.speaker_start), [])), settings)
            resolved.at[q.Index] = name
            if q.kind != "mixed" and (name in people.get(article_id, _People()).counts or (article_id, name) in untagged):
                said[q.sentence] = name
    return quotes.assign(resolved=resolved)


def _people(tokens: pd.DataFrame, spans: dict[str, pd.DataFrame]) -> dict[str, _People]:
    """Collect names outside quotations by article and sentence."""
    article = pd.factorize(tokens["article_id"])[0]
    number = tokens["sentence"].to_numpy()
    first, ends = _person_runs(tokens)
    places, heads = tokens["token"].to_numpy(), tokens["head"].to_numpy()
    words, owners = tokens["text"].to_numpy(dtype=object), tokens["article_id"].to_numpy(dtype=object)
    starts, deps = tokens["start"].to_numpy(), tokens["dep"].to_numpy(dtype=object)
    found: dict[str, _People] = {}
    for a, b in zip(first, ends, strict=True):
        name = _bare([str(w) for w in words[a:b + 1]])
        if not name:
            continue
        own = found.setdefault(owners[a], _People())
        before = str(words[a - 1]).lower() if a and article[a - 1] == article[a] and number[a - 1] == number[a] else ""
        if before == "the" and " " not in name:
            continue  # "told the Courier"
        gender = _HONORIFICS.get(before) or _HONORIFICS.get(str(words[a]).lower()) or ("" if " " in name else _kinship(words, places, a))
        for title in (before, *(str(word) for word in words[a:b])):
            if title.lower().rstrip(".") in _RANKS:
                own.ranks.setdefault(fold_word(title), set()).add(name.split()[-1])
        if gender:
            own.gender[name.split()[-1]] = gender
        own.counts[name] += 1
        quoted = spans.get(owners[a])
        if quoted is None or not (((quoted["start"] <= starts[a]) & (starts[a] < quoted["end"]) & ((quoted["sentence"] == 0) == (number[a] == 0))).any()):
            subject = next((t for t in range(a, b + 1) if deps[t] in _SUBJECTS), -1)
            main = subject >= 0 and deps[subject - places[subject] + heads[subject]] == "ROOT"
            own.mentions.setdefault(int(number[a]), []).append((int(starts[a]), name, _MAIN if main else _OTHER if subject >= 0 else 0))
    for at in np.flatnonzero((tokens["tag"] == "NN").to_numpy() & tokens["lemma"].isin(_KIN).to_numpy()):  # "two men" are no "he"
        if owners[at] in found:
            found[owners[at]].kin.setdefault(int(number[at]), []).append((int(starts[at]), _KIN[tokens["lemma"].iat[at]]))
    return found


def _kinship(words: np.ndarray, places: np.ndarray, at: int) -> str:
    """The gender that a kin word right before a first name tells: "his daughter, Bella"."""
    back = 2 if words[at - 1] == "," else 1
    return _KIN.get(str(words[at - back]).lower(), "") if places[at] >= back else ""


def _person_runs(tokens: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First and last token of every person's name: what the model tags, and surnames it tags elsewhere in the article but misses here."""
    article = pd.factorize(tokens["article_id"])[0]
    tagged = (tokens["entity"] == "PERSON").to_numpy()
    words, proper = tokens["text"].to_numpy(dtype=object), (tokens["pos"] == "PROPN").to_numpy()
    ends_name = tagged & ~np.r_[tagged[1:], False]
    surnames = {(article[at], words[at]) for at in np.flatnonzero(ends_name & proper)}
    alone = proper & ~tagged & ~np.r_[False, proper[:-1]] & ~np.r_[proper[1:], False]
    missed = np.zeros(len(tokens), dtype=bool)
    missed[[at for at in np.flatnonzero(alone) if len(words[at]) > 2 and (article[at], words[at]) in surnames]] = True
    person = tagged | missed
    begins = person & (tokens["entity_begins"].to_numpy(dtype=bool) | missed | ~np.r_[False, person[:-1]])
    return np.flatnonzero(begins), np.flatnonzero(person & ~np.r_[person[1:] & ~begins[1:], False])


def _untagged_names(tokens: pd.DataFrame) -> set[tuple[str, str]]:
    """(article, name) of two or three proper nouns in a row that the model takes for nothing: whoever speaks under such a name is a person."""
    proper = tokens[(tokens["pos"] == "PROPN") & (tokens["entity"] == "")]
    runs = (proper["token"].diff().ne(1) | proper["sentence"].diff().ne(0) | proper["article_id"].ne(proper["article_id"].shift())).cumsum()
    names = proper.groupby(runs).agg(article=("article_id", "first"), name=("text", " ".join), size=("text", "size"), last=("text", "last"))
    names = names[names["size"].between(2, 3) & ~names["last"].str.lower().isin(NO_PERSON)]
    return set(zip(names["article"], names["name"], strict=True))


def _bare(words: list[str]) -> str:
    kept = [w for w in words if w.lower() not in _HONORIFICS and w not in ("'s", "’s", "'", "’") and any(c.isalpha() for c in w)]
    while len(kept) > 1 and kept[0].lower().rstrip(".") in _RANKS:
        kept.pop(0)
    return _OWN_S.sub("", " ".join(kept))


def _resolve(q, people: _People, known: tuple[dict[int, str], list[tuple[int, int]]], settings: VoiceSettings) -> str:
    """The speaker's fullest name; `known` = who speaks in the sentences before, and the stretches this speaker is reported to say."""
    printed = q.resolved
    low = printed.lower()
    if low in _PRONOUNS:
        return _antecedent(q, people, known, _PRONOUNS[low], settings) or printed
    bearers = people.ranks.get(fold_word(low.removeprefix("the ")), set()) if low.startswith("the ") else set()
    if len(bearers) == 1:
        return people.full(next(iter(bearers)))
    words = _named_part(printed).split()
    if not words:
        return printed
    gender = _HONORIFICS.get(words[0].lower(), "")
    for n in range(min(4, len(words)), 0, -1):
        tail = " ".join(words[-n:])
        full = people.full(tail, gender)
        if tail in people.counts or full != tail:
            return full
    return printed


def _named_part(printed: str) -> str:
    """Return the part of a description that can end in the speaker's name, '' when a link leads to somebody else's."""
    bare = _OWN_S.sub("", printed)
    links = list(_LINKS.finditer(bare))
    if not links:
        return bare
    title = bare[links[-1].end():].split()
    if links[-1][0] == "of" and len(title) > 2 and all(w[0].isupper() for w in title):
        return bare[links[-1].end():]  # Secretary of State Jan Roe
    ahead = bare[:links[0].start()].split()
    return " ".join(ahead) if len(ahead) > 1 and all(w[0].isupper() for w in ahead) else ""  # Inspector Jan Roe of Harbour Police


def _antecedent(q, people: _People, known: tuple[dict[int, str], list[tuple[int, int]]], gender: str, settings: VoiceSettings) -> str:
    """Walk back from the pronoun: who speaks in the sentence before, whom it is about, other subjects, a person named alone.

    In the pronoun's own sentence the nearest subject counts. After "Roe said Poe offered him the job", and after "Poe, Roe said, offered
    him the job", a "he said" goes on with Roe's words.
    """
    said, told = known
    here = q.speaker_start if not pd.isna(q.speaker_start) else q.start
    for number in range(q.sentence, max(-1, q.sentence - settings.pronoun_sentences - 1), -1):
        before = [m for m in people.mentions.get(number, ()) if (number == 0) != (q.sentence == 0) or m[0] < here]
        if number == q.sentence:  # "Poe, he testified, fired": whom he speaks of is not he
            before = [m for m in before if not any(start <= m[0] < end for start, end in told)]
        nearest = max((m[0] for m in before if people.fits(people.full(m[1]), gender)), default=-1)
        if number == q.sentence and any(nearest < start < here and kind == gender for start, kind in people.kin.get(number, ())):
            return ""  # "his sister after she …": a person without a name stands between
        named = [(people.full(name), subject) for _, name, subject in before if people.fits(people.full(name), gender)]
        main, subjects = [name for name, subject in named if subject == _MAIN], [name for name, subject in named if subject]
        if number == q.sentence and subjects:
            return subjects[-1]
        speaker = said.get(number, "")
        if speaker and number < q.sentence and people.fits(speaker, gender):
            return speaker
        others = {name for name, _ in named}
        if main or subjects or len(others) == 1:
            return (main or subjects or list(others))[-1]
    return ""


def unify_speakers(quotes: pd.DataFrame, tokens: pd.DataFrame, names: Names, groups: dict[str, dict[str, str]] | None = None) -> pd.DataFrame:
    """Give a speaker the name the event's articles together know: Tim Murray and Lt. Gov. Timothy Murray are one voice.

    Args:
        quotes: QUOTES as `resolve_speakers` made it, of one event.
        tokens: TOKENS of the same articles.
        names: the event's names (`aliases.find_names`).
        groups: what each article calls a group without its name (`naming.know_groups`).

    Returns:
        The same rows; `resolved` is the event's fullest name wherever the whole of it is a name, with or without a rank before it, or a
        noun ("the group") that stands for one named group.
    """
    printed: dict[str, dict[str, str]] = {}
    wanted = set(quotes["article_id"])
    ordered = tokens[tokens["article_id"].isin(wanted)].sort_values(["article_id", "sentence", "token"], kind="stable")
    for part in by_sentence(ordered):
        for first, last, name in names.match(part):
            printed.setdefault(part[0].article_id, {})[" ".join(str(row.text) for row in part[first:last + 1])] = name
    standing = groups or {}
    resolved = [standing.get(article, {}).get(_THE.sub("", name).lower()) or _event_name(name, printed.get(article, {}))
                for article, name in zip(quotes["article_id"], quotes["resolved"], strict=True)]
    return quotes.assign(resolved=pd.Series(resolved, index=quotes.index, dtype=object))


def _event_name(name: str, printed: dict[str, str]) -> str:
    """The event's name for a speaker; of "Inspector Jan Roe of Harbour Police" what ends before the "of", and that only in full."""
    for part in (name, _named_part(name)):
        words = part.split()
        fewest = 1 if part == name else 2
        if words and all(word[:1].isupper() for word in words):
            found = next((printed[tail] for at in range(len(words) - fewest + 1) if (tail := " ".join(words[at:])) in printed), "")
            if found:
                return found
    return name
