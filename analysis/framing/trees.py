"""Trees: sentences as dependency trees to walk; a part of `statements`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.framing.sources import known_names

_NP_LEFT = frozenset("det compound amod poss nummod nmod quantmod predet appos".split())
_STRINGS = frozenset("text lemma pos tag dep entity".split())
_COLUMNS = "start end text lemma pos tag dep head entity".split()
_OPENING, _CLOSING = frozenset(",;:.-—–"), frozenset(",;:.-—–!?")
_LINKS = frozenset("of for at with".split())
_LONGEST_LINK = 12  # words of "of …" kept with a speaker; longer ones are a sentence in themselves
_FAR = 10**9  # more characters than any text has: keeps the places of different texts apart


@dataclass
class Tree:
    """One sentence's tokens as lists; `quoted` marks tokens between quotation marks."""

    start: list[int]
    end: list[int]
    text: list[str]
    lemma: list[str]
    pos: list[str]
    tag: list[str]
    dep: list[str]
    head: list[int]
    entity: list[str]
    quoted: list[bool]
    children: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Hang every token on its head."""
        self.children = [[] for _ in self.head]
        for i, h in enumerate(self.head):
            if h != i:
                self.children[h].append(i)

    def under(self, i: int) -> list[int]:
        """Return the token and all that hangs on it, in order."""
        found, waiting = [], [i]
        while waiting:
            found.append(waiting.pop())
            waiting += self.children[found[-1]]
        return sorted(found)

    def child(self, i: int, *deps: str) -> int:
        """Return the first child with one of the labels, -1 when there is none."""
        return next((c for c in self.children[i] if self.dep[c] in deps), -1)


def grow_trees(tokens: pd.DataFrame, quoted: pd.DataFrame, wanted: set[str]) -> Iterator[tuple[tuple[str, int], Tree]]:
    """Give the sentences that hold one of the wanted lemmas or words outside quotation marks, with (article_id, sentence)."""
    if tokens.empty:
        return
    inside = _inside(tokens, quoted)
    article, number = pd.factorize(tokens["article_id"])[0], tokens["sentence"].to_numpy()
    edges = np.flatnonzero(np.r_[True, (article[1:] != article[:-1]) | (number[1:] != number[:-1]), True])
    hit = (tokens["lemma"].isin(wanted) | tokens["text"].isin(wanted)).to_numpy() & ~inside
    has = np.add.reduceat(hit, edges[:-1]) > 0
    table = tokens.assign(entity=known_names(tokens))
    columns = [table[name].to_numpy(dtype=object if name in _STRINGS else np.int64) for name in _COLUMNS]
    owners = tokens["article_id"].to_numpy(dtype=object)
    for first, last in zip(edges[:-1][has], edges[1:][has], strict=True):
        yield (owners[first], int(number[first])), Tree(*(column[first:last].tolist() for column in columns), inside[first:last].tolist())


def _inside(tokens: pd.DataFrame, quoted: pd.DataFrame) -> np.ndarray:
    """Tell for every token whether it lies between quotation marks."""
    owners = pd.Index(tokens["article_id"].unique())

    def place(table: pd.DataFrame, column: str) -> np.ndarray:
        texts = 2 * owners.get_indexer(table["article_id"]) + (table["sentence"].to_numpy() == 0)
        return texts * _FAR + table[column].to_numpy(dtype=np.int64)

    if quoted.empty:
        return np.zeros(len(tokens), dtype=bool)
    low, high, here = np.sort(place(quoted, "start")), np.sort(place(quoted, "end")), place(tokens, "start")
    at = np.searchsorted(low, here, side="right") - 1
    return (at >= 0) & (here < high[at])


def name_span(tree: Tree, head: int) -> tuple[int, int]:
    """Return the offsets of the words that name the speaker: the noun with what stands before it, and "of …" or "for …"."""
    first, last = _hyphened(tree, head), head
    for c in sorted((c for c in tree.children[head] if c < head and tree.dep[c] in _NP_LEFT), reverse=True):
        below = tree.under(c)
        if below[-1] == first - 1 and not any(tree.quoted[t] for t in below):
            first = _hyphened(tree, below[0])
    person = tree.entity[head] == "PERSON"
    while person and last + 1 < len(tree.text) and tree.entity[last + 1] == "PERSON" and tree.pos[last + 1] == "PROPN" and not tree.quoted[last + 1]:
        last += 1
    if not person and tree.pos[head] in ("NOUN", "PROPN"):
        link = next((c for c in tree.children[head] if c == head + 1 and tree.text[c].lower() in _LINKS), -1)
        below = tree.under(link) if link >= 0 else []
        whole = below == list(range(head + 1, head + 1 + len(below))) and not any(tree.quoted[t] for t in below)
        last = below[-1] if below and whole and len(below) <= _LONGEST_LINK else last
    return tree.start[first], tree.end[last]


def _hyphened(tree: Tree, first: int) -> int:
    """Return where a word begins whose parts the parser took for words of their own (president-elect, caucus-goers)."""
    while first > 1 and tree.text[first - 1] == "-" and tree.end[first - 1] == tree.start[first] and tree.end[first - 2] == tree.start[first - 1]:
        first -= 2
        below = [t for t in tree.under(first) if t <= first]
        first = below[0] if below == list(range(below[0], first + 1)) else first
    return first


def runs(tree: Tree, picked: list[int]) -> Iterator[tuple[int, int]]:
    """Cut picked tokens into stretches (gaps of mere punctuation are kept in) and trim commas and stops off their ends."""
    run: list[int] = []
    for i in [*picked, -1]:
        if run and (i < 0 or any(tree.pos[g] != "PUNCT" for g in range(run[-1] + 1, i))):
            while run and tree.text[run[0]] in _OPENING:
                run.pop(0)
            while run and tree.text[run[-1]] in _CLOSING:
                run.pop()
            if any(tree.pos[t] not in ("PUNCT", "SPACE") for t in run):
                yield tree.start[run[0]], tree.end[run[-1]]
            run = []
        run.append(i)


