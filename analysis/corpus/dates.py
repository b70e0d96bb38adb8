"""Read dates: one from a line, and from a page the one line that says when the article was published.

A date inside the body, in a caption, in a list of other articles or above a comment is not the publication date. Where nothing
states it there is none: no guess from capture time, and an ambiguous date (03/04/2019) counts as none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

MONTHS = {name: number for name, number in json.loads((Path(__file__).resolve().parent.parent / "data" / "months.json").read_text("utf-8")).items()
          if isinstance(number, int)}
MONTH = r"(?P<month>[^\W\d_]{3,12})\b\.?"
DAY, YEAR = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|º|er)?", r"(?P<year>(?:19|20)\d\d)"
DATES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"(?<![\d-]){YEAR}(?P<mark>[-./])(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
    rf"(?<![\d.:]){DAY}[\s.-]{{1,3}}(?:de )?{MONTH},?[\s-]{{1,3}}(?:de )?{YEAR}(?!\d)",
    rf"\b{MONTH}\s{{0,2}}{DAY},?\s{{1,3}}{YEAR}(?!\d)",
    rf"(?<![\d.]){DAY}\.(?P<month>0?[1-9]|1[0-2])\.{YEAR}(?!\d)",
    r"(?<![\d/])(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>(?:19|20)?\d\d)(?![\d/])",
))
DATES_WITHOUT_YEAR = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"\b{MONTH}\s{{0,2}}{DAY}\b(?!,?\s?\d{{4}})", rf"(?<![\d.:]){DAY}\s(?:de )?{MONTH}(?!,?\s?\d{{4}})"))
CLOCK = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-3])(?:[:.h](?P<minute>[0-5]\d))(?::[0-5]\d(?:\.\d{1,6})?)?\s{0,2}(?P<half>[ap]\.?m\b\.?)?"
                   r"|(?<!\d)(?P<bare>1[0-2]|[1-9])\s{0,2}(?P<bare_half>[ap]\.?m\b\.?)", re.IGNORECASE)
OFFSET = re.compile(r"(?:\b(?:GMT|UTC)\s{0,2}|(?<=[\d ]))(?P<sign>[+-])(?P<hours>1[0-4]|0?\d)(?::?(?P<minutes>00|15|30|45))?(?![\d-])", re.IGNORECASE)
ZONE_NAMES = re.compile(r"(?<![A-Za-z])(GMT|UTC|BST|CET|CEST|EST|EDT|ET|CDT|MST|MDT|PST|PDT|PT|MSK|JST|AEST|AEDT|Z)\b")
# Left out, because they mean several zones: IST (India, Israel, Ireland), CST (Central, China), AST. Their time is not used, only the day.
ZONES = {"GMT": 0, "UTC": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
         "MSK": 3, "JST": 9, "AEST": 10, "AEDT": 11, "ET": "America/New_York", "PT": "America/Los_Angeles"}
GLUED_OFFSET = re.compile(r"((?:GMT|UTC)\s{0,2}[+-])(\d{2,4})(?=\s?[^\W\d_]{3,12}\s\d{4})", re.IGNORECASE)
GLUED_YEAR = re.compile(r"(?<=[\s,])((?:19|20)\d\d)(?=(?:1[0-2]|0?\d|2[0-3]):\d\d)")
HEADER = re.compile(r"^\s{0,4}date\s{0,2}:?\s{0,2}((?:19|20)\d\d-\d\d-\d\d)\b[\sT:.\dZ+-]{0,25}", re.IGNORECASE)
PUBLISHED = re.compile(r"\b(?:published|posted|publication date|date|first published|issued)\b", re.IGNORECASE)
ELSEWHERE = re.compile(r"^(?:©|\(c\)|copyright\b|source\s?:|photos?\b|image|credit|file\b|caption)", re.IGNORECASE)  # dates a right, a source, a photo
RELATIVE = re.compile(r"^(?:\w{2,8}day|yesterday|today)\b.{0,6}\d{1,2}[:.]\d\d|\b(?:\d{1,2}|an?) (?:min(?:ute)?|hour|day|week)s? ago\b", re.IGNORECASE)
LIST_REACH = 12  # lines; dated teasers and comments stand closer together than that
UPDATED = re.compile(r"\b(?:updated|modified|last (?:edited|changed)|accessed|retrieved)\b", re.IGNORECASE)
FILLER = re.compile(r"\b(?:published|posted|updated|modified|on|at|date|first|last|am|pm|a\.m|p\.m|mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun|day"
                    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|gmt|utc|et|e[sd]t|p[sd]t|pt|bst|cest?|msk)\b|[^\w\s]|\d", re.IGNORECASE)


def find_published(lines: Sequence[str], body: Sequence[bool], title: str = "") -> tuple[datetime | None, str, str]:
    """Choose the page's own publication date: the dated line that is nearest to headline and body, or labelled as published.

    Dates of other articles in a list, of comments and of photos are none; the date of an update counts where no other is stated. A
    date without its year ("May 30, 11:41") gets the year of the export's header line only when day and month agree; the header alone
    stands when the page itself states nothing.

    Returns:
        The UTC time, its precision, and the line that states it as the page has it; (None, '', '') where nothing does.
    """
    within = [i for i, is_body in enumerate(body) if is_body]
    first, last = (within[0], within[-1]) if within else (len(lines), len(lines))
    headline = max((i for i, line in enumerate(lines[:first]) if title and line == title), default=first)
    header = HEADER.match(lines[0]) if lines else None
    head_day = datetime.fromisoformat(header[1]).replace(tzinfo=UTC) if header and _valid(header[1]) else None
    dated = _dated_lines(lines, body, head_day)
    unreadable = any(len(line) < 60 and RELATIVE.search(line) for line in lines[headline + 1:first])
    between = {found[0].date() for i, (found, _) in dated.items() if headline < i < first}
    best: tuple[float, datetime, str, str] | None = None
    for i, (found, line) in dated.items():
        labelled = bool(PUBLISHED.search(line))
        own = labelled or (headline < i < first and len(between) == 1)
        if ((i > last + 6 or (unreadable and not between)) and not labelled) or (not own and _is_listed(i, dated, 1 if i > last else 2)):
            continue
        distance = min(first - i, abs(headline - i)) if i < first else 2 * (i - first) if i < last else 30 + i - last
        score = (-min(distance, 60) + 25 * labelled - 20 * _is_update(line) + 10 * (found[1] == "time") + 5 * bool(CLOCK.search(line)) + 10 * own)
        if best is None or score > best[0]:
            best = (score, *found, line.strip())
    if best:
        return best[1:]
    return (head_day, "day", header[0].strip()) if head_day else (None, "", "")


def _dated_lines(lines: Sequence[str], body: Sequence[bool], head_day: datetime | None) -> dict[int, tuple[tuple[datetime, str], str]]:
    """The lines outside the body that state little but a date that could be the publication's, each with the date."""
    dated = {}
    for i, line in enumerate(lines):
        if (i < len(body) and body[i]) or len(line) > 250 or not any(map(str.isdigit, line)) or ELSEWHERE.match(line):
            continue
        line = HEADER.sub("", line, count=1) if i == 0 else line
        found = parse_date(line, head_day)
        if found and len(FILLER.sub(" ", line).split()) <= 12:
            dated[i] = (found, line)
    return dated


def _is_listed(at: int, dated: Mapping[int, tuple[tuple[datetime, str], str]], least: int) -> bool:
    """Whether a dated line is one of three or more close together that name at least `least` days: a list of articles or comments."""
    near = [found[0].date() for i, (found, _) in dated.items() if abs(i - at) <= LIST_REACH]
    return len(near) >= 3 and len(set(near)) >= least


def _is_update(line: str) -> bool:
    """Whether a line says "updated" before its date; "4 May 2019, updated 5 May" states the publication first."""
    match = UPDATED.search(line)
    return bool(match) and not any(map(str.isdigit, line[:match.start()]))


def parse_date(line: str, header: datetime | None = None) -> tuple[datetime, str] | None:
    """Read one date with its clock time and zone from a line.

    Returns:
        (UTC time, 'time') with hour and zone, (00:00 UTC of the stated day, 'day') without, None when the line states no one
        unambiguous date.
    """
    line = GLUED_YEAR.sub(r"\1 ", GLUED_OFFSET.sub(_unglue, line))
    match, day = next(((m, day) for pattern in DATES for m in pattern.finditer(line) if (day := _day_of(m))), (None, None))
    if match is None and header is not None:
        match, day = next(((m, day) for pattern in DATES_WITHOUT_YEAR for m in pattern.finditer(line)
                           if (day := _day_of(m, header.year)) and abs((day - header).days) <= 1), (None, None))
    if match is None or day is None:
        return None
    rest = line[:match.start()] + " " + line[match.end():].removeprefix("T")
    clock = CLOCK.search(rest)
    zone = _zone_of(rest[clock.end():], day) or _zone_of(rest, day) if clock else None
    if not clock or zone is None:
        return day, "day"
    return (day + _time_of(clock)).replace(tzinfo=zone).astimezone(UTC), "time"


def _unglue(match: re.Match[str]) -> str:
    """Part an offset from the day it was glued to ("+312 May" -> "+3 12 May") when only one split is possible."""
    digits = match[2]
    splits = [k for k in range(1, len(digits)) if digits[k] != "0" and int(digits[:k]) <= 14 and 1 <= int(digits[k:]) <= 31]
    return f"{match[1]}{digits[:splits[0]]} {digits[splits[0]:]}" if len(splits) == 1 else match[0]


def _day_of(match: re.Match[str], year: int = 0) -> datetime | None:
    parts = match.groupdict()
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["second"])
        if (first > 12) == (second > 12) and first != second:
            return None
        month, day = (second, first) if first > 12 else (first, second)
    else:
        word = parts["month"].lower()
        month, day = int(word) if word.isdecimal() else MONTHS.get(word, 0), int(parts["day"])
    year = int(parts.get("year") or year)
    try:
        return datetime(year if year > 99 else 2000 + year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _time_of(match: re.Match[str]) -> timedelta:
    hour, half = int(match["hour"] or match["bare"]), (match["half"] or match["bare_half"] or "").lower()
    if half:
        hour = hour % 12 + 12 * half.startswith("p")
    return timedelta(hours=hour, minutes=int(match["minute"] or 0))


def _zone_of(text: str, day: datetime) -> timezone | ZoneInfo | None:
    if match := OFFSET.search(text):
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        return timezone(timedelta(minutes=minutes if match["sign"] == "+" else -minutes))
    name = ZONE_NAMES.search(text)
    zone = ZONES.get(name[1].upper()) if name else None
    return None if zone is None else ZoneInfo(zone) if isinstance(zone, str) else timezone(timedelta(hours=zone))


def _valid(day: str) -> bool:
    try:
        datetime.fromisoformat(day)
    except ValueError:
        return False
    return True
