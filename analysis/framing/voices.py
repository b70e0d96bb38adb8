"""Voices: how many of an article's words are the outlet's own, and whose the others are.

Everything here is counted in words, not in quotations: a quotation of three words and one of three paragraphs are not alike.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from analysis.schema import CUT_QUOTES, QUOTES, SAMPLES, SENTENCES, VOICE_COUNTS, Measure, check_table
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

MEASURES = (
    Measure(
        "quote_share", "Words in quotation marks", "share 0…1", 1.0,
        "much of the article is other people's words", "the outlet tells it in its own words",
        "not fairness: one speaker may hold all the quoted words; it is also the steadiest house habit of an outlet",
        "ours: words between marks over words of the body",
    ),
    Measure(
        "attributed_share", "Words reported without quotation marks", "share 0…1", 1.0,
        "much is attributed to somebody in paraphrase", "little is paraphrased",
        "not accuracy: a paraphrase may be closer to what was said than a clipped quotation",
        "ours: words of indirect statements outside marks over words of the body",
    ),
    Measure(
        "coloured_cues", "Reporting words that take a side", "share 0…1", 1.0,
        "speakers claim, admit or slam", "speakers say, add or tell",
        "not doubt by the outlet in each case: some people do admit things",
        "ours: reporting words whose stance is not neutral over all reporting words",
    ),
)
UNRESOLVED = "(unresolved)"

_WORD = re.compile(r"\w[\w'’.,-]*")
_PLAIN = re.compile(r"\w+(?:['’]\w+)*")
_PRONOUNS = frozenset(
    "he she they it i we you who that which him her his them their one some others many anybody anyone everybody everyone nobody none somebody someone".split()
) | {"no one"}


def mark_voices(sentences: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Say for every sentence who speaks most of its words, and give the words outside quotation marks.

    How to read it: `quote` and `attributed` name the voice of the majority of words, so "He said yes" may still be narrator.
    Words in marks and words reported without marks are weighed together against the outlet's own; a tie goes to the narrator.

    Args:
        sentences: SENTENCES.
        quotes: QUOTES of the same articles.

    Returns:
        VOICED, the same rows; `speaker` is the resolved name of the longest piece, '' for the narrator and when unresolved.
        `narration` keeps the reporting words and drops what stands between marks.
    """
    check_table(sentences, SENTENCES)
    check_table(quotes, QUOTES)
    pieces = _pieces(quotes)
    marked = [_voice(pieces.get((s.article_id, s.sentence == 0), ()), s.start, s.end, s.text) for s in sentences.itertuples()]
    columns = list(zip(*marked, strict=True)) if marked else [(), (), ()]
    named = zip(("voice", "speaker", "narration"), columns, strict=True)
    return sentences.assign(**{name: pd.Series(list(column), index=sentences.index, dtype=object) for name, column in named})


def count_voices(articles: pd.DataFrame, sentences: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Count what each speaker of each article gets to say.

    How to read it: `words_quoted` counts words in direct and mixed quotations; a speaker who is only paraphrased has 0 there but a
    row. `n_quotes` counts direct quotations and indirect statements; a scrap counts with the statement it stands in,
    and on its own only for a speaker who has nothing else. A speaker may be a text or a count ("the report", "polls"): it is shown as
    printed, beside the people, because words are laid at its door as at theirs.

    Args:
        articles: needs article_id; articles without any voice give no row.
        sentences: SENTENCES, for the paragraphs.
        quotes: QUOTES; those of the title are left out, because titles repeat what the body says.

    Returns:
        VOICE_COUNTS, by article and falling words; `share` is NaN in an article without quoted words. Speakers nobody could
        name are one row, "(unresolved)".
    """
    check_table(quotes, QUOTES)
    body = quotes[(quotes["sentence"] > 0) & quotes["article_id"].isin(set(articles["article_id"]))]
    if body.empty:
        return VOICE_COUNTS.empty()
    named = body["resolved"].astype(object)
    body = body.assign(
        speaker=named.where(~named.str.lower().isin(_PRONOUNS) & (named != ""), UNRESOLVED),
        quoted=body["n_words"].astype(int).where(body["kind"] != "indirect", 0),
    ).merge(sentences[["article_id", "sentence", "paragraph"]], on=["article_id", "sentence"], how="left").sort_values(["article_id", "start"])
    total = body.groupby("article_id")["quoted"].sum()
    ends = {i: (own["speaker"].iat[0], own["speaker"].iat[-1]) for i, own in body[body["kind"] != "indirect"].groupby("article_id")}
    each = body.groupby(["article_id", "speaker"])
    rows = [_counted(article_id, speaker, own, total[article_id], ends.get(article_id, (None, None))) for (article_id, speaker), own in each]
    order = {article_id: n for n, article_id in enumerate(articles["article_id"])}
    rows.sort(key=lambda row: (order[row[1]], -row[3], row[5], row[0]))
    return pd.DataFrame(rows, columns=list(VOICE_COUNTS.columns))


def sample_voices(sentences: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Give the sentences of the body as samples of MEASURES.

    Returns:
        SAMPLES: for each sentence quoted words and attributed words over its words, and coloured over all reporting words (only
        where there are any). Titles are left out: they are no sample of the text.
    """
    check_table(sentences, SENTENCES)
    pieces, rows = _pieces(quotes), []
    for s in sentences[sentences["sentence"] > 0].itertuples():
        own = pieces.get((s.article_id, False), ())
        quoted, attributed, words = _counts(own, s.start, s.end, s.text)
        rows += [(s.article_id, s.sentence, "quote_share", quoted, words), (s.article_id, s.sentence, "attributed_share", attributed, words)]
    cues = quotes[(quotes["sentence"] > 0) & (quotes["stance"] != "") & (quotes["kind"] != "mixed")]
    for (article_id, sentence), own in cues.groupby(["article_id", "sentence"], sort=False):
        rows.append((article_id, sentence, "coloured_cues", int((own["stance"] != "neutral").sum()), len(own)))
    table = pd.DataFrame(rows, columns=list(SAMPLES.columns)) if rows else SAMPLES.empty()
    return table[table["weight"] > 0].reset_index(drop=True)


def find_cut_quotes(quotes: pd.DataFrame, articles: pd.DataFrame, settings: VoiceSettings = DEFAULTS) -> pd.DataFrame:
    """Find quotations that two articles print at different length.

    Why words in order: outlets trim quotations at both ends and with dots in the middle; what both keep stays in order. Words
    that the article prints in another quotation do not count as missing, so a quotation split by "he said" is not a cut one.

    Args:
        quotes: QUOTES; direct and mixed are compared.
        articles: needs article_id and text, in the order wanted.
        settings: how many words must be shared in a row and in all.

    Returns:
        CUT_QUOTES, one row a pair of quotations (the earlier article first); identical words give no row.

    Source: ours: shingles to find pairs, longest matching blocks to align them.
    """
    check_table(quotes, QUOTES)
    texts = dict(zip(articles["article_id"], articles["text"], strict=True))
    said = quotes[(quotes["kind"] != "indirect") & (quotes["sentence"] > 0) & quotes["article_id"].isin(texts)]
    spans = [(q.article_id, int(q.start), int(q.end)) for q in said.sort_values("start").itertuples()]
    words = {span: [w.lower().replace("’", "'") for w in _PLAIN.findall(texts[span[0]], span[1], span[2])] for span in spans}
    everything: dict[str, str] = defaultdict(str)
    for span in spans:
        everything[span[0]] += " ".join(words[span]) + " "
    order = {article_id: n for n, article_id in enumerate(texts)}
    rows = []
    for a, b in sorted(_alike(words, settings.cut_run), key=lambda pair: [(order[s[0]], s[1]) for s in pair]):
        row = _compare(words[a], words[b], (everything[a[0]], everything[b[0]]), settings)
        if row:
            rows.append((a[0], b[0], *a[1:], *b[1:], *row))
    return pd.DataFrame(rows, columns=list(CUT_QUOTES.columns)) if rows else CUT_QUOTES.empty()


def _pieces(quotes: pd.DataFrame) -> dict[tuple[str, bool], tuple]:
    """Index an article's quotations by place: (starts, longest reach so far, rows)."""
    found = {}
    for key, own in quotes.assign(title=quotes["sentence"] == 0).groupby(["article_id", "title"], sort=False):
        rows = sorted(zip(own["start"].astype(int), own["end"].astype(int), own["kind"], own["resolved"], strict=True))
        found[key] = ([r[0] for r in rows], np.maximum.accumulate([r[1] for r in rows]).tolist(), rows)
    return found


def _within(own: tuple, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    if not own:
        return
    starts, reach, rows = own
    for i in range(bisect_right(starts, end - 1) - 1, -1, -1):
        if reach[i] <= start:
            break
        if rows[i][1] > start:
            yield max(rows[i][0], start) - start, min(rows[i][1], end) - start, rows[i][2], rows[i][3]


def _layers(own: tuple, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    quoted, attributed = np.zeros(end - start, dtype=bool), np.zeros(end - start, dtype=bool)
    for a, b, kind, _ in _within(own, start, end):
        (attributed if kind == "indirect" else quoted)[a:b] = True
    return quoted, attributed & ~quoted


def _counts(own: tuple, start: int, end: int, text: str) -> tuple[int, int, int]:
    places = np.array([m.start() for m in _WORD.finditer(text)], dtype=int)
    if not own or not len(places):
        return 0, 0, len(places)
    quoted, attributed = _layers(own, start, end)
    return int(quoted[places].sum()), int(attributed[places].sum()), len(places)


def _voice(own: tuple, start: int, end: int, text: str) -> tuple[str, str, str]:
    found = list(_within(own, start, end))
    if not found:
        return "narrator", "", text
    quoted, attributed, words = _counts(own, start, end, text)
    outside = "".join(" " if hidden else letter for letter, hidden in zip(text, _layers(own, start, end)[0], strict=True))
    narration = " ".join(outside.split()) if _WORD.search(outside) else ""
    if 2 * (quoted + attributed) <= words:
        return "narrator", "", narration
    voice = "quote" if quoted >= attributed else "attributed"
    own_kind = [piece for piece in found if (piece[2] == "indirect") == (voice == "attributed")]
    speaker = max(own_kind, key=lambda piece: (piece[1] - piece[0], piece[3]))[3] if own_kind else ""
    return voice, "" if speaker.lower() in _PRONOUNS else speaker, narration


def _counted(article_id: str, speaker: str, own: pd.DataFrame, total: int, ends: tuple) -> tuple:
    cues = Counter((cue.lower(), stance) for cue, stance in zip(own["cue"], own["stance"], strict=True) if cue)
    cue, stance = max(cues, key=lambda c: (cues[c], c)) if cues else ("", "")
    words = int(own["quoted"].sum())
    share = words / total if total else float("nan")
    return (
        speaker, article_id, int((own["kind"] != "mixed").sum()) or len(own), words, share, int(own["paragraph"].min()),
        speaker == ends[0], speaker == ends[1], cue, stance, sorted({int(n) for n in own["sentence"]}),
    )


def _alike(words: dict[tuple, list[str]], run: int) -> set[tuple]:
    """Pair quotations of different articles that share `run` words in a row."""
    holders = defaultdict(set)
    for span, own in words.items():
        for i in range(len(own) - run + 1):
            holders[tuple(own[i:i + run])].add(span)
    order = {span: n for n, span in enumerate(words)}
    return {tuple(sorted((a, b), key=order.get)) for spans in holders.values() for a in spans for b in spans if a[0] != b[0] and order[a] < order[b]}


def _compare(here: list[str], there: list[str], everything: tuple[str, str], settings: VoiceSettings) -> tuple[str, str, str] | None:
    steps = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    shared = [w for op, a, b, _, _ in steps if op == "equal" and b - a > 2 for w in here[a:b]]
    missing_here = [" ".join(there[c:d]) for op, _, _, c, d in steps if op in ("insert", "replace")]
    missing_there = [" ".join(here[a:b]) for op, a, b, _, _ in steps if op in ("delete", "replace")]
    missing_here = [m for m in missing_here if f" {m} " not in f" {everything[0]}"]
    missing_there = [m for m in missing_there if f" {m} " not in f" {everything[1]}"]
    enough = len(shared) >= max(settings.cut_shared, settings.cut_overlap * min(len(here), len(there)))
    if not enough or not (missing_here or missing_there):
        return None
    return " ".join(shared), " … ".join(missing_here), " … ".join(missing_there)
