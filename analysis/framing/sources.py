"""Sources: whether a noun can stand for a voice; a part of `statements`, `trees` and `speakers`.

Three kinds can: somebody (a person, a group, an institution), a text that holds words (a report, a
letter, court papers) and a count that says how things stand (a poll, a study, figures). A text and a count are shown as they are
printed and counted like any other voice, because readers meet them as one: "court papers said". Of other nouns it depends on the
reporting word: whatever "said" or "wants" something is taken for somebody nobody listed, but a thing that "shows" or "suggests" is
the outlet's own conclusion.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.framing.aliases import noun_kinds
from analysis.framing.style import fold_word

_DATA = Path(__file__).parents[1] / "data"
# Verbs whose subject need not speak: what a thing shows, and what it does besides ("talks began", "the fire threatens").
SHOWING = frozenset(
    "begin clarify confirm demonstrate determine document establish fire hammer hint imply indicate intimate offer prompt prove purport reflect"
    " reveal rip shoot show signal slam snap suggest threaten underline underscore".split())
NEVER_SAID = frozenset("demonstrate prove reflect underline underscore".split())  # of these no company is the subject either
_INITIAL = 2  # letters; what is no longer is an initial, not a surname
_NO_NAMES = frozenset("DATE TIME MONEY QUANTITY EVENT".split())
_NAMES = frozenset("PERSON ORG NORP GPE FAC LOC PRODUCT".split())
_COUNTED = frozenset(  # words that count people out: "some say", "64 percent think"
    "all another any anybody anyone both dozen each either everybody everyone few fifth former half handful hundred latter least less lot many million more"
    " most neither nobody none number one old other others percent % plenty quarter rest several some somebody someone such third those thousand two three four"
    " five six seven eight nine ten who whoever majority minority".split())
_POINTING = frozenset("this that these which what".split())
_PERSON_ENDINGS = ("ist", "ian", "man", "men", "woman", "women", "goer", "crat", "person", "people")
_WORD = re.compile(r"\w[\w'’.,-]*")
_TITLE_WORDS = frozenset("a an and at by for from in of on or the to with".split())
_SHORTEST_DERIVED = 6  # letters; shorter words in -ist or -ian (list, fist) are no people


@cache
def _listed() -> dict[str, str]:
    """Return what the lists know: folded noun → person, group, place, text or count; what `source_nouns.csv` says wins."""
    with (_DATA / "source_nouns.csv").open(encoding="utf-8", newline="") as lines:
        return {**noun_kinds(), **{fold_word(row["noun"]): row["kind"] for row in csv.DictReader(lines)}}


def source_kind(lemma: str, pos: str, entity: str) -> str:
    """Return "somebody", "text", "count", "pointing" (this, that), "thing" (a time, a sum, an occasion) or "unknown".

    How to read it: "unknown" is not "thing"; most nouns that nobody listed and that "say" something are people. "it" may be a company
    and is somebody.

    Args:
        lemma: the noun's base form. pos: its part of speech. entity: the kind of name it belongs to, "" for none.
    """
    low = lemma.lower()
    if low in _POINTING:
        return "pointing"
    listed = _listed().get(fold_word(low), "") or _listed().get(fold_word(low.rpartition("-")[2]), "")
    if pos == "PRON" or low in _COUNTED or listed in ("person", "group"):
        return "somebody"
    if listed in ("text", "count"):
        return listed
    if entity in _NO_NAMES:
        return "thing"
    derived = len(low) >= _SHORTEST_DERIVED and low.endswith(_PERSON_ENDINGS)
    return "somebody" if pos == "PROPN" or entity in _NAMES or derived else "unknown"


def can_voice(kind: str, *, inherited: bool) -> bool:
    """Tell whether a noun of a kind (as `source_kind` gave it) can be who says it.

    `inherited`: it is the subject of another verb, or what the reporting word is said of, not the reporting word's own subject. A text
    goes on speaking ("the cable summed it up and warned"); a count and a noun nobody listed do not.
    """
    return kind in ("somebody", "text") or (not inherited and kind != "thing")


def shows_only(verb: str, kind: str) -> bool:
    """Tell whether a verb with an own subject of this kind reports nobody's words: "the meetings showed", "this suggests"."""
    return verb in SHOWING and kind in ("thing", "pointing", "unknown")


def is_title(words: str) -> bool:
    """Tell the name of a book, show or bill, which nobody said: every word but the small ones capitalised."""
    inner = [w for w in _WORD.findall(words) if w.lower() not in _TITLE_WORDS]
    return bool(inner) and all(not w[0].islower() for w in inner)


def known_names(tokens: pd.DataFrame) -> np.ndarray:
    """Return TOKENS' entities, where a surname tagged elsewhere in the article is a person's even if taken for a noun ("Sanders replied")."""
    article = pd.factorize(tokens["article_id"])[0]
    words, entity = tokens["text"].to_numpy(dtype=object), tokens["entity"].to_numpy(dtype=object).copy()
    person = entity == "PERSON"
    last = person & ~np.r_[person[1:], False] & (tokens["pos"] == "PROPN").to_numpy()
    known = {(article[at], words[at]) for at in np.flatnonzero(last) if len(words[at]) > _INITIAL and words[at][0].isupper()}
    entity[[at for at in np.flatnonzero(entity == "") if (article[at], words[at]) in known]] = "PERSON"
    return entity
