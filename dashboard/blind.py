"""Blind reading: the same comparison with every outlet's name covered, for classes that read first and learn who wrote it later.

User studies found that an outlet's label teaches nothing and marked phrases do (METHODS 7). What is covered: outlets, bylines,
agencies, addresses, article ids, every mention of the outlets in the texts, and what a text says of its own house ("our
reporter", "this newspaper", credit lines, e-mail addresses). Covers are as long as what they cover, so every offset into a
text still holds.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import pandas as pd

from analysis.output.figures import make_lanes
from analysis.schema import Comparison

COVER = "█"
GENERIC = frozenset(
    "agency broadcasting channel corporation daily desk evening gazette group international journal local media monitor monitoring morning national "
    "network news newspaper newswire online press public radio report service staff sunday television today tv website weekly wire world".split()
)
"""Words that alone name no outlet."""
LETTERED = (("claim_index", "conflict"), ("claims", "conflict"), ("comparability", "reasons"), ("groups", "why"))
"""Columns no offset points into: an outlet's name becomes its letter there instead of a black bar."""

_DOMAINS = "com|org|net|info|news|tv|fm|radio|media|press|example|gov|edu|int|eu|co|uk|ie|us|ca|au|nz|in|za|ru|ua|de|fr|es|it|nl|ch|pl|tr|ir|il|cn|jp|kr"
_ADDRESS = re.compile(
    rf"https?://[^\s<>\"”)]+|\bwww\.[^\s<>\"”)]+|(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}|(?<![\w@])@\w{{2,}}|"
    rf"(?<![\w.-])(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_DOMAINS})\b(?:/\S*)?",
    re.IGNORECASE,
)
_OWN_HOUSE = re.compile(
    r"\b(?:our|my) (?:own )?(?:\w+ )?(?:reporters?|correspondents?|newsroom|newspaper|paper|website|channel|station|readers|viewers|listeners|editors?|"
    r"columnists?|colleagues?|sister (?:paper|site|station))\b|"
    r"\bthis (?:newspaper|paper|website|news site|channel|station|magazine|network|publication|broadcaster|correspondent|reporter)\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^[ \t]*(?:[(\[][ \t]*)?(?:(?:photo(?:graph)?s?|image|picture|video|graphic|illustration|credit)s?[ \t]*(?::|by\b|credit\b|/)|"
    r"(?:additional |with )?(?:reporting|writing|editing|text)(?: by\b|[ \t]*:)|by [A-Z]|copyright\b|©|read more\b|"
    r"follow (?:us|him|her|them|@)|subscribe\b|sign up\b|download our\b|contact (?:us|the reporter))[^\n]{0,240}|"
    r"^[^\n]{0,240}\b(?:contributed to this report|contributed reporting|all rights reserved)\b[^\n]{0,80}",
    re.IGNORECASE | re.MULTILINE,
)
_DATELINE = re.compile(r"^[^\n(a-z]{2,60}[^\n(]{0,24}\(([^)\n]{2,40})\)[ \t]*[-–—]", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Covers:
    """What gives an outlet away: strings to cover in any case, and words to cover only as printed ("the Times", not "times")."""

    anywhere: frozenset[str]
    as_printed: frozenset[str] = frozenset()

    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """Return the patterns to cover with, longest string first."""
        made = []
        for secrets, flags in ((self.anywhere, re.IGNORECASE), (self.as_printed, 0)):
            kept = sorted((secret for secret in secrets if len(secret) > 1), key=lambda secret: (-len(secret), secret))
            if kept:
                made.append(re.compile("|".join(rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in kept), flags))
        return (*made, _ADDRESS, _OWN_HOUSE)


def find_names(outlets: Iterable[str], lower: frozenset[str] | None = None) -> Covers:
    """Return what names these outlets: the full name, the word that stands for it, its initials.

    Args:
        outlets: names as printed.
        lower: words met in lower case in the texts; such a word names an outlet only with a capital. None: take every word for one.
    """
    anywhere, printed = set(), set()
    for outlet in filter(None, outlets):
        name = outlet.removeprefix("The ").strip()
        words = [word for word in re.findall(r"[^\W_][\w'’.&-]*", name) if word.casefold() not in ("the", "of", "and", "for")]
        own = [word for word in words if word.casefold() not in GENERIC]
        heads = own[-1:] if words and own and own[-1] == words[-1] else own
        heads += [word for word in words if word.isupper() and len(word) > 1]
        if len(words) > 1:
            anywhere |= {outlet, name, name.replace(" ", ""), name.replace(" ", "-")}
        if len(words) > 2:
            printed.add("".join(word[0] for word in words).upper())
        for head in heads:
            (printed if lower is None or head.casefold() in lower else anywhere).add(head)
            printed.add(head.upper())
    return Covers(frozenset(anywhere), frozenset(printed))


def find_covers(articles: pd.DataFrame, sentences: pd.DataFrame) -> Covers:
    """Return everything that gives the outlets of these articles away, credit lines sentence by sentence."""
    bodies = _ADDRESS.sub(" ", "\n".join(articles["text"]))
    lower = frozenset(re.findall(r"\b[a-z][a-z'’-]+\b", bodies))
    names = find_names(sorted(set(articles["outlet"])), lower)
    anywhere = set(names.anywhere)
    for row in articles.to_dict("records"):
        host = (urlsplit(str(row["url"])).hostname or "").removeprefix("www.")
        anywhere |= {host, str(row["agency"])} | ({host.split(".")[0]} if host.split(".")[0] not in lower else set())
        credit = str(row["byline"]).removeprefix("By ").strip()
        anywhere |= {credit} | {part.strip() for part in re.split(r" and |,|;|/", credit) if " " in part.strip()}
        anywhere |= _credits(row, sentences[sentences["article_id"] == row["article_id"]])
    return Covers(frozenset(secret for secret in anywhere if len(secret) > 1 and secret.casefold() not in GENERIC), names.as_printed)


def _credits(article: Mapping[str, object], sentences: pd.DataFrame) -> set[str]:
    """Return the credit lines of a text and the agency of its dateline, cut where its sentences end."""
    text = str(article["text"])
    spans = [match.span() for match in _CREDIT.finditer(text)] + [match.span(1) for match in _DATELINE.finditer(text)]
    ends = sorted({*sentences.loc[sentences["sentence"] > 0, "start"].astype(int), *sentences.loc[sentences["sentence"] > 0, "end"].astype(int)})
    pieces = set()
    for start, end in spans:
        edges = [start, *(edge for edge in ends if start < edge < end), end]
        pieces |= {text[left:right].strip(" \t\n()[]") for left, right in zip(edges, edges[1:], strict=False)}
    return {piece for piece in pieces if len(piece) > 2}


def cover_line(text: object, patterns: Iterable[re.Pattern[str]]) -> str:
    """Return a text with every secret covered, letter for letter."""
    line = str(text)
    for pattern in patterns:
        line = pattern.sub(lambda match: COVER * len(match[0]), line)
    return line


def _cell(value: object, patterns: tuple[re.Pattern[str], ...], letters: Mapping[str, str]) -> object:
    """Return a cell with secrets covered and article ids replaced by letters, inside lists too."""
    if isinstance(value, str):
        return letters[value] if value in letters else cover_line(value, patterns)
    if isinstance(value, (list, tuple)):
        return [_cell(item, patterns, letters) for item in value]
    return value


def hide_outlets(chosen: Comparison) -> Comparison:
    """Return the comparison with the outlets covered; the input is untouched.

    Letters follow the same order as everywhere. A person or a place whose name is an outlet's own word is covered too: better one
    word too many than one outlet given away.
    """
    lanes = make_lanes(chosen.articles)
    letters = dict(zip(lanes["article_id"].astype(str), lanes["letter"], strict=True))
    # Two letters for one name would say that two articles are of one outlet.
    called = {outlet: f"outlet {part['letter'].iloc[0]}" if len(part) == 1 else "one outlet" for outlet, part in lanes.groupby("outlet") if outlet}
    swap = re.compile("|".join(rf"(?<!\w){re.escape(outlet)}(?!\w)" for outlet in sorted(called, key=len, reverse=True)) or r"(?!)")
    patterns = find_covers(chosen.articles, chosen.sentences).patterns()

    def lettered(value: object) -> object:
        return swap.sub(lambda match: called[match[0]], value) if isinstance(value, str) else value

    tables = {}
    for name, table in chosen.tables.items():
        covered = table.copy()
        for column in covered.columns:
            if table[column].map(lambda cell: isinstance(cell, (str, list, tuple))).any():
                cells = table[column].map(lettered) if (name, column) in LETTERED else table[column]
                covered[column] = pd.Series([_cell(cell, patterns, letters) for cell in cells], index=table.index, dtype="object")
        if "outlet" in covered.columns:
            covered["outlet"] = "outlet " + covered["article_id"].astype(str)
        tables[name] = covered.assign(**{column: "" for column in ("url", "byline", "agency") if column in covered.columns})
    return dataclasses.replace(
        chosen,
        tables=tables,
        notices=tuple(cover_line(lettered(line), patterns) for line in chosen.notices),
        made_with={**chosen.made_with, "outlets": "hidden"},
    )
