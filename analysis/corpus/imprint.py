"""Read the imprint of a pasted page: when it was published, by which outlet, who wrote it and which agency it credits.

Everything is read off lines that state it (a copyright line, a dateline, a sign-off, "SOURCE: …"); a date inside the body, in a
caption or in a list of other articles is not the publication date. Where nothing states a field it stays empty: no guess from
capture time, and an ambiguous date (03/04/2019) counts as none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import pandas as pd

from analysis.corpus.dates import MONTHS, find_published

NAME = r"[A-Z][\w&.'’-]{0,30}(?: (?:[A-Z][\w&.'’-]{0,30}|of|the|and|de|for)){0,5}"
COPYRIGHT = re.compile(rf"(?:[Cc]opyright|COPYRIGHT|©|\([Cc]\))[\s©]{{0,3}}(?:[Cc]opyright\s)?(?:\d{{4}}(?:\s?[-–]\s?\d{{4}})?[\s,.]{{1,3}})(?:by\s)?({NAME})")
RIGHTS = re.compile(rf"^(?:©|[Cc]opyright:?)\s?({NAME}?)[.,]? All [Rr]ights")
ABOUT = re.compile(rf"^(?:About|Welcome to|Popular on|More from|Most popular on|Advertise with|Contact|Subscribe to|Work at|Follow|The latest from)\s({NAME})$")
NO_BRAND = frozenset(("us", "me", "theauthor", "author", "authors", "this", "usnow", "writer", "theauthors", "ourteam", "form", "results", "site", "team"))
HOLDING = re.compile(r"\b(?:communications?|media|group|networks?|publishing|holdings?|digital|interactive|entertainment|corp|partners|broadcasting)\b",
                     re.IGNORECASE)
COMPANY = re.compile(r"\s(?:&|and)\s(?:Co\b|Company|Media|Sons|Partners)")  # "Dow Jones & Company" prints a paper of another name
SYNDICATED = frozenset(("reuters", "ap", "associatedpress", "afp", "agencefrancepresse", "dpa", "upi", "pamedia", "pressassociation", "pa", "bloomberg"))
INITIALS = {"ap": "associatedpress", "afp": "agencefrancepresse", "pa": "pressassociation", "pamedia": "pressassociation", "aa": "anadoluagency"}
CREDIT = re.compile(r"©\s?([A-Z][\w .]{1,25}?)\s?/")
DATELINE = re.compile(r"^[^()/\n]{2,60}\(([A-Z][\w .&-]{1,30})\)\s?[-–—:]|^[^()/\n]{2,60}/\s?([A-Z][\w .&-]{1,30}?)\s?/[.\s–—-]")
SIGN_OFF = re.compile(rf"^\(\s?({NAME})\s?\)$")
SUFFIX = re.compile(rf"\s[|–-]\s({NAME})$")
LEGAL_FORM = re.compile(r"\s(?:LLC|Ltd|Inc|Limited|Company|Corp|All Rights.*|Pty.*)\.?$", re.IGNORECASE)
SOURCE = re.compile(r"^source\s?:\s{0,3}(.{2,60})$", re.IGNORECASE)
AND_AGENCIES = re.compile(r"\s{0,2}(?:,|and|&|/)\s{0,2}(?:news )?(?:agencies|wires|staff)\b.{0,20}$", re.IGNORECASE)
WITH_AGENCIES = re.compile(rf"(?:^|[/|–-] ?)({NAME}?) (?:and|&) agencies$", re.IGNORECASE)
MEDIA_NOUN = re.compile(r"\b(?:newspaper|news|desk|times|post|herald|press|agency|tv|television|radio|tribune|gazette|journal|magazine|daily|chronicle"
                        r"|broadcasting|network|wire|media|courier|dispatch|ledger|observer|monitor|telegraph|guardian|bureau)\b", re.IGNORECASE)
PAPER_LINE = re.compile(r"^((?:[A-Z][\w&.'’-]{1,30} ){1,4})(?:Newspaper|Magazine|News Agency)$")
REPORTED = re.compile(r"(?:,|\baccording to|\bas|\bthe)\s([A-Z][\w.&-]{0,20}(?: [A-Z][\w.&-]{0,20}){0,3}) (?:has |had )?report(?:ed|s)\b")
BYLINE = re.compile(r"^(?:by|from|written by|author:?|text by)\s{1,3}([^\d|•·]{3,80})", re.IGNORECASE)
WIRES = frozenset(("reuters", "ap", "associatedpress", "afp", "agencefrancepresse", "dpa", "efe", "ansa", "xinhua", "interfax", "tass", "bloomberg",
                   "upi", "pa", "pamedia", "pressassociation", "anadoluagency", "kyodo", "yonhap", "ptinews", "pti", "ani", "ians"))


def read_imprint(lines: Sequence[str], body: Sequence[bool], outlets: pd.DataFrame | None = None, title: str = "") -> dict[str, object]:
    """Return outlet, published (UTC or None), precision, the words it was stated in, byline and agency as the page states them.

    Args:
        lines: the page's lines without blank ones.
        body: True for each line of the article itself.
        outlets: columns outlet, aliases, domains (lists, or text parted by ';'); gives a found name its usual form and lets a
            line that is only a known name count. Not needed to find an outlet.
        title: the headline as printed; a date between it and the body is the page's own.

    Returns:
        outlet, byline, agency: '' when not stated. precision: 'time' when hour and zone are stated, 'day' when only the date
        is (published is 00:00 UTC then), '' when none is. stated: the line that states the date, as the page has it.
    """
    known = _known_names(outlets)
    within = [i for i, is_body in enumerate(body) if is_body]
    last = within[-1] if within else len(lines)
    lead_end = within[min(3, len(within) - 1)] if within else len(lines)  # a standfirst stands above the byline
    outlet, agency = _find_outlet(lines, [lines[i] for i in within[:4]], last, known)
    published, precision, stated = find_published(lines, body, title)
    return {"outlet": outlet, "published": published, "precision": precision, "stated": stated, "agency": agency,
            "byline": find_byline([line for i, line in enumerate(lines[:lead_end]) if not body[i]][-14:])}


def find_byline(head: Sequence[str]) -> str:
    """Return the author line above the body without its "By", '' when there is none."""
    for i in range(len(head) - 1, -1, -1):
        line = head[i].strip()
        if line.lower() == "by" and i + 1 < len(head) and len(head[i + 1]) < 60:
            return head[i + 1].strip(" ,")
        match = BYLINE.match(line)
        if match and len(line) < 120 and re.match(r"[A-Z\W]", match[1]) and not line.endswith("."):
            name = re.split(r"\s[-–—]\s|\s{3}|,\s(?:[A-Z]\w+day|[A-Z][a-z]{2,8}\.?$)", match[1])[0]
            return re.sub(r"\s(?:" + "|".join(MONTHS) + r")[a-z.]{0,7}\s?$", "", name, flags=re.IGNORECASE).strip(" ,-–")
    return ""


def _find_outlet(lines: Sequence[str], lead: Sequence[str], last: int, known: Mapping[str, str]) -> tuple[str, str]:
    """Weigh what the page says about itself; a dateline counts least, because any outlet may print an agency's text.

    The weights say "certain alone" (3), "likely alone" (1 to 2) and "only with another" (under 1, the least an outlet needs).
    """
    dateline = next((m[1] or m[2] for line in lead if (m := DATELINE.match(line))), "").strip()
    first_at = {line: i for i, line in reversed(list(enumerate(lines)))}
    evidence = [found for i, line in enumerate(lines) if len(line) <= 200 and first_at[line] == i
                for found in (*_brands(line, known, i <= last + 1), *(_signatures(line, known) if last - 2 <= i <= last + 6 else ()))]
    evidence += [(match[1], 2.0) for match in map(CREDIT.search, lines) if match and _key(match[1]) == _key(dateline)]
    evidence += [(match[1], 2.0) for line in lines[:3] if (match := SUFFIX.search(line)) and (MEDIA_NOUN.search(match[1]) or _key(match[1]) in known)]
    if dateline and _key(dateline) not in SYNDICATED:
        evidence.append((dateline, 1.0))
    votes: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for name, weight in evidence:
        name = LEGAL_FORM.sub("", name.strip(" .,-/|")).strip(" .,")
        name = known.get(_key(name), name)
        if 2 <= len(_key(name)) <= 50:
            votes[_key(name)] += weight
            spelled.setdefault(_key(name), Counter())[name] += 1 + name.count(" ")  # "TRT World" before "TRTWorld"
    sources = [match[1] for line in lines[max(0, last - 2):last + 7] if (match := SOURCE.match(line)) and not AND_AGENCIES.search(match[1])]
    agency = dateline or _reporting_medium(lead, known) or (sources or [holder for line in lines[:last + 2] if (holder := _holder(line)[0])
                                                                        and _key(holder) in SYNDICATED] or [""])[0]
    key, weight = max(votes.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
    if weight < 1:
        return "", agency
    repeated = _canonical(known.get(_key(agency), agency)) == _canonical(spelled[key].most_common(1)[0][0]) and weight > 1
    return spelled[key].most_common(1)[0][0], "" if repeated else agency


def _holder(line: str) -> tuple[str, bool]:
    """Who a line says holds the rights, '' when it says nothing of them, and whether that is a company rather than an outlet."""
    match = COPYRIGHT.search(line) or RIGHTS.search(line)
    if not match:
        return "", False
    holder = re.split(r"\s(?:All|all|Todos|is|may)\s|\. ", match[1])[0]
    return holder, bool(HOLDING.search(holder) or COMPANY.match(line[match.start(1) + len(holder):]))


def _brands(line: str, known: Mapping[str, str], at_article: bool) -> Iterator[tuple[str, float]]:
    """What a line anywhere on the page says about whose page it is: rights, navigation, a line that is only a known name.

    An agency that holds the rights of the article alone (a line in it or right below) is credited, not the outlet.
    """
    holder, is_company = _holder(line)
    if holder and not (at_article and _key(holder) in SYNDICATED):
        yield holder, 0.9 if is_company and _key(holder) not in known else 3.0
    if (match := ABOUT.match(line)) and _key(match[1]) not in NO_BRAND and not re.search(r"['’]s\b", match[1]):
        yield match[1], 0.6
    if match := WITH_AGENCIES.search(line):
        yield match[1], 0.5
    if _key(line) in known:
        yield line, 0.4 if _key(line) in WIRES else 1.5


def _signatures(line: str, known: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """What a line at the end of the body signs it with: "(… News Desk)", "SOURCE: … and agencies", "… Newspaper"."""
    if (match := SIGN_OFF.match(line)) and MEDIA_NOUN.search(match[1]):
        yield match[1], 3.0
    if (match := SOURCE.match(line)) and AND_AGENCIES.search(match[1]):
        yield AND_AGENCIES.sub("", match[1]), 3.0
    if match := PAPER_LINE.match(line):
        yield line if _key(line) in known else match[1], 3.0


def _reporting_medium(paragraphs: Iterable[str], known: Mapping[str, str]) -> str:
    """The medium that a lead paragraph credits with the report ("…, PressTV reported"), '' for a person or nobody."""
    for paragraph in paragraphs:
        for match in REPORTED.finditer(paragraph[:2000]):
            name = match[1].strip()
            if _key(name) in known or _key(name) in WIRES or MEDIA_NOUN.search(name) or re.fullmatch(r"[A-Z]{2,6}|\w{0,12}[a-z][A-Z]\w{0,12}|\w{1,12}TV", name):
                return name
    return ""


def _known_names(outlets: pd.DataFrame | None) -> dict[str, str]:
    if outlets is None:
        return {}
    names = {}
    for outlet, aliases, domains in zip(outlets["outlet"], outlets["aliases"], outlets["domains"], strict=True):
        for name in (outlet, *_parts(aliases), *_parts(domains)):
            names.setdefault(_listed(name), outlet)
    return names


def _parts(value: object) -> list[str]:
    return value.split(";") if isinstance(value, str) else list(value) if isinstance(value, (list, tuple)) else []


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower().removeprefix("the ").removeprefix("www."))


_listed = lru_cache(maxsize=10_000)(_key)  # the outlet list is gone through for every page


def _canonical(name: str) -> str:
    """One key for an agency's initials and its full name."""
    return INITIALS.get(_key(name), _key(name))
