"""House style folded away: what a newsroom's style book decides is not how an article frames. A leaf under wording and naming.

Folding only decides what counts as the same; what is shown is always what was printed. A fold may therefore be broader than a
dictionary would allow ("promise" and "advise" both pass through -ise to -ize): it must only be the same for everybody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import pandas as pd

TITLES = {
    "rep": "representative", "reps": "representative", "sen": "senator", "sens": "senator", "gov": "governor", "govs": "governor", "gen": "general",
    "col": "colonel", "lt": "lieutenant", "capt": "captain", "sgt": "sergeant", "cpl": "corporal", "maj": "major", "cmdr": "commander",
    "adm": "admiral", "cllr": "councilor", "cllrs": "councilor", "pres": "president", "prof": "professor", "supt": "superintendent",
    "insp": "inspector", "det": "detective", "atty": "attorney", "rev": "reverend", "amb": "ambassador", "dept": "department", "govt": "government",
    "assn": "association", "co": "company", "corp": "corporation", "inc": "incorporated", "ltd": "limited", "univ": "university", "st": "saint",
}
COURTESIES = frozenset("mr mrs ms miss mx dr sir dame lord lady messrs hon".split())
_RANKS = frozenset(
    "representative senator governor general colonel lieutenant captain sergeant corporal major commander admiral councilor president professor"
    " superintendent inspector detective attorney reverend ambassador congressman congresswoman secretary".split())
_ACRONYMS = {
    "us": "united states", "usa": "united states", "uk": "united kingdom", "eu": "european union", "un": "united nations", "uae": "united arab emirates",
}
_SPELLED_OUT = {tuple(full.split()): full for full in _ACRONYMS.values()}
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split())
_WHEN = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun yesterday today tomorrow tonight".split())
_CLOCK = frozenset("a.m. p.m. am pm gmt utc est edt bst cet".split())
_UNITS = frozenset("£ $ € ¥ pound dollar euro ruble rouble yen m bn million billion trillion".split())
_WORDS = {
    "grey": "gray", "mould": "mold", "plough": "plow", "programme": "program", "sceptic": "skeptic", "sceptical": "skeptical", "tyre": "tire",
    "kerb": "curb", "storey": "story", "cheque": "check", "jewellery": "jewelry", "aluminium": "aluminum", "fulfil": "fulfill", "enrol": "enroll",
    "skilful": "skillful", "wilful": "willful", "instalment": "installment", "enquiry": "inquiry", "defence": "defense", "offence": "offense",
    "licence": "license", "pretence": "pretense", "practise": "practice", "towards": "toward", "afterwards": "afterward", "whilst": "while",
    "amongst": "among", "ageing": "aging", "judgement": "judgment", "adviser": "advisor", "e-mail": "email", "per cent": "percent", "cent": "percent",
    "%": "percent", "autumn": "fall", "manoeuvre": "maneuver", "paediatric": "pediatric", "anaesthetic": "anesthetic", "moustache": "mustache",
    "okay": "ok", "n't": "not", "gop": "republican", "health-care": "healthcare", "web-site": "website", "on-line": "online",
}
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{2})our(?=$|hood|it|abl|ful|less|er$|ist|ed$|ing$|y$)"), "or"),  # harbour, neighbourhood, favourite
    (re.compile(r"(?<=[a-z]{2})is(?=e$|ed$|ing$|er$|ation$|ational$)"), "iz"),  # organise, organisation
    (re.compile(r"ys(?=e$|ed$|ing$)"), "yz"),  # analyse
    (re.compile(r"(?<=[a-z]{2}[bt])re$"), "er"),  # centre, fibre
    (re.compile(r"(?<=[a-z]{2})ogue$"), "og"),  # dialogue
    (re.compile(r"(?<=[a-z]{2})ll(?=ed$|ing$|er$|or$|ation$)"), "l"),  # travelled, councillor
)
_MARKS = str.maketrans({**dict.fromkeys("‘’‛′`", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("–—−", "-")})
_DASHES = frozenset({"-", "–", "—", "--"})
_DATELINE_TOKENS = 16  # "WENDLEMOUTH, March 12 (Estuary Wire) -" is ten; beyond sixteen a dash belongs to the sentence


def fold_word(word: str) -> str:
    """Return one word in the form in which house styles agree: small letters, straight marks, titles in full, one spelling.

    Source: METHODS 2.2; spelling rules ours: suffixes in which British and American printing differ.
    """
    word = word.translate(_MARKS).lower().strip("'\"")
    bare = word.replace(".", "")
    if bare in _ACRONYMS and ("." in word or bare != "us"):
        return _ACRONYMS[bare]
    word = TITLES.get(bare, _WORDS.get(word, bare if word.endswith(".") else word))
    if len(word) > 4:
        for pattern, american in _SPELLINGS:
            word = pattern.sub(american, word)
    return word


def fold_style(tokens: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Add to each token the term it counts as; house style that says nothing gets ''.

    Folded: Rep. / Representative, per cent / percent / %, U.S. / US / United States, curly and straight marks, capitals, British and American
    spelling. Dropped: Mr. and Ms., weekdays, dates and clock times, sums' units, numerals, datelines, the article's own outlet and
    the agency it credits.

    Args:
        tokens: TOKENS.
        articles: needs article_id, outlet, agency.

    Returns:
        TOKENS with `term`, sorted by article, sentence and token.
    """
    ordered = tokens.sort_values(["article_id", "sentence", "token"], kind="stable").reset_index(drop=True)
    term = lru_cache(maxsize=None)(_term)  # an event has some thousand distinct tokens
    terms = [term(*kind) for kind in zip(*(ordered[column].astype("str") for column in ("text", "lemma", "pos", "tag")), strict=True)]
    names = {row.article_id: [name for name in (row.outlet, row.agency) if name] for row in articles.itertuples(index=False)}
    folded = ordered.assign(term=terms)
    _join_spelled_out(folded)
    _drop_ranks(folded)
    _drop_datelines(folded)
    _drop_own_names(folded, names)
    return folded


def by_sentence(tokens: pd.DataFrame) -> list[list]:
    """Return the rows of each sentence, in order."""
    parts: dict[tuple[str, int], list] = defaultdict(list)
    for row in tokens.itertuples(index=False):
        parts[row.article_id, row.sentence].append(row)
    return list(parts.values())


def _term(text: str, lemma: str, pos: str, tag: str) -> str:
    lowered = text.translate(_MARKS).lower()
    bare = lowered.replace(".", "").strip("'\"")
    if pos in ("PUNCT", "SPACE", "SYM", "NUM", "DET", "X") and bare != "%" or tag == "POS" or not bare:
        return ""
    if bare in COURTESIES or bare in _WHEN or lowered in _CLOCK or bare in _UNITS or lemma.lower() in _UNITS or any(letter.isdigit() for letter in bare):
        return ""
    if bare in _MONTHS and pos == "PROPN":
        return ""
    if bare == "us" and text == "US":
        return _ACRONYMS["us"]
    # The parser's lemma of a name keeps its capitals and sometimes its plural; the printed word is the safer form there.
    return fold_word(text if pos == "PROPN" else lemma or text)


def _join_spelled_out(folded: pd.DataFrame) -> None:
    """Let "United States" count as one term on its last word, as "US" does."""
    terms, sentences = folded["term"].tolist(), folded["sentence"].tolist()
    for at in range(1, len(terms)):
        for width in (2, 3):
            words = tuple(terms[max(0, at + 1 - width):at + 1])
            if words in _SPELLED_OUT and sentences[at + 1 - width] == sentences[at]:
                terms[at + 1 - width:at] = [""] * (width - 1)
                terms[at] = _SPELLED_OUT[words]
    folded["term"] = terms


def _drop_ranks(folded: pd.DataFrame) -> None:
    """Drop the rank before a name: whether it says Senator Gull or Mr. Gull is the style book's choice."""
    names = (folded["pos"] == "PROPN") & (folded["term"] != "")
    before = names.shift(-1, fill_value=False) & (folded["sentence"] == folded["sentence"].shift(-1))
    folded.loc[before & folded["term"].isin(_RANKS), "term"] = ""


def _drop_datelines(folded: pd.DataFrame) -> None:
    """Drop "TOWN, March 12 (Agency) -" at the head of a body."""
    first = folded[(folded["sentence"] == 1) & (folded["token"] < _DATELINE_TOKENS)]
    for _, opening in first.groupby("article_id", observed=True, sort=False):
        texts = opening["text"].astype("str").tolist()
        end = next((at for at, text in enumerate(texts) if text in _DASHES), 0)
        has_source = "(" in texts[:end] and ")" in texts[:end]
        if end and texts[0].isupper() and (has_source or all(not text.isalpha() or text[0].isupper() for text in texts[:end])):
            folded.loc[opening.index[:end + 1], "term"] = ""


def _drop_own_names(folded: pd.DataFrame, names: dict[str, list[str]]) -> None:
    """Drop an article's own outlet: its whole name, and "the Tiller" for The Morning Tiller."""
    for article_id, part in folded.groupby("article_id", observed=True, sort=False):
        texts = part["text"].astype("str").tolist()
        own: list[int] = []
        for name in names.get(article_id, []):
            words = name.removeprefix("The ").split()
            own += [at + step for at in range(len(texts) - len(words) + 1) if texts[at:at + len(words)] == words for step in range(len(words))]
            own += [at + 1 for at in range(len(texts) - 1) if len(words) > 1 and texts[at].lower() == "the" and texts[at + 1] == words[-1]]
        if own:
            folded.loc[part.index[own], "term"] = ""
