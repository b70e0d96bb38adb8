"""The names of an event and their short forms: Kettley for Bram Kettley, KLO for Keep Lanthorn Open. A leaf under naming."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from analysis.framing.persons import NO_PERSON, find_variants, is_person, is_persons
from analysis.framing.style import COURTESIES, TITLES, fold_word
from analysis.schema import ModelError

NOUNS = Path(__file__).resolve().parent.parent / "data" / "referent_nouns.csv"
_PARTICLES = frozenset("van von der den de del della la le al bin ibn ben di da dos du ter ten".split())
_MARKS = frozenset("\"“”'‘’")
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_SMALL = frozenset("of the and for in to a de la du".split())
_RANKS = frozenset(TITLES.values()) | COURTESIES | frozenset(
    "chief chair chairman chairwoman mayor minister secretary king queen prince princess pope judge justice director chancellor premier police council"
    " deputy acting former vice prime foreign hospital spokesman spokeswoman staff ceo cfo coo".split())


@cache
def noun_kinds() -> dict[str, str]:
    """Return the kind of each noun on the list, by its folded lemma.

    Raises:
        ModelError: the list is missing.
    """
    try:
        with NOUNS.open(encoding="utf-8", newline="") as file:
            return {fold_word(row["noun"]): row["kind"] for row in csv.DictReader(file)}
    except OSError as error:
        raise ModelError("the list of nouns for people, groups and places is missing", where=NOUNS.name, remedy="Install Parallax again") from error


class Names:
    """The names found in an event; `match` finds their mentions."""

    def __init__(self, forms: dict[tuple[str, ...], str], types: dict[str, Counter], own: dict[str, dict[tuple[str, ...], str]]) -> None:
        self._forms, self.types, self._own = forms, types, own
        heads: dict[str, set[str]] = defaultdict(set)
        for name in sorted(set(forms.values())):
            if len(name.split()) > 1 and not is_person(name, types[name]):
                heads[fold_word(name.split()[-1])].add(name)
        self._heads = {term: min(names) for term, names in heads.items() if len(names) == 1}
        self._longest = max(map(len, forms), default=0)

    def match(self, part: list) -> list[tuple[int, int, str]]:
        """Return (first token, last token, fullest name) of each mention in a sentence, longest forms first, none overlapping."""
        texts = [str(row.text) for row in part]
        own = self._own.get(part[0].article_id, {}) if part else {}
        found, at = [], 0
        while at < len(texts):
            for width in range(min(self._longest, len(texts) - at), 0, -1):
                words = tuple(texts[at:at + width])
                name = own.get(words) or self._forms.get(words)
                if name is not None:
                    found.append((at, at + width - 1, name))
                    at += width - 1
                    break
            at += 1
        return found

    def by_head(self, term: str) -> str:
        """Return the only name whose last word this is ("pier" for Lanthorn Pier), '' when there is none or more than one."""
        return self._heads.get(term, "")


def find_names(sentences: Iterable[list]) -> Names:
    """Collect the names of an event's bodies and lead each short form to its full name.

    A last name leads to the only person who bears it, an acronym to the words it abbreviates, the end or beginning of a longer name to it
    when no other name shares it. What could be two things stays by itself.
    """
    types: dict[tuple[str, ...], Counter] = defaultdict(Counter)
    here: dict[str, Counter] = defaultdict(Counter)
    acronyms: dict[str, tuple[str, ...]] = {}
    nicknames: dict[tuple[str, ...], tuple[str, ...]] = {}
    for part in sentences:
        if part[0].sentence == 0 or _is_headline(part):  # capitalised lines make names of everything; they are only matched
            continue
        for first, last in _runs(part):
            words = tuple(str(row.text) for row in part[first:last + 1])
            here[part[0].article_id][words] += 1
            types[words].update(str(row.entity) for row in part[first:last + 1])
        acronyms.update(_defined(part))
        nicknames.update(_nicknamed(part))
    for words in (*acronyms.values(), *nicknames.values()):
        here[""][words] += 1
    for words in nicknames.values():
        types[words]["PERSON"] += 1
    return _led(here, types, acronyms, nicknames)


def _is_headline(part: list) -> bool:
    """A line in title case: a headline repeated, a heading, a link."""
    words = [str(row.text) for row in part if str(row.text).isalpha() and len(str(row.text)) > 3]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _nicknamed(part: list) -> dict[tuple[str, ...], tuple[str, ...]]:
    """William "Mo" Cowan: the whole with its marks, and Mo Cowan, both lead to William Cowan."""
    texts, found = [str(row.text) for row in part], {}
    for at in range(1, len(texts) - 3):
        if texts[at] in _MARKS and texts[at + 2] in _MARKS and all(_is_name(part[place]) for place in (at - 1, at + 1, at + 3)):
            name = (texts[at - 1], texts[at + 3])
            found |= {tuple(texts[at - 1:at + 4]): name, (texts[at + 1], texts[at + 3]): name}
    return found


def _runs(part: list) -> list[tuple[int, int]]:
    """Stretches of proper nouns, without ranks at either end, broken where the tagger begins another entity."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(part):
        last = at
        while _is_name(part[at]) and (following := _next(part, last)) > last and not _breaks(part[last], part[following]):
            last = following
        if _is_name(part[at]):
            first, end = at, last
            while first < end and _is_rank(part[first]) and _leads_person(part, first, end):
                first += 1
            while end > first and _is_office(part[end]):
                end -= 1
            found.append((first, end))
        at = last + 1
    return [span for span in found if _is_worth(part, *span)]


def _next(part: list, last: int) -> int:
    """The next token of the name: beside it, behind "van der", or behind "'s" inside one entity (America's Health Plans); `last` when it ends."""
    at = last + 1
    if at < len(part) and _is_name(part[at]):
        return at
    inside = [str(row.text).lower() for row in part[at:at + 3]]
    while at < len(part) and (str(part[at].text).lower() in _PARTICLES or (
            part[at].text in ("'s", "\u2019s") and part[at].entity and not part[at].entity_begins)):
        at += 1
    within = at < len(part) and (part[at].entity == part[last].entity != "" and not part[at].entity_begins or inside[0] in _PARTICLES)
    return at if at > last + 1 and within and _is_name(part[at]) else last


def _is_rank(row) -> bool:
    word = fold_word(str(row.text))
    return word in _RANKS or noun_kinds().get(word) == "person"


def _is_office(row) -> bool:
    """A rank that ends a run is none of the name, but "Harbour Council" and "Boston Police" are."""
    word = fold_word(str(row.text))
    return word in _RANKS and noun_kinds().get(word) != "group" and str(row.entity) != "PERSON"


def _is_worth(part: list, first: int, last: int) -> bool:
    """A lone capitalised word is a name when it is tagged as one; ranks alone ("Police Chief"), the tail of another name ("School of
    Law") and "Democratic" or "a Democrat" are none.
    """
    words, row = [str(row.text) for row in part[first:last + 1]], part[first]
    if all(fold_word(word) in _RANKS for word in words):
        return False
    entity = str(row.entity)
    tail = entity not in ("", "PERSON") and not row.entity_begins
    kind_of_people = entity == "NORP" and str(row.tag) in ("NNP", "JJ", "NN")
    return last > first or (len(words[0]) > 1 and bool(entity) and not tail and not kind_of_people)


def _is_name(row) -> bool:
    return row.pos == "PROPN" and bool(row.term) and str(row.text)[:1].isupper()


def _breaks(row, following) -> bool:
    """A person begins behind a rank, a party or a place: "Gov. Deval …", "Democrat Elizabeth …"."""
    apart = fold_word(str(row.text)) in _RANKS or str(row.entity) not in ("", "PERSON")
    return bool(following.entity_begins) and str(following.entity) == "PERSON" and apart


def _leads_person(part: list, first: int, last: int) -> bool:
    return any(str(part[at].entity) == "PERSON" for at in range(first + 1, last + 1)) and str(part[last].text).lower() not in NO_PERSON


def _defined(part: list) -> dict[str, tuple[str, ...]]:
    """Acronyms explained in a sentence: "Keep Lanthorn Open (KLO)" or "Keep Lanthorn Open, or KLO"."""
    texts = [str(row.text) for row in part]
    found = {}
    for at, text in enumerate(texts):
        before = at - 1 if at and texts[at - 1] == "(" else at - 2 if at > 1 and texts[at - 2:at] == [",", "or"] else -1
        if before < 0 or not _ACRONYM.fullmatch(text):
            continue
        words: list[str] = []
        first = before
        while first > 0 and len([word for word in words if word.lower() not in _SMALL]) < len(text) and texts[first - 1][:1].isalpha():
            first -= 1
            words.insert(0, texts[first])
        initials = "".join(word[0].upper() for word in words if word.lower() not in _SMALL)
        if initials == text and words[0][0].isupper():
            found[text] = tuple(words)
    return found


def _led(here: dict[str, Counter], types: dict[tuple[str, ...], Counter], acronyms: dict[str, tuple[str, ...]],
         nicknames: dict[tuple[str, ...], tuple[str, ...]]) -> Names:
    """Lead each form to its fullest name, and in each article the short names that could be two people to the one it names in full."""
    counts: Counter = sum(here.values(), Counter())
    same = find_variants(here, counts, types) | nicknames
    by_end, by_start = defaultdict(list), defaultdict(list)
    for words in counts:
        if len(words) > 1:
            by_end[words[-1]].append(words)
            by_start[words[0]].append(words)
    full = {words: _fullest(words, counts, types, (same, by_end[words[-1]], by_start[words[0]])) for words in counts}
    full |= {whole: name for whole, name in nicknames.items() if whole not in counts}
    for acronym, words in acronyms.items():
        full[(acronym,)] = full.get(words, words)
    forms = {words: " ".join(_settled(words, full)) for words in full}
    tagged: dict[str, Counter] = defaultdict(Counter)
    for words, name in forms.items():
        tagged[name].update(types[words])
    own: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
    lone = [words for words in counts if len(words) == 1 and forms[words] == words[0]]
    for article, names in here.items():
        for words in lone:
            bearers = {forms[other] for other in names if len(other) > 1 and other[-1] == words[0] and is_persons(other, types)}
            if len(bearers) == 1:
                own[article][words] = bearers.pop()
    return Names(forms, tagged, own)


def _settled(words: tuple[str, ...], full: dict[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    for _ in range(4):
        if full.get(words, words) == words:
            break
        words = full[words]
    return words


def _fullest(words: tuple[str, ...], counts: Counter, types: dict[tuple[str, ...], Counter], near: tuple[dict, list, list]) -> tuple[str, ...]:
    """The next fuller form; `near` = variants, longer names of the same end, longer names of the same beginning."""
    same, ends_alike, begins_alike = near
    if words in same:
        return same[words]
    ending = {same.get(other, other) for other in ends_alike if len(other) > len(words) and other[-len(words):] == words}
    if len(words) == 1 and types[words]["NORP"] > types[words]["PERSON"]:  # "Republicans" are more than the House Republicans
        return words
    persons = {other for other in ending if is_persons(other, types)}
    if len(words) > 1 and is_persons(words, types):  # "Council Chair Imelda Thrupp" is Imelda Thrupp
        inner = [words[at:] for at in range(1, len(words) - 1) if words[at:] in counts and is_persons(words[at:], types)]
        return same.get(inner[-1], inner[-1]) if inner and counts[inner[-1]] >= counts[words] else words
    whole = _only(persons or ending, counts)
    if whole:
        return whole
    starting = [other for other in begins_alike if len(other) > len(words) and other[:len(words)] == words]
    place = types[words]["GPE"] + types[words]["LOC"] + types[words]["NORP"] > types[words]["PERSON"]
    return words if place or len(starting) != 1 or len(begins_alike) != 1 else starting[0]


def _only(longer: set[tuple[str, ...]], counts: Counter) -> tuple[str, ...] | None:
    """The one longer name all of these lead to, or None: "Sollis" is ambiguous between Petra and Ivo Sollis."""
    if not longer:
        return None
    longest = max(longer, key=lambda words: (len(words), counts[words], words))
    return longest if all(longest[-len(words):] == words for words in longer) else None
