"""Persons among the names: which names are a person's, and which forms are one person's. A leaf under aliases."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations
from pathlib import Path

_NICKNAMES = Path(__file__).resolve().parent.parent / "data" / "nicknames.csv"
_SUFFIXES = frozenset({"jr.", "jr", "sr.", "sr", "ii", "iii", "iv"})
_LIKE = 0.8  # ratio of equal letters: Katherine / Catherine .89, Robyn / Robin .80; Robert / Richard .46
NO_PERSON = frozenset(
    "agency airline airlines airport alliance army assembly association authority bank bay board bridge bureau center centre church city club college "
    "committee company congress corporation council county court department energy force foundation fund group guard hall holdings hospital house inc "
    "infirmary institute island journal league line lines ltd media ministry motors movement news office open park parliament party pier plc "
    "police radio river road school sea senate service square state station street team times trust union university".split())


def is_person(name: str, types: Counter) -> bool:
    """Whether a name is a person's: tagged so more often than not, of at most four words, and not ending in "Pier" or "Council"."""
    words = name.split()
    tagged = types["PERSON"] * 2 > sum(count for kind, count in types.items() if kind and kind != "PERSON")
    return bool(types["PERSON"]) and tagged and len(words) <= 4 and words[-1].lower() not in NO_PERSON


def is_persons(words: tuple[str, ...], types: dict[tuple[str, ...], Counter]) -> bool:
    """Whether these words are a person's name, by how they are tagged."""
    return is_person(" ".join(words), types[words])


@cache
def _given() -> dict[str, frozenset[str]]:
    """The full names each short form may stand for, in small letters."""
    found: dict[str, set[str]] = defaultdict(set)
    with _NICKNAMES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["short"].lower()].add(row["full"].lower())
    return {short: frozenset(names) for short, names in found.items()}


def find_variants(here: dict[str, Counter], counts: Counter, types: dict[tuple[str, ...], Counter]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Forms of one person's name that differ in middle names, initials, short forms or a letter -> the form most used.

    Edward Markey and Edward J. Markey, Tim and Timothy Murray, Gregg Miliote and Gregg Milliote (in different articles). Where a form
    would fit two people who do not fit each other (George Bush beside George W. and George H. Bush) all stay apart.
    """
    groups: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for words in counts:
        if len(words) > 1 and words[-1].lower() not in _SUFFIXES and is_persons(words, types):
            groups[words[-1]].add(words)
            groups[words[0]].add(words)
    together = {frozenset(pair) for names in here.values() for pair in combinations(sorted(set(names) & set().union(*groups.values())), 2)}
    same = {}
    for _, group in sorted(groups.items()):
        left = sorted(group - set(same))
        while left:
            alike = [words for words in left if _fit(left[0], words, together)]
            left = [words for words in left if words not in alike]
            apart = any(not _fit(one, other, together) for one, other in combinations(alike, 2)) or any(_fit(a, b, together) for a in alike for b in left)
            if len(alike) > 1 and not apart:
                best = max(alike, key=lambda words: (counts[words], len(" ".join(words)), words))
                same |= {words: best for words in alike if words != best}
    return same


def _fit(one: tuple[str, ...], other: tuple[str, ...], together: set[frozenset]) -> bool:
    """Whether two names can be one person's: first and last names agree, and no middle name parts them.

    A letter's difference counts as agreement only where no article prints both.
    """
    if one == other:
        return True
    first, second = one[0].lower().rstrip("."), other[0].lower().rstrip(".")
    lasts, apart = (one[-1].lower(), other[-1].lower()), frozenset((one, other)) not in together
    short, long = sorted((first, second), key=len)
    given = first == second or (len(short) in (1, 3, 4) and long.startswith(short)) or bool(
        _given().get(first, frozenset({first})) & _given().get(second, frozenset({second})))
    if lasts[0] != lasts[1]:
        return first == second and apart and len(short) > 1 and min(map(len, lasts)) > 5 and _alike(*lasts) and len(one) == len(other)
    given = given or (apart and len(short) > 4 and first[1:2] == second[1:2] and _alike(first, second))
    middles = list(zip(one[1:-1], other[1:-1], strict=False))
    return given and all(a[:1] == b[:1] for a, b in middles)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE
