"""Statements: which words of a sentence say that somebody said, thought or wants something, who, and what.

Works inside one sentence on its dependency tree, outside quotation marks only: a reporting word in a quotation is the speaker's
own. Whether the words are quoted, and who a pronoun is, is decided later.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.framing.sources import NEVER_SAID, can_voice, shows_only, source_kind
from analysis.framing.trees import Tree, grow_trees, name_span, runs
from analysis.schema import SENTENCES, TOKENS, Table, check_table

STATEMENTS = Table("statements", "one reporting word x stretch of what it reports", {
    "article_id": "", "sentence": "", "cue_start": "", "cue_end": "", "cue": "reporting word as printed", "stance": "",
    "introduces": "True when the word can introduce a quotation", "speaker_start": "-1 when nobody is named", "speaker_end": "",
    "named_start": "the noun a relative pronoun stands for or the name beside a role; else as speaker_start", "named_end": "",
    "start": "what is reported; -1 when nothing outside quotation marks", "end": "",
})

_DATA = Path(__file__).parents[1] / "data"
_SKIP = frozenset("aux auxpass advmod neg punct prt".split())
_ROLES_OF_OBJECT = frozenset("of for as over about against on".split())
_NARRATOR = frozenset("i we".split())
_CLIMBS = frozenset("conj xcomp advcl pcomp prep dep ccomp".split())
_HIGHEST = 5  # verbs looked at for a subject; further up it is another statement's
_NOBODY = frozenset("it this that which there".split())


@cache
def _words(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return {row["lemma"]: (row["stance"], frozenset(row.get("takes", "").split())) for row in csv.DictReader(lines)}


def find_statements(sentences: pd.DataFrame, tokens: pd.DataFrame, quoted: pd.DataFrame) -> pd.DataFrame:
    """Find reporting words with their subject and what they report.

    Covers verbs with a clause (said that …), with an infinitive (vowed to …), with a charge (accused … of …), "according to …",
    nouns with a clause (the claim that …), a clause before or around its reporting words (…, Smith said) and a name at either side
    of a colon in a headline. A bare object is not reported speech: "condemned the attack" leaves the attack the outlet's own words.
    What a thing shows is nobody's statement: `sources` says which nouns can be a voice.
    One row each stretch: a clause around its reporting words gives two.

    Args:
        sentences: SENTENCES.
        tokens: TOKENS of the same articles.
        quoted: QUOTED (article_id, sentence, start, end are used).

    Returns:
        STATEMENTS, in the order of place; `start` is -1 for a reporting word without words of its own, kept because it may
        introduce a quotation.

    Source: ours: patterns over spaCy's dependency labels; classes of verbs as in METHODS 2.5.
    """
    check_table(sentences, SENTENCES)
    check_table(tokens, TOKENS)
    wanted = {*_words("reporting_verbs.csv"), *_words("reporting_nouns.csv"), "accord", "according", "According", ":"}
    rows = [row for key, tree in grow_trees(tokens, quoted, wanted) for row in _statements(key, tree)]
    return pd.DataFrame(rows, columns=list(STATEMENTS.columns)) if rows else STATEMENTS.empty()


def _statements(key: tuple[str, int], tree: Tree) -> Iterator[tuple]:
    verbs, nouns = _words("reporting_verbs.csv"), _words("reporting_nouns.csv")
    yield from _colon(key, tree)
    for i, lemma in enumerate(tree.lemma):
        if tree.quoted[i]:
            continue
        low = lemma.lower()
        if tree.text[i].lower() == "according":
            yield from _according(key, tree, i)
        elif low in verbs and tree.pos[i] in ("VERB", "AUX") and tree.dep[i] != "amod":
            yield from _verb(key, tree, i, *verbs[low])
        elif low in nouns and tree.pos[i] == "NOUN":
            yield from _noun(key, tree, i, nouns[low][0])


def _row(key: tuple[str, int], tree: Tree, cue: tuple[int, int], speaker: int, rest: tuple) -> tuple:
    """Build one row; `rest` is (stance, introduces, start, end)."""
    first, last = cue
    span = name_span(tree, speaker) if speaker >= 0 else (-1, -1)
    named = name_span(tree, _named(tree, speaker)) if speaker >= 0 else (-1, -1)
    words = " ".join(tree.text[first:last + 1])
    return (*key, tree.start[first], tree.end[last], words, rest[0], rest[1], *span, *named, rest[2], rest[3])


def _named(tree: Tree, speaker: int) -> int:
    """Follow a relative pronoun to its noun, and a role to the name set beside it (her lawyer, Jane Roe)."""
    if tree.tag[speaker] in ("WP", "WDT") and tree.dep[tree.head[speaker]] == "relcl":
        speaker = tree.head[tree.head[speaker]]
    beside = next((c for c in tree.children[speaker] if tree.dep[c] == "appos" and tree.entity[c] == "PERSON"), -1)
    return beside if beside >= 0 and tree.tag[speaker] == "NN" else speaker


def _speaker(tree: Tree, verb: int) -> int:
    """Return the noun or pronoun that says it, -1 when the sentence names nobody.

    The verb's own subject is taken unless it is a time or an occasion; one found higher up only when it is known to be a voice: "the hearing
    did little to explain why" lets no hearing explain.
    """
    at = verb
    for depth in range(_HIGHEST):
        if tree.child(at, "auxpass") >= 0 or tree.child(at, "nsubjpass") >= 0 or (depth == 0 and _is_past_participle(tree, at)):
            by, done = tree.child(at, "agent"), tree.child(at, "nsubjpass")
            if by >= 0:
                return tree.child(by, "pobj")
            if depth == 0 or (done >= 0 and can_voice(_kind(tree, done), inherited=True)):
                return -1
        subject = next((c for c in tree.children[at] if tree.dep[c] == "nsubj" and not tree.quoted[c]), -1)
        if subject >= 0 and can_voice(_kind(tree, subject), inherited=depth > 0 or _bare(tree, at)):
            return subject
        head, dep = tree.head[at], tree.dep[at]
        if dep == "acl" and not tree.quoted[head] and tree.tag[at] == "VBG":
            if can_voice(_kind(tree, head), inherited=True):
                return head
            at = _governor(tree, head)
            continue
        beside = _beside(tree, at)
        if beside >= 0 and _kind(tree, beside) not in ("thing", "unknown"):
            return beside
        if dep not in _CLIMBS or head == at or tree.quoted[head]:
            return _before_apposition(tree, verb) if depth == 0 else -1
        at = head
    return -1


def _before_apposition(tree: Tree, verb: int) -> int:
    """Return the name whose apposition ends at the comma before the verb: of "Keep Quays Open, the group that …, says" the parser loses the subject."""
    if verb < 2 or tree.text[verb - 1] != "," or tree.tag[verb] not in ("VBD", "VBZ", "VBP"):
        return -1
    at = verb - 2
    while tree.head[at] != at and tree.dep[at] != "appos":
        at = tree.head[at]
    name = tree.head[at]
    return name if tree.dep[at] == "appos" and tree.pos[name] == "PROPN" and not tree.quoted[name] and name < at < verb else -1


def _kind(tree: Tree, noun: int) -> str:
    noun = _named(tree, noun)
    return source_kind(tree.lemma[noun], tree.pos[noun], tree.entity[noun])


def _bare(tree: Tree, verb: int) -> bool:
    """Tell a participle or infinitive without an auxiliary: a subject the parser gives it is often another verb's object."""
    helped = [tree.tag[c] for c in tree.children[verb] if tree.dep[c] == "aux"]
    return "TO" in helped or (tree.tag[verb] in ("VBG", "VBN") and not helped)


def _is_past_participle(tree: Tree, verb: int) -> bool:
    """Tell "Asked whether …, Roe said", where Roe was asked, from "Roe asked whether"."""
    return tree.tag[verb] == "VBN" and tree.child(verb, "aux", "nsubj") < 0 and tree.dep[verb] == "advcl"


def _governor(tree: Tree, noun: int) -> int:
    """Return the verb a noun hangs on, however far up; the top of the tree when there is none."""
    while tree.head[noun] != noun and tree.pos[noun] not in ("VERB", "AUX"):
        noun = tree.head[noun]
    return noun


def _beside(tree: Tree, verb: int) -> int:
    """Find the speaker next to a finite verb by position, for sentences whose quotation misled the parser."""
    if tree.tag[verb] not in ("VBD", "VBZ", "VBP"):
        return -1
    i = verb - 1
    while i >= 0 and not tree.quoted[i] and (tree.dep[i] in _SKIP or tree.pos[i] in ("ADV", "AUX")) and tree.pos[i] != "PUNCT":
        i -= 1
    if i >= 0 and not tree.quoted[i] and tree.pos[i] in ("PROPN", "PRON", "NOUN") and i >= verb - 3:
        return i
    if tree.lemma[verb] == "tell":  # never inverted: what follows is the hearer
        return -1
    i = verb + 1
    nominal = ("DET", "ADJ", "PROPN", "NOUN", "PRON", "NUM", "PART")
    if verb and tree.pos[verb - 1] not in ("PUNCT",) or i >= len(tree.text) or tree.pos[i] not in nominal or tree.quoted[i]:
        return -1
    while i + 1 < len(tree.text) and tree.pos[i + 1] in nominal and not tree.quoted[i + 1]:
        i += 1
    opens_clause = tree.dep[i] in ("nsubj", "nsubjpass") and tree.head[i] > i  # "…, said rate cuts could be deeper"
    return i if tree.pos[i] in ("PROPN", "NOUN", "PRON") and not opens_clause else -1


def _verb(key: tuple[str, int], tree: Tree, verb: int, stance: str, takes: frozenset[str]) -> Iterator[tuple]:
    speaker = _speaker(tree, verb)
    subject = tree.child(verb, "nsubj")
    if subject >= 0 and shows_only(tree.lemma[verb].lower(), _kind(tree, subject)):
        return  # what a thing shows or suggests is the outlet's own conclusion
    if subject >= 0 and tree.text[subject].lower() == "it" and tree.lemma[verb].lower() in NEVER_SAID:
        return  # "it" may be a company, but nobody reflects a sentence
    particle = tree.child(verb, "prt")
    cue = (verb, particle if particle == verb + 1 else verb)
    naming = set(tree.under(speaker) if speaker >= 0 else ())
    cut = {verb, *(c for c in tree.children[verb] if tree.dep[c] in _SKIP)} | naming - set(tree.under(verb) if verb in naming else ())
    picked = _reported(tree, verb, takes)
    if not picked and "clause" in takes and "quote" in takes and speaker >= 0 and tree.tag[speaker] not in ("WDT", "WP"):
        picked = _clause_around(tree, verb, speaker)
    if tree.lemma[verb] == "consider" and tree.tag[verb] == "VBG" and tree.child(verb, "aux") < 0:
        return  # "considering how late it was" is a preposition
    said_by = tree.text[speaker].lower() if speaker >= 0 else ""
    if said_by in _NOBODY and any(tree.tag[k] == "TO" for t in picked for k in tree.children[t] if tree.head[t] == verb):
        return  # "it promises to be a hard race" is the outlet's own forecast
    spoken_by_narrator = said_by in _NARRATOR
    spans = [] if spoken_by_narrator else list(runs(tree, [t for t in picked if t not in cut]))
    for start, end in spans or [(-1, -1)]:
        nobody = speaker < 0 and tree.child(verb, "auxpass") < 0 and tree.tag[verb] in ("VB", "VBP")
        if (start >= 0 and not nobody) or ("quote" in takes and speaker >= 0):
            yield _row(key, tree, cue, speaker, (stance, "quote" in takes, start, end))


def _reported(tree: Tree, verb: int, takes: frozenset[str]) -> list[int]:
    """Return the tokens a verb reports: its clause, its infinitive, or what it says about its object (accused … of …)."""
    below = [c for c in tree.children[verb] if tree.dep[c] in ("ccomp", "xcomp")]
    for c in below:
        to = any(tree.tag[k] == "TO" for k in tree.children[c])
        if to and "infinitive" in takes:
            return tree.under(c)
        if not to and "clause" in takes and (tree.dep[c] == "ccomp"):
            return tree.under(c)
    thing = tree.child(verb, "dobj")
    if "object" in takes and thing > verb:
        tail = [t for c in tree.children[verb] if c > thing and (tree.dep[c] in ("prep", "xcomp", "ccomp", "oprd")) and
                (tree.dep[c] != "prep" or tree.text[c].lower() in _ROLES_OF_OBJECT) for t in tree.under(c)]
        return sorted(tree.under(thing) + tail) if tail else []
    return []


def _clause_around(tree: Tree, verb: int, speaker: int) -> list[int]:
    """Return the clause before ", Smith said", or around ", Smith said on Tuesday,", when the parser did not hang it on the verb."""
    block = min([verb, *tree.under(speaker)])
    if block < 2 or tree.text[block - 1] != "," or speaker > verb + 8 or _does_else(tree, verb, speaker):
        return []
    before, after = list(range(block - 1)), []
    comma = next((i for i in range(max(verb, speaker) + 1, min(len(tree.text), max(verb, speaker) + 8)) if tree.text[i] == ","), -1)
    if comma > 0 and all(tree.pos[t] not in ("VERB", "AUX") for t in range(max(verb, speaker) + 1, comma)):
        after = list(range(comma + 1, len(tree.text)))
    if len(before) < 3 and not after or any(tree.text[t] == ":" for t in after):
        return []
    return before + after if any(tree.pos[t] in ("VERB", "AUX") for t in before + after) else []


def _does_else(tree: Tree, verb: int, speaker: int) -> bool:
    """Whether the speaker is the subject of another verb between the two: ", 400 people packed the square to shout"."""
    own = tree.head[speaker]
    return own != verb and tree.dep[speaker] == "nsubj" and tree.pos[own] == "VERB" and speaker < own < verb


def _according(key: tuple[str, int], tree: Tree, i: int) -> Iterator[tuple]:
    to = next((c for c in tree.children[i] if tree.text[c].lower() == "to"), -1)
    if to != i + 1:
        return
    speaker = tree.child(to, "pobj")
    if speaker < 0 or tree.quoted[speaker]:
        return
    own = set(tree.under(i))
    head = tree.head[i]
    while head != tree.head[head] and tree.pos[head] not in ("VERB", "AUX"):
        head = tree.head[head]
    picked = [t for t in tree.under(head) if t not in own]
    for start, end in list(runs(tree, picked)) or [(-1, -1)]:
        yield _row(key, tree, (i, to), speaker, ("neutral", True, start, end))


def _colon(key: tuple[str, int], tree: Tree) -> Iterator[tuple]:
    """Read "Name: words" at the start and "words: Name" at the end of a headline."""
    at = next((i for i, word in enumerate(tree.text) if word == ":" and not tree.quoted[i]), -1)
    last = len(tree.text) - 1
    while last > at and tree.text[last] in (".", "?", "!"):
        last -= 1
    before, after = list(range(at)), list(range(at + 1, last + 1))
    for name, said in ((before, after), (after, before)):
        if 0 < len(name) <= 4 and len(said) > 2 and not any(tree.quoted[t] for t in name) and all(tree.pos[t] == "PROPN" for t in name) and \
                any(tree.entity[t] in ("PERSON", "ORG", "GPE", "NORP") for t in name) and (name is before or at > 0):
            span = (tree.start[name[0]], tree.end[name[-1]])
            free = [t for t in said if not tree.quoted[t]]
            content = (tree.start[said[0]], tree.end[said[-1]]) if free else (-1, -1)
            yield (*key, tree.start[at], tree.end[at], ":", "neutral", True, *span, *span, *content)
            return


def _noun(key: tuple[str, int], tree: Tree, noun: int, stance: str) -> Iterator[tuple]:
    clause = next((c for c in tree.children[noun] if tree.dep[c] in ("acl", "ccomp") and c > noun and
                   any(tree.text[k].lower() in ("that", "to") and tree.dep[k] in ("mark", "aux") for k in tree.children[c])), -1)
    owner = tree.child(noun, "poss")
    if owner < 0:
        by = next((c for c in tree.children[noun] if tree.text[c].lower() in ("by", "from")), -1)
        owner = tree.child(by, "pobj") if by >= 0 else -1
    if clause < 0 or tree.quoted[clause]:
        return
    if owner >= 0 and _kind(tree, owner) == "thing":
        owner = -1  # "today's announcement that …"
    for start, end in runs(tree, tree.under(clause)):
        yield _row(key, tree, (noun, noun), owner, (stance, False, start, end))
