"""Cut sentences into the pieces that can each carry one claim.

A news sentence often states two or three things ("fourteen were hurt when a barrier collapsed"); aligned whole, it would
match every outlet's sentence a little and none well. The pieces are cut by grammar and never reworded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from analysis import schema
from analysis.settings import ClaimSettings

DASHES = frozenset({"—", "–", "--"})
OPENERS = frozenset({"while", "although", "though", "whereas", "but", "when", "after", "as"})
JOINERS = OPENERS | {"and", "or", "that", "so", "yet", "where"}
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
NAMED = frozenset({"NOUN", "PROPN", "NUM"})
NEAR_NOUN = frozenset({"det", "compound", "amod", "poss", "nummod", "nmod"})
PERSONAL = frozenset({"i", "he", "she", "it", "we", "they", "you"})
CLOSING_MARKS = frozenset("”’\"'»")
OPENING_MARKS = frozenset("“‘\"'«„")
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "PROPN", "NUM"})
DATELINE = re.compile(  # "WASHINGTON — ", "LOS ANGELES/CHARLESTON, S.C. (Reuters) - ", "Moscow (TASS) – "; not "Bob Casey (D-Pa.) – who"
    r"(?:[A-Z]{3}[^()\n]{0,47}|[A-Z][^()\n]{2,27})\((?=[A-Z][A-Za-z]{2})[^()\n]{3,30}\)\s{0,2}[-–—]{1,2}\s{0,2}"
    r"|[A-Z]{4}[A-Z .,'’&]{0,30}(?:[A-Z][a-z]{2,8}\.? \d{1,2})?\s{0,2}(?:--|[–—]|(?<= )-)\s{0,2}(?=[\"“‘A-Z])")
FIRST_PARAGRAPHS = 3  # a dateline opens the report, behind a standfirst or a byline at most
EDGE = " ,;—–-\n\t"
EMPTY_LEMMAS = frozenset("say tell add be have do make get take go come mr mrs ms".split())


def split_units(sentences: pd.DataFrame, tokens: pd.DataFrame, settings: ClaimSettings) -> pd.DataFrame:
    """Cut sentences into the pieces that can each carry one claim.

    Cuts: at ";" and at a dash between two clauses; before a clause with its own subject that ends the sentence ("…, while
    police say …", "when a barrier collapsed"), which then begins behind its "while" or "and that"; before a relative clause
    behind a comma that ends the sentence, which begins at the noun it speaks of ("Jane Roe, who was hurt"), so that every piece
    reads as a statement; words without a verb ("For Jane Roe, a nurse") are no piece. A relative clause inside a sentence is a
    piece beside the whole. A piece shorter than `clause_tokens` stays with its neighbour. A dateline ("LONDON (Reuters) -") is
    in no piece. Titles are never cut.

    Args:
        sentences: SENTENCES; an extra `voice` column is ignored.
        tokens: TOKENS of them.
        settings: clause length.

    Returns:
        UNITS sorted by article_id, sentence, start; the pieces of a sentence cover it but for the marks, blanks and joining
        words between them; a relative clause shares its noun with the piece before, or all its words with the piece around it.
        `lemmas` are its content words, `denies` a "not" on its own verb. Empty without sentences.

    Raises:
        TableError: a column is missing.

    Source: METHODS 4.3; subject test ours: without a subject of its own a piece has lost who did it.
    """
    schema.check_table(sentences, schema.SENTENCES)
    schema.check_table(tokens, schema.TOKENS)
    ordered = sentences.sort_values(["article_id", "sentence"], kind="stable")
    parts = _by_sentence(tokens, ["text", "dep", "head", "pos", "lemma", "start"])
    rows = []
    for row in ordered[list(schema.SENTENCES.columns)].itertuples(index=False):
        part = parts.get((row.article_id, row.sentence)) if row.sentence > 0 else None
        first = row.start + _dateline_end(row) if part else row.start
        last = row.start + _quotation_end(row.text, settings) if part else row.end
        cuts = [cut for cut in (_cuts(part, settings) if part else []) if first < cut < last]
        spans = [(start if at == 0 else _behind_joiner(part, start), end)
                 for at, (start, end) in enumerate(zip([first, *cuts], [*cuts, last], strict=True))]
        clause = _relative(part, spans[-1], settings) if part and last == row.end else None
        if clause:
            spans[-1:] = [(spans[-1][0], clause[1]), (clause[0], last)]
        inner = [found for span in spans for found in _inner(part, span, settings)] if part else []
        for start, end in sorted({*spans, *inner}):
            piece = row.text[start - row.start:end - row.start]
            lead = len(piece) - len(piece.lstrip(EDGE))
            text = piece.strip(EDGE)
            if text:
                marks = _marks(parts.get((row.article_id, row.sentence)), start, end)
                rows.append((row.article_id, row.sentence, row.paragraph, start + lead, start + lead + len(text), text, *marks))
    return pd.DataFrame(rows, columns=list(schema.UNITS.columns)) if rows else schema.UNITS.empty()


def _dateline_end(sentence: object) -> int:
    """Where the statement begins behind place, date and agency: with them in the vector, all reports of one agency look alike."""
    found = DATELINE.match(sentence.text) if sentence.paragraph <= FIRST_PARAGRAPHS else None
    return found.end() if found and found.end() < len(sentence.text) else 0


def _quotation_end(text: str, settings: ClaimSettings) -> int:
    """Where a sentence that opens with a quotation and closes with "…, said So-and-so" stops being quotation; else its length.

    The credit is kept apart (`speaker`): with it in the vector, everything one person says looks alike.
    """
    if text[:1] not in OPENING_MARKS:
        return len(text)
    closing = max((at for at in range(2, len(text)) if text[at] in CLOSING_MARKS and text[at - 1] in ",.?!—" and not text[at + 1:at + 2].isalnum()),
                  default=0)
    spoken, credit = text[:closing].split(), text[closing + 1:].split()
    return closing + 1 if len(spoken) >= settings.min_words and len(credit) <= settings.credit_words else len(text)


def _by_sentence(tokens: pd.DataFrame, columns: list[str]) -> dict[tuple[str, int], dict[str, list]]:
    """Columns of each sentence as plain lists; one sort and slices, since 10,000 small DataFrames cost half a minute."""
    ordered = tokens.sort_values(["article_id", "sentence", "token"], kind="stable")
    articles, numbers = ordered["article_id"].tolist(), ordered["sentence"].tolist()
    lists = {column: ordered[column].tolist() for column in columns}
    edges = [at for at in range(len(articles)) if at == 0 or articles[at] != articles[at - 1] or numbers[at] != numbers[at - 1]]
    spans = zip(edges, [*edges[1:], len(articles)], strict=bool(articles))
    return {(articles[first], numbers[first]): {column: values[first:last] for column, values in lists.items()} for first, last in spans}


def _cuts(part: dict[str, list], settings: ClaimSettings) -> list[int]:
    """Character offsets at which the sentence is cut, ascending."""
    text, pos = part["text"], part["pos"]
    words, verbs = [p not in ("PUNCT", "SPACE") for p in pos], [p in ("VERB", "AUX") for p in pos]
    left = _leftmost(part["head"])
    wanted = []
    for at in range(len(text)):
        if text[at] == ";" or (text[at] in DASHES and _holds_clause(part, at + 1)):
            wanted.append(at + 1)
        elif part["dep"][at] in ("conj", "advcl") and pos[at] in ("VERB", "AUX"):
            opening = _opening(at, part, left)
            if opening > 0:
                wanted.append(opening)
    kept, last = [], 0
    for cut in sorted(set(wanted)):
        long_enough = min(sum(words[last:cut]), sum(words[cut:])) >= settings.clause_tokens
        if long_enough and any(verbs[last:cut]) and any(verbs[cut:]):
            kept.append(part["start"][cut])
            last = cut
    return kept


def _behind_joiner(part: dict[str, list], start: int) -> int:
    """Offset of the first word of a piece that does more than join it to the one before."""
    at = next((at for at, offset in enumerate(part["start"]) if offset >= start), len(part["start"]))
    while at + 1 < len(part["text"]) and (part["text"][at].lower() in JOINERS or part["text"][at] == ","):
        at += 1
    return part["start"][at] if at < len(part["start"]) else start


def _relative(part: dict[str, list], span: tuple[int, int], settings: ClaimSettings) -> tuple[int, int] | None:
    """(start of the noun, end of the piece before) of a relative clause behind a comma that runs to the end of the span."""
    for noun, opening, last, inside in _relative_clauses(part, span):
        before, behind = [at for at in inside if at < opening], [at for at in inside if at >= opening]
        stated = any(part["pos"][at] in ("VERB", "AUX") for at in before)
        if part["text"][opening - 1] == "," and last == behind[-1] and stated and min(len(before), len(behind)) >= settings.clause_tokens:
            return part["start"][noun], part["start"][opening - 1]
    return None


def _inner(part: dict[str, list], span: tuple[int, int], settings: ClaimSettings) -> list[tuple[int, int]]:
    """Spans of the relative clauses inside a span, each with its noun: "the council that refused the money" in what it then did."""
    found = []
    for noun, opening, last, inside in _relative_clauses(part, span):
        clause = [at for at in inside if opening <= at <= last]
        if len(clause) >= settings.inner_words and len(inside) - len(clause) >= settings.clause_tokens:
            found.append((part["start"][noun], span[1] if last == inside[-1] else part["start"][last] + len(part["text"][last])))
    return found


def _relative_clauses(part: dict[str, list], span: tuple[int, int]) -> Iterator[tuple[int, int, int, list[int]]]:
    """(first token of its noun, first and last word of the clause, all words of the span) for each relative clause in a span."""
    dep, head, pos = part["dep"], part["head"], part["pos"]
    left = _leftmost(head)
    inside = [at for at, offset in enumerate(part["start"]) if span[0] <= offset < span[1] and pos[at] not in ("PUNCT", "SPACE")]
    for verb in inside:
        opening, noun = left[verb], head[verb]
        if dep[verb] != "relcl" or opening <= noun or pos[noun] not in NAMED:
            continue
        first = min(at for at in range(left[noun], noun + 1) if at == noun or (head[at] == noun and dep[at] in NEAR_NOUN))
        if first >= inside[0]:
            yield first, opening, max(at for at in inside if at == verb or _under(at, verb, head)), inside


def _under(token: int, verb: int, head: list[int]) -> bool:
    for _ in range(len(head)):
        if token == verb:
            return True
        if head[token] == token:
            return False
        token = head[token]
    return False


def _opening(verb: int, part: dict[str, list], left: list[int]) -> int:
    """Token at which the verb's clause opens when it follows its parent and names its own subject; 0 when it does not."""
    dep, head, pos = part["dep"], part["head"], part["pos"]
    children = [child for child, above in enumerate(head) if above == verb and child != verb]
    subject = next((child for child in children if dep[child] in SUBJECTS), None)
    if subject is None or left[verb] <= head[verb] or not (pos[subject] in NAMED or (dep[verb] == "conj" and part["lemma"][subject].lower() in PERSONAL)):
        return 0
    if dep[verb] == "conj":
        joined = next((at for at in range(left[verb] - 1, max(left[verb] - 3, 0), -1) if dep[at] == "cc"), left[verb])
        return joined
    opens_with = {part["lemma"][child].lower() for child in children if dep[child] in ("mark", "advmod") and child < verb}
    return left[verb] if opens_with & OPENERS else 0


def _leftmost(head: list[int]) -> list[int]:
    """Leftmost token under each token."""
    left = list(range(len(head)))
    for token in range(len(head)):
        above, steps = token, 0
        while head[above] != above and steps < len(head):
            above, steps = head[above], steps + 1
            left[above] = min(left[above], token)
    return left


def _holds_clause(part: dict[str, list], first: int) -> bool:
    """Does a clause of its own stand between here and the next dash? An apposition does not."""
    end = next((at for at in range(first, len(part["text"])) if part["text"][at] in DASHES), len(part["text"]))
    return any(part["dep"][at] in SUBJECTS and part["pos"][at] in NAMED and part["pos"][part["head"][at]] in ("VERB", "AUX") for at in range(first, end))


def _marks(part: dict[str, list] | None, start: int, end: int) -> tuple[frozenset[str], bool]:
    """Content lemmas of the piece, and whether its own verb is denied: a "not" deeper down does not turn the claim round."""
    if part is None:
        return frozenset(), False
    inside = [at for at, offset in enumerate(part["start"]) if start <= offset < end]
    lemmas = frozenset(part["lemma"][at].lower() for at in inside if part["pos"][at] in CONTENT) - EMPTY_LEMMAS
    denies = any(part["dep"][at] == "neg" and part["dep"][part["head"][at]] in ("ROOT", "ccomp", "conj", "advcl") for at in inside)
    return lemmas, denies


def credit_units(units: pd.DataFrame, quotes: pd.DataFrame) -> pd.DataFrame:
    """Add `speaker`, who is credited for most of the unit's characters ('' = the outlet itself, or a mere "it"), and `quoted`, in quotation marks.

    Args:
        units: UNITS.
        quotes: QUOTES of the same articles (may be empty).

    Returns:
        UNITS with `speaker` and `quoted`, in the given order.

    Raises:
        TableError: a column is missing.

    Source: ours: reason; used as the other-speaker veto of METHODS 4.3 and as the cell's attribution.
    """
    schema.check_table(units, schema.UNITS)
    schema.check_table(quotes, schema.QUOTES)
    spans = {key: list(zip(part["start"], part["end"], part["resolved"], part["sentence"], part["kind"], strict=True))
             for key, part in quotes.groupby("article_id", sort=False)}
    speakers, quoted = [], []
    for article, sentence, start, end in units[["article_id", "sentence", "start", "end"]].itertuples(index=False):
        best, name, direct = 0, "", False
        for first, last, speaker, number, kind in spans.get(article, ()):
            shared = min(last, end) - max(first, start)
            if shared > best and (number == 0) == (sentence == 0):
                best, name, direct = shared, "" if (speaker or "").lower() in PERSONAL else speaker, kind != "indirect"
        speakers.append(name)
        quoted.append(direct)
    return units.assign(speaker=speakers, quoted=quoted)
