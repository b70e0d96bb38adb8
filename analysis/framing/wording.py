"""Which words an article chooses: phrases only it uses, phrases it does without, phrases it uses more or less.

Inside one event this is evidence, never significance: an article has some 365 content words, and tests on so few find nothing or
find chance (METHODS 2.1). Every phrase therefore comes with its sentences, and z only puts a list in order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.framing.style import fold_style
from analysis.schema import ARTICLES, GROUPS, PHRASES, SENTENCES, TOKENS, check_table
from analysis.settings import WordingSettings

_NOUNS = frozenset({"NOUN", "PROPN"})
_LINKS = frozenset({"'", "’", "-"})
# Words every report is made of: who said, what was, did, got; last, first, other; days and ways. They say nothing about an outlet's choice.
_LIGHT = frozenset(
    "say tell ask add be have do make get take go come give put see know think use become begin start call want need try let keep seem happen"
    " mean run accord include leave stand live own last first second other such same many more few less new next several able only least most late"
    " early much former very really recently nearly way front end day morning evening night week month year time thing lot part number side place".split())
_KINDS = ("only here", "absent here", "different share")
_IN_WORD = re.compile(r"\w")
_SUFFIX = re.compile(r"(?<=[a-z]{4})(?:ations?|ings?|ures?|ments?|ions?|ies|y|ed|es|e|s)$")


@dataclass
class _Uses:
    """Where one phrase stands: article -> sentence numbers, one a use, and the ways it was printed."""

    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    printed: Counter = field(default_factory=Counter)
    is_verb: bool = False


def count_phrases(sentences: pd.DataFrame, tokens: pd.DataFrame, articles: pd.DataFrame, groups: pd.DataFrame, settings: WordingSettings) -> pd.DataFrame:
    """List for each article the phrases only it uses, those it does without, and those it uses to a different share.

    Noun and verb phrases of one to three words, after house style is folded. Each origin has one vote: a text that three outlets
    print counts once among the others, and an article is never compared with its own origin.

    How to read it: *only here* is used in at least two sentences here and by no other origin. *Absent here* is used by most other
    origins and by this article in no form; it may say the same in other words, so read `elsewhere` first. *Different share* is used here
    and elsewhere; a positive z means more here. z orders the list and is no test: nothing here is "significant".

    Args:
        sentences: SENTENCES of one event; with VOICED's `voice`, `quoted` is filled.
        tokens: TOKENS of them.
        articles: ARTICLES.
        groups: GROUPS; the column origin_id is read.
        settings: limits.

    Returns:
        PHRASES, and `quoted`: the share 0…1 of its sentences that are quotations, NaN without voices or uses. Sorted by article, kind and rank;
        empty with fewer than two origins.

    Raises:
        TableError: a column is missing.

    Source: Monroe, Colaresi and Quinn 2008 (log-odds with informative Dirichlet prior); lists and floors METHODS 2.3.
    """
    for table, contract in ((sentences, SENTENCES), (tokens, TOKENS), (articles, ARTICLES), (groups, GROUPS)):
        check_table(table, contract)
    origins = dict(zip(groups["article_id"], groups["origin_id"], strict=True))
    here = sorted(article_id for article_id in articles["article_id"] if article_id in origins)
    if len({origins[article_id] for article_id in here}) < 2 or tokens.empty:
        return PHRASES.empty().assign(quoted=pd.Series(dtype="float64"))
    folded = fold_style(tokens[tokens["article_id"].isin(here)], articles)
    uses = _find_phrases(folded, sentences, settings.longest_phrase)
    shares = _Shares(uses, folded, {article_id: origins[article_id] for article_id in here}, settings)
    outlets = dict(zip(articles["article_id"], articles["outlet"], strict=True))
    quoted = _quoted_sentences(sentences)
    rows = [shares.row(phrase, article_id, kind) | {"outlet": outlets[article_id]} for (article_id, kind), phrases in sorted(
        shares.lists().items(), key=lambda entry: (entry[0][0], _KINDS.index(entry[0][1]))) for phrase in phrases]
    table = pd.DataFrame(rows, columns=list(PHRASES.columns)) if rows else PHRASES.empty()
    table["quoted"] = [float(np.mean([number in quoted[article_id] for number in numbers])) if quoted and numbers else np.nan
                       for article_id, numbers in zip(table["article_id"], table["sentences"], strict=True)]
    return table


class _Shares:
    """The counts of one event, with one vote an origin."""

    def __init__(self, uses: dict[tuple[str, ...], _Uses], folded: pd.DataFrame, origins: dict[str, str], settings: WordingSettings) -> None:
        self.origins, self.settings = origins, settings
        self.stems: dict[str, Counter] = defaultdict(Counter)
        for article_id, term in set(zip(folded["article_id"], folded["term"], strict=True)):
            self.stems[_stem(term)][origins[article_id]] += 1
        words = folded[~folded["pos"].isin(["PUNCT", "SPACE"])].groupby("article_id", observed=True).size()
        self.words = {article_id: int(words.get(article_id, 0)) for article_id in origins}
        self.sizes = Counter(origins.values())
        self.uses = _without_nested(uses, settings.nested_share)
        self.total = sum(len(numbers) for use in self.uses.values() for numbers in use.places.values())
        self.per_origin = {phrase: self._by_origin(use) for phrase, use in self.uses.items()}
        self.origin_words = Counter()
        for article_id, origin in origins.items():
            self.origin_words[origin] += self.words[article_id] / self.sizes[origin]

    def _by_origin(self, use: _Uses) -> Counter:
        counts: Counter = Counter()
        for article_id, numbers in use.places.items():
            counts[self.origins[article_id]] += len(numbers) / self.sizes[self.origins[article_id]]
        return counts

    def lists(self) -> dict[tuple[str, str], list[tuple[str, ...]]]:
        """Return the phrases of each (article, kind), best first."""
        found: dict[tuple[str, str], list] = defaultdict(list)
        for phrase, use in self.uses.items():
            counts = self.per_origin[phrase]
            family = self.stems[_stem(phrase[0] if use.is_verb else phrase[-1])]  # origins that use the head or a word of its family
            for article_id, numbers in use.places.items():
                if len(counts) == 1:
                    if len(set(numbers)) >= self.settings.min_phrase_sentences and (len(phrase) > 1 or len(family) == 1):
                        found[article_id, "only here"].append((-len(numbers), -len(phrase), phrase))
                elif sum(counts.values()) >= self.settings.min_phrase_uses and abs(z := self.z(phrase, article_id)) >= self.settings.min_z:
                    found[article_id, "different share"].append((-abs(z), -len(phrase), phrase))
            if len(counts) >= max(self.settings.absent_origins, self.settings.absent_share * (len(self.sizes) - 1)):
                for article_id, origin in self.origins.items():
                    if origin not in family:
                        found[article_id, "absent here"].append((-len(counts), -len(phrase), phrase))
        return {cell: [entry[-1] for entry in sorted(entries)[:self.settings.phrases_shown]] for cell, entries in found.items()}

    def z(self, phrase: tuple[str, ...], article_id: str) -> float:
        """Return the log-odds z of a phrase, this article against the other origins, with the event as prior."""
        own = self.origins[article_id]
        here, n_here = len(self.uses[phrase].places.get(article_id, [])), self.words[article_id]
        there = sum(count for origin, count in self.per_origin[phrase].items() if origin != own)
        n_there = sum(count for origin, count in self.origin_words.items() if origin != own)
        prior = self.settings.dirichlet * sum(self.per_origin[phrase].values()) / max(sum(self.origin_words.values()), 1)
        odds = [np.log((count + prior) / (n + self.settings.dirichlet - count - prior)) for count, n in ((here, n_here), (there, n_there))]
        return float((odds[0] - odds[1]) / np.sqrt(1 / (here + prior) + 1 / (there + prior)))

    def row(self, phrase: tuple[str, ...], article_id: str, kind: str) -> dict:
        """Return one row of PHRASES without its outlet."""
        use, own = self.uses[phrase], self.origins[article_id]
        numbers = use.places.get(article_id, [])
        others = {origin: count for origin, count in self.per_origin[phrase].items() if origin != own}
        n_there = sum(count for origin, count in self.origin_words.items() if origin != own)
        elsewhere = [[other, number] for other in sorted(use.places) if self.origins[other] != own for number in sorted(set(use.places[other]))]
        return {
            "phrase": max(use.printed.items(), key=lambda printed: (printed[1], printed[0]))[0], "article_id": article_id, "kind": kind, "count": len(numbers),
            "others": len(others), "per_1000": 1000 * len(numbers) / self.words[article_id] if self.words[article_id] else np.nan,
            "others_per_1000": 1000 * sum(others.values()) / n_there if n_there else np.nan, "z": self.z(phrase, article_id),
            "sentences": sorted(set(numbers)), "elsewhere": elsewhere[:self.settings.elsewhere_shown],
        }


def _find_phrases(folded: pd.DataFrame, sentences: pd.DataFrame, longest: int) -> dict[tuple[str, ...], _Uses]:
    """Every phrase of the patterns (ADJ|NOUN|PROPN)* NOUN, VERB (ADP|PRT)? NOUN, and single verbs, adjectives and -ly adverbs."""
    printed = {(row.article_id, row.sentence): (row.text, row.start) for row in sentences.itertuples(index=False)}
    uses: dict[tuple[str, ...], _Uses] = defaultdict(_Uses)
    run: list[tuple[str, str, int, int]] = []
    before = None
    columns = ("article_id", "sentence", "term", "pos", "text", "start", "end")
    for article_id, number, term, pos, text, start, end in zip(*(folded[name].tolist() for name in columns), strict=True):
        if (article_id, number) != before:
            run, before = [], (article_id, number)
        if not term:
            run = run if pos == "DET" or text in _LINKS else []  # "stormed the steps" is stormed + steps
            continue
        run.append((term, pos, start, end))
        for width in range(1, min(longest, len(run)) + 1):
            words = run[-width:]
            if _is_phrase([pos for _, pos, _, _ in words], words[0][0]):
                whole, offset = printed[before]
                use = uses[tuple(term for term, _, _, _ in words)]
                use.places[article_id].append(int(number))
                use.is_verb |= width > 1 and words[0][1] == "VERB"
                shown = whole[words[0][2] - offset:end - offset]
                use.printed[shown if any(pos == "PROPN" for _, pos, _, _ in words) else shown.lower()] += 1
    return uses


def _is_phrase(pos: list[str], first: str) -> bool:
    if len(pos) == 1:
        said = pos[0] in ("NOUN", "PROPN", "ADJ", "VERB") or pos[0] == "ADV" and first.endswith("ly")
        return said and first not in _LIGHT and len(first) > 2
    if pos[0] == "VERB":
        middle = pos[1:-1]
        return first not in _LIGHT and (pos[-1] in _NOUNS and all(p in ("ADP", "PART", "ADJ") for p in middle) or len(pos) == 2 and pos[1] in ("ADP", "PART"))
    return pos[-1] in _NOUNS and all(p in ("ADJ", "NOUN", "PROPN") for p in pos[:-1]) and first not in _LIGHT


def _stem(term: str) -> str:
    """A rough stem, so that "closure" is no word of its own where others write "closing"; people (-er, -or) keep their ending."""
    return _SUFFIX.sub("", term)


def _without_nested(uses: dict[tuple[str, ...], _Uses], share: float) -> dict[tuple[str, ...], _Uses]:
    """Drop a phrase most of whose uses lie inside one longer phrase that recurs, and phrases that do not recur at all."""
    recurring = {phrase: total for phrase, use in uses.items() if (total := sum(map(len, use.places.values()))) > 1}
    nested = set()
    for phrase, total in recurring.items():
        for width in range(1, len(phrase)):
            for start in range(len(phrase) - width + 1):
                inner = phrase[start:start + width]
                if inner in recurring and total > share * recurring[inner]:
                    nested.add(inner)
    return {phrase: uses[phrase] for phrase in recurring if phrase not in nested}


def _quoted_sentences(sentences: pd.DataFrame) -> dict[str, set[int]]:
    if "voice" not in sentences.columns:
        return {}
    return {article_id: set(part.loc[part["voice"] == "quote", "sentence"]) for article_id, part in sentences.groupby("article_id", observed=True)}


def _end_of(text: str, width: int) -> str:
    """The last `width` characters, begun at a whole word and with an ellipsis where something is left out."""
    return _beginning_of(text[::-1], width)[::-1]


def _beginning_of(text: str, width: int) -> str:
    """The first `width` characters, ended after a whole word and with an ellipsis where something is left out."""
    if len(text) <= width:
        return text
    end = width
    while end and _IN_WORD.match(text[end]) and _IN_WORD.match(text[end - 1]):
        end -= 1
    return text[:end] + "…"


def find_in_context(sentences: pd.DataFrame, word: str, settings: WordingSettings | None = None) -> pd.DataFrame:
    """List every use of a word or phrase with what stands left and right of it in its sentence.

    Whole words, without regard to case, curly marks or line breaks; any sign in `word` is only that sign.

    Returns:
        article_id, sentence, start, end (offsets as in SENTENCES), left, hit, right (whole words, "…" where the sentence goes on); in the order of
        the sentences. Empty for a blank word.
    """
    check_table(sentences, SENTENCES)
    width = (settings or WordingSettings()).context_characters
    columns = ["article_id", "sentence", "start", "end", "left", "hit", "right"]
    parts = [re.escape(part).replace("'", "['’‘]").replace('"', '["“”]') for part in re.sub("[‘’]", "'", word).split()]
    if not parts:
        return pd.DataFrame(columns=columns)
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)", re.IGNORECASE)
    rows = [(row.article_id, row.sentence, row.start + hit.start(), row.start + hit.end(),
             _end_of(row.text[max(0, hit.start() - width - 1):hit.start()], width), hit[0], _beginning_of(row.text[hit.end():hit.end() + width + 1], width))
            for row in sentences.itertuples(index=False) for hit in pattern.finditer(row.text)]
    return pd.DataFrame(rows, columns=columns)
