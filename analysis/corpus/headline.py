"""Find a pasted page's headline and the standfirst below it, once its body is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis.corpus.line_shapes import FUNCTION_WORDS, IDEOGRAPH, SHAPES

WORD = re.compile(r"[^\W\d_]+")
NOT_A_TITLE = re.compile(r"^(?:by|share|read|see|watch|photo|image|source|advertisement|published|updated|posted)\b|©|^[\d\W]*$", re.IGNORECASE)
BELOW_TITLE = 3  # lines below the headline in which a standfirst is looked for; a section and a date may stand between
NOT_STANDFIRST = ("credit", "caption", "byline", "date", "ask", "rights", "turn", "share")
READER = re.compile(r"\b(?:you|your|our|we|my|I)\b")  # a disclosure or a first-person page speaks to its reader
HEAD = 30  # lines above the body in which its headline is looked for


def find_title(lines: Sequence[str], body: np.ndarray) -> str:
    """Choose the headline: a line above the body that says in few words what the body is about, or that the page repeats.

    A headline stands above byline and date. Returns the line as printed, '' when nothing above the body looks like a headline.
    """
    within = np.flatnonzero(body)
    if not len(within):
        return ""
    first = int(within[0])
    opening = [lines[i] for i in within[:12]]
    vocabulary = {word.lower() for line in opening for word in WORD.findall(line) if len(word) > 3} | {pair for line in opening for pair in _ideographs(line)}
    times = Counter(map(same_line, lines))
    best, best_score, imprinted = "", 0.0, False
    for i in range(max(0, first - HEAD), min(first + 2, len(lines))):
        score = _score_title(lines[i], vocabulary, i - first) + 0.2 * (times[same_line(lines[i])] > 1 and lines[i].count(" ") >= 3) - 0.4 * imprinted
        if score > best_score:
            best, best_score = lines[i], score
        imprinted = imprinted or (len(lines[i]) < 110 and bool(SHAPES["date"].search(lines[i]) or SHAPES["byline"].search(lines[i])))
    return best


def find_standfirst(lines: Sequence[str], body: np.ndarray, title: str) -> np.ndarray:
    """Mark the standfirst: the statement right below the headline, above byline, date and photo, that say what the body says.

    It is the article's, and chooses what a reader takes away; labelled pages disagree whether it belongs to the body, so the
    classifier cannot know. A caption, a disclosure and another article's teaser do not count: they name a photo, a reader or
    little that the body takes up.

    Returns:
        True for the line, all False where there is none.
    """
    found = np.zeros(len(lines), dtype=bool)
    within = np.flatnonzero(body)
    if not title or not len(within):
        return found
    opening = {word.lower() for i in within[:12] for word in WORD.findall(lines[i]) if len(word) > 3} - FUNCTION_WORDS["en"]
    for i, line in enumerate(lines[:within[0]]):
        words = WORD.findall(line)
        above = lines[max(0, i - BELOW_TITLE):i]
        near = title in above and all(len(WORD.findall(between)) <= 6 for between in above[above.index(title) + 1:])
        prose = 12 <= len(words) <= 60 and sum(word[0].isupper() for word in words) < 0.6 * len(words)
        if near and prose and not READER.search(line) and not any(SHAPES[name].search(line) for name in NOT_STANDFIRST):
            shared = {word.lower() for word in words} & opening
            found[i] = len(shared) >= 3 and not found.any()
    return found


def _score_title(line: str, vocabulary: set[str], below: int) -> float:
    """Say how much a line looks like the headline of a body that opens with the vocabulary, `below` lines after the body's first.

    Reasoned by hand, not fitted. Up to about 1, what a headline must have: its content words are the body's, the more words the
    surer, up to ten. Up to 0.6 and 0.3: as many words shared by number, and function words, which a menu lacks. Taken off: half
    for a full stop or colon (a standfirst, a caption, a label), a little a word from the thirteenth on and a line of distance,
    0.15 for under four words (a section, a name), and all for a line of the body itself unless nothing else is there.
    """
    words = WORD.findall(line)
    pairs = _ideographs(line)
    n = len(words) + len(pairs) // 2
    if not 2 <= n <= 32 or NOT_A_TITLE.search(line) or (below >= 0 and n > 20):
        return -np.inf
    content = [word.lower() for word in words if len(word) > 3] + pairs
    shared = sum(word in vocabulary for word in content)
    function = sum(word.lower() in FUNCTION_WORDS["en"] for word in words) / max(len(words), 1)
    return (shared / (len(content) + 1) * (0.5 + 0.05 * min(n, 10)) + 0.1 * min(shared, 6) + 0.3 * function - 0.5 * line.endswith((".", ":"))
            - 0.05 * max(0, n - 12) - 0.01 * abs(below) - 0.15 * (n < 4) - 1.0 * (below >= 0))


def _ideographs(line: str) -> list[str]:
    """Neighbouring pairs of ideographs, which stand for words in scripts that part none."""
    return [] if line.isascii() else [line[i:i + 2] for i in range(len(line) - 1) if IDEOGRAPH.match(line[i]) and IDEOGRAPH.match(line[i + 1])]


def same_line(line: str) -> str:
    """Return a line in the form in which it is compared with others: letters and digits, small."""
    return re.sub(r"[\W_]+", "", line.lower())
