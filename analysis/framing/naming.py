"""How each article calls the same person, group or thing: protesters / mob, spokesman / ringleader, pier / wreck.

Links are made from safe to bold, and every row says which it rests on: names by alias and what stands beside them in apposition
(high); nouns by the same head (medium); nouns that fill the same role in two wordings of one claim, or are counted by the same number
(possible). Two nouns that meet as different parts of one statement are never the same referent, however alike their roles, and neither are
two things named in one sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.framing.aliases import Names, find_names
from analysis.framing.mentions import Mention, find_mentions, name_groups
from analysis.framing.roles import find_roles, link_roles
from analysis.framing.style import by_sentence, fold_style
from analysis.schema import ARTICLES, CLAIMS, MENTIONS, NAMES, QUOTES, SENTENCES, TOKENS, check_table
from analysis.settings import WordingSettings

_TIERS = {"alias": "high (alias)", "head": "medium (same head)", "role": "possible (same role)"}
SUBJECT, OBJECT = "subject", "object"
SUBJECT_DEPS = frozenset({"nsubj", "nsubjpass", "csubj"})
OBJECT_DEPS = frozenset({"dobj", "dative", "obj", "iobj"})
_PEOPLE = frozenset({"person", "group"})


@dataclass(frozen=True)
class Evidence:
    """The tables of one event that names are linked from.

    Attributes:
        articles: ARTICLES.
        sentences: SENTENCES or VOICED.
        tokens: TOKENS.
        quotes: QUOTES; a mention inside a direct or mixed quotation is its speaker's word.
        claims: CLAIMS; may be empty: nothing is then linked by role.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    tokens: pd.DataFrame
    quotes: pd.DataFrame
    claims: pd.DataFrame


Referents = dict[str, list[tuple[Mention, str]]]
"""A key that depends on no order -> the mentions of one referent, each with the tier of its link."""


def know_names(articles: pd.DataFrame, tokens: pd.DataFrame) -> Names:
    """Return the names an event's articles know together, and the short forms that lead to them."""
    return find_names(by_sentence(fold_style(tokens, articles)))


def know_groups(articles: pd.DataFrame, tokens: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return article_id -> what a group is called without its name, in small letters -> its name: "pressure group", "council"."""
    texts = {row.article_id: (row.title, row.text) for row in articles.itertuples(index=False)}
    return name_groups(find_mentions(fold_style(tokens, articles)), texts)


def find_referents(evidence: Evidence) -> Referents:
    """Find who and what an event's articles mention, and which mentions are the same; `list_mentions` makes a table of it.

    Args:
        evidence: tables of one event, of one article or more.

    Raises:
        TableError: a column is missing.

    Source: after Hamborg et al. 2021 (word choice and labelling); links and tiers METHODS 2.4, counted-alike and cannot-link ours.
    """
    for table, contract in ((evidence.articles, ARTICLES), (evidence.sentences, SENTENCES), (evidence.tokens, TOKENS), (evidence.quotes, QUOTES),
                            (evidence.claims, CLAIMS)):
        check_table(table, contract)
    if evidence.tokens.empty:
        return {}
    folded = fold_style(evidence.tokens, evidence.articles)
    return _link(find_mentions(folded), folded, evidence.claims)


def list_mentions(referents: Referents, tokens: pd.DataFrame) -> pd.DataFrame:
    """Give every mention of every referent, by any of its names and nouns; pronouns are not resolved and not counted.

    "People", "members" and the like are left out: the same word is other people in every sentence.

    Args:
        referents: of `find_referents`.
        tokens: TOKENS of the same event, for who acts and who is acted on.

    Returns:
        MENTIONS, by referent, article and place.
    """
    roles = {SUBJECT: SUBJECT_DEPS, OBJECT: OBJECT_DEPS}
    wanted = tokens[tokens["dep"].isin(SUBJECT_DEPS | OBJECT_DEPS)]
    role_at = {(article, sentence, token): next(role for role, deps in roles.items() if dep in deps)
               for article, sentence, token, dep in wanted[["article_id", "sentence", "token", "dep"]].itertuples(index=False)}
    rows = []
    for part in referents.values():
        named = [mention for mention, _ in part if mention.node.startswith("name:")]
        whole, kind = _called(part, named), named[0].kind if named else Counter(mention.kind for mention, _ in part).most_common(1)[0][0]
        rows += [(whole, kind, bool(named), mention.article_id, mention.sentence, mention.start, mention.end, mention.label,
                  next((role_at[place] for token in range(mention.last, mention.first - 1, -1)
                        if (place := (mention.article_id, mention.sentence, token)) in role_at), ""), _TIERS[tier])
                 for mention, tier in part if not mention.node.startswith("at:")]
    table = pd.DataFrame(rows, columns=list(MENTIONS.columns)) if rows else MENTIONS.empty()
    return table.sort_values(["referent", "article_id", "sentence", "start"], kind="stable", ignore_index=True)


def link_names(evidence: Evidence, referents: Referents, settings: WordingSettings) -> pd.DataFrame:
    """Tell what each article calls those referents that are not called the same by all.

    How to read it: within a referent, compare `share` between articles; `voice` parts the outlet's own words from its speakers'. Forms of a name
    (Kettley, Mr. Kettley, KLO) count as one label, the fullest, and singular and plural as one: they are house style. "Possible" links are for
    the reader to judge by the sentences: that a crowd and a mob are the same people is an inference. A referent all articles call alike has no row.

    Args:
        evidence: tables of one event.
        referents: of `find_referents`.
        settings: limits.

    Returns:
        NAMES, the referents called most differently first (r1, r2 …), then by article, count and label. `share` is of the article's mentions of
        the referent, both voices together. Empty with fewer than two articles.

    Source: METHODS 2.4; the order by spread is ours.
    """
    if evidence.articles["article_id"].nunique() < 2:
        return NAMES.empty()
    ranked = sorted(((spread, key, part) for key, part in referents.items() if (spread := _spread(part)) >= settings.min_name_spread),
                    key=lambda entry: (-entry[0], entry[1]))
    known = _places(evidence)
    rows = [row for place, (_, _, part) in enumerate(ranked[:settings.referents_shown], 1) for row in _rows(f"r{place}", part, known)]
    if not rows:
        return NAMES.empty()
    names = pd.DataFrame(rows, columns=list(NAMES.columns))
    order = names["referent_id"].str[1:].astype(int)
    return names.assign(order=order).sort_values(["order", "article_id", "count", "label", "voice"], ascending=[True, True, False, True, True],
                                                 ignore_index=True).drop(columns="order")


class _Links:
    """Which nodes are one referent: a union that refuses pairs known to be different."""

    def __init__(self, apart: Iterable[frozenset[str]]) -> None:
        self.above: dict[str, str] = {}
        self.members: dict[str, set[str]] = {}
        self.apart: dict[str, set[str]] = defaultdict(set)
        for one, other in map(sorted, apart):
            self.apart[one].add(other)
            self.apart[other].add(one)

    def root(self, node: str) -> str:
        self.members.setdefault(node, {node})
        while node != (up := self.above.setdefault(node, node)):
            node = up
        return node

    def join(self, one: str, other: str) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        if one == other or any(self.apart[member] & self.members[other] for member in self.members[one]):
            return
        named = [node for root in (one, other) for node in self.members[root] if node.startswith("name:")]
        if len(named) > 1:  # two names for one thing are an alias or they are two things
            return
        self.above[other] = one
        self.members[one] |= self.members.pop(other)


def _link(mentions: list[Mention], folded: pd.DataFrame, claims: pd.DataFrame) -> Referents:
    """Mentions of each referent, each with the tier of its link, by a key that depends on no order."""
    at = {(mention.article_id, mention.sentence, token): mention for mention in mentions for token in range(mention.first, mention.last + 1)}
    roles = find_roles(folded)
    nodes = [{at[place].node for place in fillers.values() if place in at} for fillers in roles.values()]
    things: dict[tuple[str, int], set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.kind == "thing" and mention.sentence > 0:
            things[mention.article_id, mention.sentence].add(mention.node)
    links = _Links({frozenset(pair) for together in [*nodes, *things.values()] for pair in combinations(sorted(together), 2)})
    votes: Counter = Counter()
    for one, other in link_roles(roles, claims, folded):
        if one in at and other in at and _compatible(at[one], at[other]):
            votes[tuple(sorted((at[one].node, at[other].node)))] += 1
    for one, other in _counted_alike(mentions):
        votes[tuple(sorted((one.node, other.node)))] += 2
    alone = {mention.node for mention in mentions if mention.kind == "person" and (mention.name or not mention.label.endswith("s"))}
    groups = {mention.node for mention in mentions if mention.kind == "group"}
    for (one, other), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        lone = [node for node in (one, other) if node in alone]
        if count > 1 or not lone or not (any(node.startswith("name:") for node in lone) or {one, other} & groups):
            links.join(one, other)  # one named person, or one person and a group, need two roles: a court has many who stand in one place
    parts: dict[str, list[tuple[Mention, str]]] = defaultdict(list)
    for mention in mentions:
        parts[links.root(mention.node)].append((mention, mention.tier))
    return {min(mention.node for mention, _ in part): _tiered(part) for part in parts.values()}


def _compatible(one: Mention, other: Mention) -> bool:
    if one.node == other.node:
        return False
    return (one.kind in _PEOPLE) == (other.kind in _PEOPLE) and not (one.node.startswith("name:") and other.node.startswith("name:"))


def _counted_alike(mentions: list[Mention]) -> list[tuple[Mention, Mention]]:
    """Pairs of people in different articles counted by the same number ("400 protesters", "some 400 residents")."""
    counted: dict[float, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.number >= 10 and mention.kind in _PEOPLE:
            counted[mention.number].append(mention)
    return [(one, other) for group in counted.values() for one, other in combinations(group, 2)
            if one.article_id != other.article_id and one.node != other.node]


def _tiered(part: list[tuple[Mention, str]]) -> list[tuple[Mention, str]]:
    """Mark as "role" every noun that came to the referent by a role: all but its name, or else the label that it goes by."""
    name = min((mention.node for mention, _ in part if mention.node.startswith("name:")), default="")
    label = "" if name else _commonest(part)
    own = {name} if name else {mention.node for mention, _ in part if mention.label == label}
    return [(mention, tier if mention.node in own else "role") for mention, tier in part]


def _spread(part: list[tuple[Mention, str]]) -> float:
    """How differently articles call one referent: 1 minus the shared part of two articles' labels, the mean over pairs and the widest pair halved.

    The widest pair counts because one article that goes its own way among many is the finding. A name beside a single
    other label ("the nurse") counts half: somebody says what everybody knows. 0 when all call it alike or only one mentions it.
    """
    by_article: dict[str, Counter] = defaultdict(Counter)
    for mention, _ in part:
        by_article[mention.article_id][mention.key] += 1
    if len(by_article) < 2:
        return 0.0
    shares = [{key: count / sum(counts.values()) for key, count in counts.items()} for _, counts in sorted(by_article.items())]
    apart = [1 - sum(min(one[key], other.get(key, 0.0)) for key in one) for one, other in combinations(shares, 2)]
    others = {key for counts in by_article.values() for key in counts} - {"=name"}
    return float(np.mean(apart) + max(apart)) / (2 if len(others) > 1 else 4)


@dataclass(frozen=True)
class _Places:
    """What is looked up for every mention, made once an event: outlets, paragraphs, and what stands in quotation marks."""

    outlets: dict[str, str]
    paragraphs: dict[tuple[str, int], int]
    spoken: dict[tuple[str, bool], list[tuple[int, int]]]


def _places(evidence: Evidence) -> _Places:
    table = evidence.sentences
    spoken: dict[tuple[str, bool], list[tuple[int, int]]] = defaultdict(list)
    for row in evidence.quotes.itertuples(index=False):
        if row.kind != "indirect":
            spoken[row.article_id, row.sentence == 0].append((row.start, row.end))
    paragraphs = dict(zip(zip(table["article_id"], table["sentence"], strict=True), table["paragraph"], strict=True))
    return _Places(dict(zip(evidence.articles["article_id"], evidence.articles["outlet"], strict=True)), paragraphs, spoken)


def _rows(referent_id: str, part: list[tuple[Mention, str]], known: _Places) -> list[tuple]:
    """The rows of one referent."""
    names = [mention for mention, _ in part if mention.node.startswith("name:")]
    whole = _called(part, names)
    kind = Counter(mention.kind for mention, _ in part).most_common(1)[0][0] if not names else names[0].kind
    cells: dict[tuple[str, str, str], list[tuple[Mention, str]]] = defaultdict(list)
    printed: dict[tuple[str, str], Counter] = defaultdict(Counter)
    totals: Counter = Counter()
    for mention, tier in part:
        inside = any(start <= mention.start and mention.end <= end for start, end in known.spoken[mention.article_id, mention.sentence == 0])
        cells[mention.article_id, mention.key, "quote" if inside else "narrator"].append((mention, tier))
        printed[mention.article_id, mention.key][mention.label] += 1
        totals[mention.article_id] += 1
    rows = []
    for (article_id, key, voice), cell in sorted(cells.items()):
        label = min(printed[article_id, key].items(), key=lambda entry: (-entry[1], len(entry[0]), entry[0]))[0]
        numbers = sorted({mention.sentence for mention, _ in cell})
        tier = min((tier for _, tier in cell), key=list(_TIERS).index)
        first = min(known.paragraphs[article_id, number] for number in numbers)
        rows.append((referent_id, whole, kind, known.outlets[article_id], article_id, label, len(cell), len(cell) / totals[article_id], first, voice,
                     _TIERS[tier], numbers))
    return rows


def _called(part: list[tuple[Mention, str]], names: list[Mention]) -> str:
    """The referent's name, else the label most articles use."""
    return min(names, key=lambda mention: mention.node).name if names else _commonest(part)


def _commonest(part: list[tuple[Mention, str]]) -> str:
    """The label most articles use."""
    users: dict[str, set[str]] = defaultdict(set)
    for mention, _ in part:
        users[mention.label].add(mention.article_id)
    return min(users, key=lambda label: (-len(users[label]), len(label), label))
