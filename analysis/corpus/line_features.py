"""Measure each line of a pasted page by its place, by the lines like it, and by the headline and paragraphs it stands near.

A page copied as plain text has lost its boxes. What is left is how a line is made (`line_shapes.py`), what stands around it, whether
its neighbours are made alike (a list), and which line above it is a headline that the text below takes up. `lines.py` tells the
article from the page by these numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis.corpus.line_shapes import LINE_FEATURES, Lines, read_lines

CAP = 60  # lines; what is further off is not near
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
BESIDE = (-4, -3, -2, -1, 1, 2, 3, 4)
SHARED_WITH_NEIGHBOURS = ("words", "sentences", "ends", "function", "capitals", "date", "credit", "byline", "turn", "ask", "share")


def describe_lines(lines: Sequence[str]) -> np.ndarray:
    """Measure every line of a page by itself, by its place and by its neighbours: (n lines, m features), no missing values.

    Blank lines must have been dropped: pages differ in how copying renders them, so nothing is read off them.
    """
    page = read_lines(lines)
    own, column, prose, n_words = page.own, page.column, page.prose, page.n_words
    topical = topicality(page)
    title, titles = headlines(page)
    context = np.column_stack([topical, repeats(lines), *places(n_words, prose, column["turn"] > 0), *anchors(n_words, column),
                               *blocks(n_words, prose, 4), *blocks(n_words, prose, 12)])
    shared = np.column_stack([own[:, [LINE_FEATURES.index(name) for name in SHARED_WITH_NEIGHBOURS]], topical])
    around = [shift(shared, step) for step in NEIGHBOURS]
    spread = [smooth(values, width) for values in (prose * 1.0, np.minimum(n_words, CAP), column["capitals"]) for width in (3, 8, 20)]
    several = (np.expm1(column["sentences"]) >= 2) * 1.0
    spread += [smooth(column["glued"], 5), smooth(np.minimum(column["date"] + column["time"], 1), 5),
               *(smooth(values, width) for values in (column["ends"], several) for width in (3, 10))]
    return np.column_stack([own, context, *around, *spread, *likeness(page), *titles, paragraph_runs(page, title, titles[1]), *page_wide(page)])


def likeness(page: Lines) -> list[np.ndarray]:
    """Measure how far a line is made like others: lines of one pattern of words, of one first or last word, on the page and beside
    it; how even the lengths around it are; and how long the run of lines that are no paragraphs is, and where in it the line stands."""
    patterns = ["".join(map(_kind, words[:4])) + (line[-1:] if not line[-1:].isalnum() else "") for words, line in zip(page.words, page.lines, strict=True)]
    firsts, lasts = [[words[at].lower() if words else "" for words in page.words] for at in (0, -1)]
    coded = [np.unique(np.array(values, dtype=object).astype(str), return_inverse=True, return_counts=True)[1:] for values in (patterns, firsts, lasts)]
    beside = [sum((shift(code[:, None] + 1.0, step)[:, 0] == code + 1) * 1.0 for step in BESIDE) for code, _ in coded]
    chars = page.column["chars"]
    mean = smooth(chars, 3)
    at, n = np.arange(len(chars)), len(chars)
    before = np.maximum.accumulate(np.where(page.prose, at, -1))
    after = np.minimum.accumulate(np.where(page.prose, at, n)[::-1])[::-1]
    return [*(np.log(counts[code]) for code, counts in coded[:2]), *beside, np.sqrt(np.maximum(smooth(chars**2, 3) - mean**2, 0)), chars - mean,
            np.where(page.prose, 0, np.log1p(np.maximum(after - before - 1, 0))), np.where(page.prose, 0, (at - before) / np.maximum(after - before, 1))]


def headlines(page: Lines) -> tuple[frozenset[str], list[np.ndarray]]:
    """Find how well each line is a headline of what follows it, and where every line stands to the page's best one.

    A line of 3 to 25 words without an end mark is taken up by a paragraph as far as its rarer content words occur in it.

    Returns:
        The best headline's content words; per line: how far the next paragraphs take it up, that with repetition and a date or
        byline near it, the share of the best headline's words in it (itself and around), its distance from the best headline,
        the best headline of the 30 lines above and its distance, and how good the page's best is.
    """
    n, at = len(page.lines), np.arange(len(page.lines))
    used = Counter(word for bag in page.bags for word in bag)
    rarity = {word: np.log1p(n / times) for word, times in used.items()}
    paragraphs = np.flatnonzero(page.prose)
    following = np.searchsorted(paragraphs, at + 1)
    taken_up = np.zeros(n)
    for i in np.flatnonzero((page.n_words >= 3) & (page.n_words <= 25)):
        if page.bags[i] and not page.lines[i].endswith((".", ":", ",")):
            total = sum(rarity[word] for word in page.bags[i])
            shares = [sum(rarity[word] for word in page.bags[i] & page.bags[j]) / total for j in paragraphs[following[i]:following[i] + 8] if j < i + 50]
            taken_up[i] = sum(shares) + 0.5 * max(shares, default=0)
    times = Counter(page.lines)
    again = np.array([times[line] > 1 for line in page.lines]) & (page.n_words >= 4)
    good = (taken_up + again + 0.7 * (smooth(page.dated * 1.0, 5) > 0)) * (taken_up > 0)
    best = int(np.argmax(good))
    title = page.bags[best] if good[best] > 0 else frozenset()
    place = max(i for i, line in enumerate(page.lines) if line == page.lines[best])
    shared = np.array([len(bag & title) / (len(title) or 1) for bag in page.bags])
    above = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(30), good]), 30)[:n]
    reach = np.where(above.max(axis=1) > 0, 30 - np.argmax(above, axis=1), CAP)
    return title, [taken_up, good, shared, np.sign(at - place) * np.log1p(np.abs(at - place)), above.max(axis=1), np.log1p(reach),
                   np.full(n, good[best]), smooth(shared, 4)]


def paragraph_runs(page: Lines, title: frozenset[str], good: np.ndarray) -> np.ndarray:
    """Describe for each line the nearest run of paragraphs (at most two other lines between): its words and their rank and share on
    the page, its paragraphs, their length, sentences, reporting words, glued teasers and words of the headline, a date and a
    headline above it, and how far off it is (log lines, negative above it)."""
    at, paragraphs = np.arange(len(page.lines)), np.flatnonzero(page.prose)
    if not len(paragraphs):
        return np.zeros((len(at), 12))
    runs = np.split(paragraphs, np.flatnonzero(np.diff(paragraphs) > 3) + 1)
    starts, ends = np.array([run[0] for run in runs]), np.array([run[-1] for run in runs])
    mass = np.array([page.n_words[run].sum() for run in runs])
    rank = np.argsort(np.argsort(-mass, kind="stable"), kind="stable")
    titled = np.array([bool(bag & title) for bag in page.bags])
    sentences, said, glued = np.expm1(page.column["sentences"]), page.column["said"] > 0, page.column["glued"]
    described = np.array([[np.log1p(mass[k]), rank[k], mass[k] / mass.max(), len(run), page.n_words[run].mean(), sentences[run].mean(), said[run].mean(),
                           page.dated[max(0, run[0] - 8):run[0]].any(), good[max(0, run[0] - 8):run[0]].max(initial=0.0), glued[run].mean(),
                           titled[run].mean()] for k, run in enumerate(runs)])
    following = np.minimum(np.searchsorted(ends, at), len(runs) - 1)
    before = np.maximum(following - 1, 0)
    nearest = np.where(np.maximum(starts[following] - at, 0) <= np.abs(at - ends[before]), following, before)
    off = np.maximum(0, np.maximum(starts[nearest] - at, at - ends[nearest]))
    return np.column_stack([described[nearest], np.log1p(off) * np.where(at < starts[nearest], -1, 1)])


def page_wide(page: Lines) -> list[np.ndarray]:
    """Count what tells kinds of pages apart: dated lines, their share, the share and usual length of paragraphs; and per line the
    words of paragraphs since the last dated line."""
    n, at, prose = len(page.lines), np.arange(len(page.lines)), page.prose
    last = np.maximum.accumulate(np.where(page.dated, at, -1))
    mass = np.concatenate([[0], np.cumsum(page.n_words * prose)])
    since = np.log1p(np.maximum(mass[at] - np.where(last >= 0, mass[np.maximum(last, 0)], 0), 0))
    return [np.full(n, page.dated.sum()), np.full(n, np.log1p(page.dated.sum()) / np.log1p(n)), np.full(n, prose.mean()),
            np.full(n, np.median(page.n_words[prose]) if prose.any() else 0.0), since]


def anchors(n_words: np.ndarray, column: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Count the lines since the last dated line and byline, and to the next turn and copyright line (all capped at 60)."""
    at, n, short = np.arange(len(n_words)), len(n_words), n_words <= 14
    since, until = [], []
    for name in ("date", "byline"):
        last = np.maximum.accumulate(np.where((column[name] > 0) & short, at, -60))
        since.append(np.minimum(at - last, 60))
    for name in ("turn", "rights"):
        coming = np.minimum.accumulate(np.where((column[name] > 0) & short, at, n + 60)[::-1])[::-1]
        until.append(np.minimum(coming - at, 60))
    return [*since, *until]


def blocks(n_words: np.ndarray, prose: np.ndarray, gap: int) -> list[np.ndarray]:
    """Place each line against runs of prose with at most `gap` other lines between: share of the page's prose in its run, and the
    distance (in lines, log) to the start and past the end of the page's largest run, with sign."""
    at = np.flatnonzero(prose)
    lines = np.arange(len(n_words))
    if not len(at):
        return [np.zeros(len(n_words))] * 4
    starts = np.concatenate([[0], np.flatnonzero(np.diff(at) > gap + 1) + 1])
    ends = np.concatenate([starts[1:], [len(at)]]) - 1
    mass = np.array([n_words[at[a:b + 1]].sum() for a, b in zip(starts, ends, strict=True)])
    share = np.zeros(len(n_words))
    for a, b, weight in zip(starts, ends, mass / n_words[at].sum(), strict=True):
        share[at[a]:at[b] + 1] = weight
    largest = int(np.argmax(mass))
    low, high = at[starts[largest]], at[ends[largest]]
    return [share, *(np.sign(lines - edge) * np.log1p(np.abs(lines - edge)) for edge in (low, high)), np.full(len(n_words), mass[largest] / n_words[at].sum())]


def topicality(page: Lines) -> np.ndarray:
    """Share 0…1 of each line's content words that some other prose line of the page uses too (0 without content words)."""
    used = Counter(word for bag, is_prose in zip(page.bags, page.prose, strict=True) if is_prose for word in bag)
    return np.array([sum(used[word] > is_prose for word in bag) / len(bag) if bag else 0.0
                     for bag, is_prose in zip(page.bags, page.prose, strict=True)])


def repeats(lines: Sequence[str]) -> np.ndarray:
    """Log of how often the same line stands on the page."""
    times = Counter(lines)
    return np.log([times[line] for line in lines])


def places(n_words: np.ndarray, prose: np.ndarray, turn: np.ndarray) -> list[np.ndarray]:
    """Measure where each line stands: in the page, in its prose, and since the last turn ("Related", "Read also")."""
    n, at = len(n_words), np.arange(len(n_words))
    mass = np.cumsum(n_words * prose)
    total = mass[-1] if n and mass[-1] else 1.0
    before = np.maximum.accumulate(np.where(prose, at, -50))
    before = np.concatenate([[-50], before[:-1]]) if n else before
    after = np.minimum.accumulate(np.where(prose, at, n + 50)[::-1])[::-1]
    after = np.concatenate([after[1:], [n + 50]]) if n else after
    turned = np.maximum.accumulate(np.where(turn, at, -50))
    since = mass - np.where(turned >= 0, mass[np.maximum(turned, 0)], 0)
    return [at / max(n, 1), mass / total, np.log1p(total) + 0 * at, np.log1p(at - before), np.log1p(after - at), np.minimum(at - turned, 30),
            np.log1p(since), np.log1p(at), np.log1p(n - at)]


def shift(values: np.ndarray, step: int) -> np.ndarray:
    """Give each row its neighbour `step` lines on (zeros beyond the page)."""
    moved = np.zeros_like(values)
    if abs(step) < len(values):
        if step > 0:
            moved[:-step] = values[step:]
        else:
            moved[-step:] = values[:step]
    return moved


def smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Average over `width` lines to each side, by running sums."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(at - width, 0), np.minimum(at + width + 1, len(values))
    return (sums[high] - sums[low]) / np.maximum(high - low, 1)


def _kind(word: str) -> str:
    """What a word's letters look like: a number, capitals, a capital first, or small."""
    return "0" if word[0].isdigit() else "A" if word.isupper() and len(word) > 1 else "U" if word[0].isupper() else "l"
