"""Every mention of somebody or something: names, what stands beside a name, and plain nouns. A leaf under naming."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from analysis.framing.aliases import Names, find_names, noun_kinds
from analysis.framing.persons import is_person
from analysis.framing.style import COURTESIES, by_sentence, fold_word

# People counted or told off one by one: the same word in two articles need not be the same people.
_GENERIC = frozenset(
    "people person man woman child boy girl member official one other number majority minority half thousand hundred dozen expert friend".split())
# Nouns that refer to nothing one could call by another name: times, measures, parts, turns of speech.
_EMPTY = frozenset(
    "percent minute hour day week month year time moment night morning evening decade century way part lot kind sort thing number amount end front back"
    " side rest case fact reason result example term view word matter place point use something anything nothing everything someone anyone everyone nobody"
    " somebody none mile kilometer meter foot inch ton degree pound dollar euro age today while bit piece line top bottom middle size level rate".split())
_NUMBERS = {word: number for number, word in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(), 10)}
_NUMBERS |= {word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WITH_HEAD = frozenset({"amod", "compound", "nmod", "poss"})


@dataclass(frozen=True)
class Mention:
    """One mention.

    Attributes:
        node: what it may be linked as: "name:…", "noun:…", or a node of its own for generic people.
        name: the referent's fullest name, '' for nouns.
        label: as printed, without articles; a name's fullest form.
        key: what counts as the same label: all forms of a name have one.
        kind: person, group, place or thing.
        number: what it is counted by ("400 residents"), 0 when it is not.
        tier: "alias" or "head".
        definite: whether "the", "this" or an owner stands before it, as before something already known.
        first, last: tokens of its head word or name; start, end: offsets.
    """

    article_id: str
    sentence: int
    first: int
    last: int
    start: int
    end: int
    node: str
    name: str
    label: str
    key: str
    kind: str
    number: float
    tier: str
    definite: bool = False


def find_mentions(folded: pd.DataFrame) -> list[Mention]:
    """Find the mentions of one event, in order of article, sentence and place.

    Args:
        folded: TOKENS with `term`, in order.
    """
    parts = by_sentence(folded)
    names = find_names(parts)
    found = [_article_mentions(article, names) for article in _by_article(parts)]
    by_head = _known_heads([mention for described, _ in found for mention in described])
    return _bodies_first([mention for described, plain in found for mention in described + [_attached(mention, by_head, names) for mention in plain]])


def _by_article(parts: list[list]) -> Iterable[list[list]]:
    articles: dict[str, list[list]] = defaultdict(list)
    for part in parts:
        articles[part[0].article_id].append(part)
    return [articles[article_id] for article_id in sorted(articles)]


def _bodies_first(found: list[Mention]) -> list[Mention]:
    """Leave out nouns that stand in titles alone: in capitalised headlines the parser takes verbs and names for nouns."""
    in_bodies = {mention.node for mention in found if mention.sentence > 0}
    return [mention for mention in found if mention.sentence > 0 or mention.node in in_bodies or mention.name]


def _article_mentions(sentences: list[list], names: Names) -> tuple[list[Mention], list[Mention]]:
    """The mentions of one article: names with what stands beside them, and plain nouns."""
    named, described, plain = [], [], []
    for part in sentences:
        spans = names.match(part)
        inside = {token for first, last, _ in spans for token in range(first, last + 1)}
        taken = set(inside)
        for first, last, name in spans:
            named.append(_name_mention(part, first, last, name, names))
            for head in _beside(part, first, last, inside) - taken:
                mention = _noun_mention(part, head, name)
                if mention.kind != "thing" and (named[-1].kind == "person") == (mention.kind == "person"):
                    taken.add(head)
                    described.append(mention)
        plain += [_noun_mention(part, at, "") for at, row in enumerate(part) if at not in taken and _is_plain(part, at)]
    return named + described, plain


def _name_mention(part: list, first: int, last: int, name: str, names: Names) -> Mention:
    row = part[first]
    return Mention(row.article_id, row.sentence, first, last, row.start, part[last].end, f"name:{name}", name, name, "=name", _name_kind(name, names), 0.0,
                   "alias")


def _name_kind(name: str, names: Names) -> str:
    types = names.types[name]
    listed = noun_kinds().get(fold_word(name.split()[-1]))
    if listed or is_person(name, types):
        return listed or "person"
    return "place" if types["GPE"] + types["LOC"] + types["FAC"] > types["ORG"] + types["PERSON"] else "group"


def _beside(part: list, first: int, last: int, inside: set[int]) -> set[int]:
    """Nouns in apposition to a name, joined to it in front, or said of it with "is"."""
    span = range(first, last + 1)
    found = {at} if (at := _behind(part, first, last)) and at not in inside else set()
    for at, row in enumerate(part):
        if at in inside or row.pos != "NOUN" or not row.term or row.term in _EMPTY or row.term in COURTESIES:
            continue
        joined = row.head in span and row.dep in ("compound", "nmod") and at == first - 1 and row.term in noun_kinds()
        apposed = row.head in span and row.dep == "appos" and abs(at - last) < 8 and not _lists(part, first, at)
        before = any(part[token].dep in ("appos", "nmod") and part[token].head == at for token in span) and _apposed(part, at, first)
        called = row.dep == "attr" and any(part[token].dep == "nsubj" and part[token].head == row.head for token in span) and row.term in noun_kinds()
        if joined or apposed or before or called:
            found.add(at)
    return found


def _behind(part: list, first: int, last: int) -> int:
    """The noun of ", the residents' group" right behind a name, wherever the parser hung it; 0 when there is none."""
    at = last + 1
    at += at < len(part) and part[at].text == ")"
    if at >= len(part) or part[at].text != ",":
        return 0
    for noun in range(at + 1, min(at + 7, len(part))):
        row = part[noun]
        if row.pos == "NOUN" and row.dep == "appos" and row.term in noun_kinds():
            return 0 if _lists(part, first, noun) else noun
        if row.pos not in ("DET", "ADJ", "NOUN", "PART", "PUNCT", "PRON") or row.text == ",":
            return 0
    return 0


def _lists(part: list, first: int, noun: int) -> bool:
    """Whether name and noun are two of a list: "Tom Brady, James Bond, the president have …"."""
    goes_on = noun + 1 < len(part) and part[noun + 1].pos in ("VERB", "AUX", "CCONJ")
    return goes_on and first > 1 and part[first - 1].text == "," and part[first - 2].pos == "PROPN"


def _apposed(part: list, noun: int, first: int) -> bool:
    """Whether nothing but the noun's own words stands between it and the name: "Its ringleader Bram Kettley"."""
    return noun < first and all(row.pos in ("PROPN", "PUNCT", "ADJ") for row in part[noun + 1:first]) and first - noun < 5


def _is_plain(part: list, at: int) -> bool:
    row = part[at]
    return row.pos == "NOUN" and row.dep != "compound" and bool(row.term) and row.term not in _EMPTY and len(row.term) > 2 and str(row.text).isalpha()


def _noun_mention(part: list, head: int, name: str) -> Mention:
    row = part[head]
    around = [at for at in range(max(0, head - 6), head) if _belongs(part, at, head)]
    first = min([at for at in around if part[at].dep in _WITH_HEAD and part[at].pos in ("NOUN", "ADJ", "PROPN", "VERB")], default=head)
    if any(part[at].pos == "PROPN" for at in range(first, head)):  # "KLO spokesman" is a spokesman: the name is another mention
        first = max((at + 1 for at in range(first, head) if part[at].pos in ("PROPN", "PART") or part[at].text in "'’s"), default=first)
    generic = row.term in _GENERIC
    kind = "person" if generic else _noun_kind(row)
    end = _post(part, head) if kind in ("person", "group") else head
    label = "".join(_spaced(part, first, end)).strip("-–—'’ ")
    label = label.lower() if end == head else label[0].lower() + label[1:]
    node = f"name:{name}" if name else f"at:{row.article_id}:{row.sentence}:{head}" if generic else f"noun:{row.term}"
    return Mention(row.article_id, row.sentence, head, head, part[first].start, row.end, node, name, label, _key(part, first, head, bool(name)), kind,
                   _number(part, around), "alias" if name else "head", _is_definite(part, around, head))


def _is_definite(part: list, around: list[int], head: int) -> bool:
    """Whether a noun is told as known already, and not by somebody's name ("the Obama administration").

    Titles drop "the": there a lone singular group is known ("Council votes to …").
    """
    if any(part[at].pos == "PROPN" for at in around):
        return False
    if not around and part[head].sentence == 0 and part[head].tag != "NNS":
        return _noun_kind(part[head]) == "group"
    return any(part[at].dep in ("det", "poss") and part[at].tag != "PRP" and str(part[at].text).lower() not in ("a", "an", "no", "any") for at in around)


def _post(part: list, head: int) -> int:
    """Last token of "chief of staff", "members of Congress": a bare name or noun behind "of" belongs to what somebody is called."""
    if head + 2 < len(part) and str(part[head + 1].text) == "of" and part[head + 2].pos in ("NOUN", "PROPN"):
        end = head + 2
        while end + 1 < len(part) and part[end].pos == part[end + 1].pos == "PROPN" and end < head + 4:
            end += 1
        return head if end + 1 < len(part) and part[end + 1].tag == "POS" else end
    return head


def _belongs(part: list, at: int, head: int) -> bool:
    """Whether a token hangs on the head, directly or through its own modifiers."""
    for _ in range(3):
        at = part[at].head
        if at == head:
            return True
    return False


def _spaced(part: list, first: int, last: int) -> list[str]:
    return [str(part[at].text) + (" " if at < last and part[at + 1].start > part[at].end else "") for at in range(first, last + 1)]


def _key(part: list, first: int, head: int, beside: bool) -> str:
    """Same label: the same head, and beside a name the same nouns before it ("pressure group"); adjectives never part labels ("howling mob", "mob")."""
    nouns = [part[at].term for at in range(first, head) if part[at].pos == "NOUN" and part[at].term]
    return " ".join([*nouns, part[head].term]) if beside else part[head].term


def _noun_kind(row) -> str:
    listed = noun_kinds().get(row.term)
    if listed:
        return listed
    person = row.term.endswith(("ist", "ian", "man", "woman", "goer")) or row.term.endswith(("ter", "ner", "ler", "rer")) and row.tag == "NNS"
    return "person" if person and len(row.term) > 5 else "thing"


def _number(part: list, around: list[int]) -> float:
    for at in around:
        written = str(part[at].text).replace(",", "").lower()
        if part[at].dep == "nummod" and (written.isdigit() or written in _NUMBERS):
            return float(_NUMBERS.get(written, written))
    return 0.0


def _known_heads(described: list[Mention]) -> dict[str, Mention | None]:
    """Nouns that stand beside exactly one name in the event: "the group" is then that group."""
    by_head: dict[str, Mention | None] = {}
    for mention in described:
        if mention.key == "=name":
            continue
        head = mention.key.split()[-1]
        by_head[head] = mention if by_head.setdefault(head, mention) is not None and by_head[head].name == mention.name else None
    return by_head


def _attached(mention: Mention, by_head: dict[str, Mention | None], names: Names) -> Mention:
    """A plain noun as a mention of a name it is the head of ("the council") or stood beside ("the group")."""
    head = mention.key.split()[-1]
    beside = by_head.get(head)
    if not mention.node.startswith("noun:") or not mention.definite:
        return mention
    if beside is not None and beside.kind != "person":
        return replace(mention, node=beside.node, name=beside.name, tier="head")
    if (name := names.by_head(head)) and mention.kind != "person":
        return replace(mention, node=f"name:{name}", name=name, label=name, key="=name", tier="head")
    return mention


def name_groups(mentions: Iterable[Mention], texts: dict[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return article_id -> what a group is called without its name, as printed in small letters -> its name.

    Only where the article itself names the group and means none but one by that word. `texts` holds title and body of each article.
    """
    named: dict[str, set[str]] = defaultdict(set)
    called: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mention in mentions:
        if mention.kind == "group":
            text = texts[mention.article_id][mention.sentence > 0]
            printed = text[mention.start:mention.end].lower()
            called[mention.article_id][printed].add(mention.name)  # '' where the word is another group
            whole = text[mention.end:mention.end + 1] != "-" and (" " in mention.name or printed == mention.name.lower())  # not "Gull" of "Gull-Roe"
            if mention.tier == "alias" and whole:
                named[mention.article_id].add(mention.name)
    return {article: {label: min(names) for label, names in own.items() if len(names) == 1 and names <= named[article]} for article, own in called.items()}
