"""Who fills which role of a predicate: agent, patient, and what each preposition leads to. A leaf under naming.

"Officers drove the mob back from the steps" and "The crowd was pushed back from the steps" share the steps; so the mob and the crowd,
both patients, may be the same people. One shared argument is asked for before any other is compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import combinations

import pandas as pd

Place = tuple[str, int, int]
"""article_id, sentence, token."""
Fillers = dict[str, Place]
"""Role -> the head word that fills it."""

_ROLE = {"nsubj": "agent", "agent": "agent", "nsubjpass": "patient", "dobj": "patient"}
_CARRIES = frozenset({"advmod", "prt", "prep", "advcl", "xcomp"})
_NO_ANCHOR = frozenset("end day week month year time way part people reporter news".split())  # shared by sentences about anything
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,4})?")
_COLUMNS = ["article_id", "sentence", "token", "start", "text", "term", "lemma", "pos", "dep", "head"]


def find_roles(folded: pd.DataFrame) -> dict[Place, Fillers]:
    """Find for every verb the nouns that fill its roles; a passive's subject is its patient.

    A subject is passed on to the verb it begins, helps or is joined to ("officers began to push", "they came and shouted").

    Args:
        folded: TOKENS with `term`, in order.
    """
    parts: dict[tuple[str, int], list] = defaultdict(list)
    for row in folded[_COLUMNS].itertuples(index=False):
        parts[row.article_id, row.sentence].append(row)
    roles: dict[Place, Fillers] = {}
    for (article_id, number), part in parts.items():
        found: dict[int, Fillers] = defaultdict(dict)
        for at, row in enumerate(part):
            if row.pos in ("NOUN", "PROPN") and row.term:
                verb, role = _role(part, at)
                if role:
                    found[verb].setdefault(role, (article_id, number, at))
        for at, row in enumerate(part):
            if row.dep in ("xcomp", "conj") and row.pos == "VERB" and "agent" in found.get(row.head, {}):
                found[at].setdefault("agent", found[row.head]["agent"])
            if row.dep == "csubj" and (sum_at := _sum(part, row.head)):
                found[at]["sum"] = (article_id, number, sum_at)
        roles.update({(article_id, number, verb): fillers for verb, fillers in found.items()})
    return roles


def link_roles(roles: dict[Place, Fillers], claims: pd.DataFrame, folded: pd.DataFrame) -> list[tuple[Place, Place]]:
    """Pair the words that fill the same role of matching predicates in two articles' wordings of one claim.

    Predicates match when the same word fills one role of both; what costs the same sum ("mending the pier would cost 4.2m") needs no claim.

    Args:
        roles: from `find_roles`.
        claims: CLAIMS; cells that carry their claim are used.
        folded: TOKENS with `term`.
    """
    terms = {(article_id, number, token): (term or _figure(text), start) for article_id, number, token, term, text, start in
             zip(*(folded[name].tolist() for name in ("article_id", "sentence", "token", "term", "text", "start")), strict=True)}
    in_sentence: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in roles:
        in_sentence[place[:2]].append(place)
    pairs = _matched([fillers for fillers in roles.values() if "sum" in fillers], terms)
    carried = claims.loc[claims["status"].isin(["firm", "likely"]), ["claim_id", "article_id", "sentence", "start", "end"]]
    predicates: dict[str, list[Fillers]] = defaultdict(list)
    for claim_id, article_id, number, start, end in carried.itertuples(index=False):
        for place in in_sentence.get((article_id, number), []):
            predicates[claim_id].append({role: filler for role, filler in roles[place].items() if start <= terms[filler][1] < end})
    for found in predicates.values():
        pairs |= _matched(found, terms)
    return sorted(pairs)


def _matched(predicates: list[Fillers], terms: dict[Place, tuple[str, int]]) -> set[tuple[Place, Place]]:
    """Pairs of other fillers of predicates that share one: each word's places with the first place of each other word, so that n stay n."""
    by_anchor: dict[tuple[str, str], dict[str, dict[str, list[Place]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for fillers in predicates:
        for anchor, at in fillers.items():
            if terms[at][0] and terms[at][0] not in _NO_ANCHOR:
                for role, filler in fillers.items():
                    if terms[filler][0]:
                        by_anchor[anchor, terms[at][0]][role][terms[filler][0]].append(filler)
    pairs: set[tuple[Place, Place]] = set()
    for by_role in by_anchor.values():
        for by_term in by_role.values():
            for one, other in combinations(sorted(by_term), 2):
                here, there = sorted(by_term[one]), sorted(by_term[other])
                pairs |= {(place, there[0]) for place in here} | {(here[0], place) for place in there}
    return {(one, other) for one, other in pairs if one[0] != other[0]}


def _sum(part: list, verb: int) -> int:
    """The figure a predicate ends in, of two digits at least; 0 when there is none."""
    return next((at for at in range(verb + 1, min(verb + 8, len(part))) if len(_figure(part[at].text)) > 1), 0)


def _figure(text: str) -> str:
    """A number without its unit: 4.2 of £4.2million."""
    found = _NUMBER.search(str(text).replace(",", ""))
    return found[0] if found else ""


def _role(part: list, at: int) -> tuple[int, str]:
    """The verb and the role of it that a noun fills; (-1, '') when it fills none."""
    row, above = part[at], part[part[at].head]
    if row.dep in _ROLE and above.pos in ("VERB", "AUX"):
        return row.head, _ROLE[row.dep]
    if row.dep != "pobj" or above.dep not in ("prep", "agent"):
        return -1, ""
    verb, steps = row.head, 0
    while part[verb].pos not in ("VERB", "AUX"):  # through "back", "out of" and the like up to the verb, but not through a noun
        if part[verb].dep not in _CARRIES and part[verb].dep != "agent" or part[verb].pos in ("NOUN", "PROPN") or steps > 4:
            return -1, ""
        verb, steps = part[verb].head, steps + 1
    return verb, "agent" if above.dep == "agent" else str(above.lemma)
