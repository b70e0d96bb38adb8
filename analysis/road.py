"""The road: split -> embed -> group -> claims, wording, sentiment, emphasis -> Comparison. Nothing else joins the stages.

Every function hands tables from one stage to the next and decides nothing of its own; none of them knows files, a library or
a screen. The same functions serve five articles, a library of 100,000 and a partition of a distributed run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.corpus import sentences as sentences_
from analysis.events import embed as embed_
from analysis.events import origins
from analysis.framing import (
    absences,
    claims,
    comparability,
    conflicts,
    contrasts,
    cues,
    emphasis,
    links,
    loaded,
    naming,
    parallels,
    quotes,
    references,
    sentiment,
    speakers,
    standins,
    statements,
    themes,
    units,
    values,
    voices,
    wording,
)
from analysis.grouping import group as group
from analysis.grouping import regroup as regroup
from analysis.schema import COMPARISON_TABLES, Comparison, Embed, InputError, Measure, Scan
from analysis.settings import Settings

Progress = Callable[[str], None]
Parse = Callable[[pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]
"""ARTICLES -> (SENTENCES, TOKENS); a library's remembers parses by the text's hash."""

VERSION = "0.1.0"
MEASURES: dict[str, Measure] = {measure.name: measure for stage in (sentiment, voices, cues, loaded) for measure in stage.MEASURES}


def quiet(step: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Parsed:
    """What the parser and the voices say of some articles: SENTENCES with voices, TOKENS, QUOTED (all marks), QUOTES."""

    sentences: pd.DataFrame
    tokens: pd.DataFrame
    quoted: pd.DataFrame
    quotes: pd.DataFrame


def parse(articles: pd.DataFrame, settings: Settings, split: Parse | None = None, *, one_event: bool = False) -> Parsed:
    """Split articles into sentences and find who speaks in them.

    Args:
        articles: ARTICLES. settings: all settings.
        split: gives SENTENCES and TOKENS; the parser itself when left out.
        one_event: the articles speak of the same people, so a speaker gets the name they know together.
    """
    plain, tokens = (split or (lambda table: sentences_.split_sentences(table, settings.voices)))(articles)
    quoted = quotes.find_quoted(articles, plain, settings.voices)
    said = statements.find_statements(plain, tokens, quoted)
    named = speakers.name_speakers(plain, tokens, quoted, said, settings.voices)
    found = references.resolve_speakers(plain, tokens, named, settings.voices)
    if one_event:
        found = references.unify_speakers(found, tokens, naming.know_names(articles, tokens), naming.know_groups(articles, tokens))
    return Parsed(voices.mark_voices(plain, found), tokens, quoted, found)


@dataclass(frozen=True)
class Scored:
    """Sentence-level scores of some parsed articles: SENTIMENTS and CUES, with the vectors of the sentences in their order."""
    sentiments: pd.DataFrame
    cues: pd.DataFrame
    vectors: np.ndarray


def scan_wording(settings: Settings, store: embed_.VectorStore | None = None) -> Scan:
    """Return the encoder's scan along the directions of the loaded-wording weights in force, asking the store first."""
    weights = loaded.load_loaded(settings.sentiment.loaded_weights)
    scan = embed_.load_scan(settings.events, weights["layers"].tolist(), weights["directions"])
    return embed_.remember_scan(scan, store if store is not None else embed_.Memory(), weights["digest"], loaded.WIDTH)


def score(parsed: Parsed, embed: Embed, settings: Settings, *, scan: Scan | None = None, spans: bool = True) -> Scored:
    """Give every sentence its sentiment and mark the cues in the narrator's voice.

    Args:
        parsed: the articles' sentences, tokens and quotations. embed: the encoder. settings: all settings.
        scan: reads words in context along the directions of the loaded-wording weights; `scan_wording` when left out.
        spans: also find which words make a sentence loaded.
    """
    table = parsed.sentences
    texts, narration = table["text"].tolist(), table["narration"].tolist()
    scan = scan or scan_wording(settings)
    pieces = scan(narration)  # first: what it reads the encoder need not read again
    vectors, narrated = embed(texts), embed(narration)
    sentiments = sentiment.score_sentiment(table, vectors, settings.sentiment, narrated)
    sentiments["loaded"] = loaded.score_loaded(narration, narrated, pieces, settings.sentiment)
    marks = [cues.mark_cues(table, parsed.tokens, parsed.quotes, parsed.quoted, settings.voices)]
    if spans:
        marks.append(loaded.mark_loaded(table, parsed.tokens, sentiments, scan, settings.sentiment))
    return Scored(sentiments, pd.concat(marks, ignore_index=True), vectors)


def compare(articles: pd.DataFrame, groups: pd.DataFrame, subject: str, embed: Embed, settings: Settings, *,
            split: Parse | None = None, scan: Scan | None = None, progress: Progress = quiet) -> Comparison:
    """Compare the articles of one event or storyline.

    Args:
        articles: ARTICLES; those of the subject are used.
        groups: their GROUPS.
        subject: an event_id or a storyline_id.
        embed: the encoder. settings: all settings.
        split: gives SENTENCES and TOKENS; the parser when left out. scan: as in `score`.
        progress: told the name of each step.

    Returns:
        The Comparison; it depends neither on the order of the rows, nor on names, nor on articles outside the subject.

    Raises:
        InputError: no event or storyline has this id.
    """
    embed = embed_.remember(embed, embed_.Memory())  # a sentence, its narration and its clause are mostly the same words
    scope, rows = members_of(groups, subject)
    chosen, members, ids = standins.number_articles(articles[articles["article_id"].isin(rows["article_id"])], rows)
    overlaps = origins.find_overlaps(chosen, settings.events)
    if scope == "storyline":  # an origin is found inside an event; one text printed in two events of a storyline is still one voice
        members = members.drop(columns="origin_id").merge(origins.find_origins(chosen, overlaps), on="article_id")[members.columns.tolist()]
    progress(f"reading {len(chosen)} articles")
    parsed = parse(chosen, settings, split, one_event=True)
    chosen = chosen.assign(genre=comparability.recognise_genres(chosen, parsed.quoted, settings.claims))
    judged = comparability.judge_comparability(chosen, parsed.sentences, members, overlaps, settings.claims)
    progress("measuring sentiment and marking cues")
    scored = score(parsed, embed, settings, scan=scan)
    progress("lining up claims")
    index, cells, stated = _claims(parsed, chosen, members, judged, embed, settings)
    if scope == "event":  # different happenings neither contradict each other nor leave out each other's facts
        index, cells = conflicts.mark_conflicts(index, cells, stated, chosen, settings.claims)
        cells = absences.mark_left_out(cells, chosen, members, judged, settings.claims)
    progress("comparing wording, names and emphasis")
    evidence = naming.Evidence(chosen, parsed.sentences, parsed.tokens, parsed.quotes, cells)
    referents = naming.find_referents(evidence)
    tables = {
        "articles": chosen, "sentences": parsed.sentences, "quotes": parsed.quotes, "overlaps": overlaps, "groups": members, "comparability": judged,
        "claim_index": index, "claims": cells, "parallels": parallels.find_parallels(cells, index),
        "phrases": wording.count_phrases(parsed.sentences, parsed.tokens, chosen, members, settings.wording),
        "names": naming.link_names(evidence, referents, settings.wording),
        "voices": voices.count_voices(chosen, parsed.sentences, parsed.quotes),
        "cut_quotes": voices.find_cut_quotes(parsed.quotes, chosen, settings.voices),
        "cues": scored.cues, "sentiments": scored.sentiments,
        "emphasis": emphasis.weigh_emphasis(chosen, parsed.sentences, naming.list_mentions(referents, parsed.tokens), cells, settings.claims),
        "themes": themes.find_themes(parsed.sentences, scored.vectors, embed, members, settings.sentiment),
        **_contrasts(parsed, scored, members, judged, settings),
    }
    notices = comparability.notices(chosen, members, judged, scope)
    tables = standins.restore_ids(tables, ids) | {"groups": rows}
    made_with = {"parallax": VERSION, "encoder": embed_.BACKEND, "parser": sentences_.MODEL_DIGEST[:12],
                 "articles": standins.digest_articles(tables["articles"])}
    return Comparison(subject, scope, notices, {table.name: tables[table.name] for table in COMPARISON_TABLES}, settings.as_dict(), made_with)


def contrast_reports(articles: pd.DataFrame, groups: pd.DataFrame, subject: str, embed: Embed, settings: Settings, *,
                     split: Parse | None = None, scan: Scan | None = None) -> pd.DataFrame:
    """Take the measures of one event's reports and set each against the others, without lining up claims, names or phrases.

    Args:
        articles, groups, subject, embed, settings, split, scan: as in `compare`; `subject` is an event_id. Takes about a third of its time.

    Returns:
        CONTRASTS of the articles that are reports: an opinion piece speaks for its writer, so it says nothing of its outlet's news.

    Raises:
        InputError: no event has this id.
    """
    rows = members_of(groups, subject)[1]
    chosen, members, ids = standins.number_articles(articles[articles["article_id"].isin(rows["article_id"])], rows)
    parsed, memory = parse(chosen, settings, split), embed_.remember(embed, embed_.Memory())
    chosen = chosen.assign(genre=comparability.recognise_genres(chosen, parsed.quoted, settings.claims))
    judged = comparability.judge_comparability(chosen, parsed.sentences, members, origins.find_overlaps(chosen, settings.events), settings.claims)
    found = _contrasts(parsed, score(parsed, memory, settings, scan=scan, spans=False), members, judged, settings)["contrasts"]
    reports = found[found["article_id"].isin(chosen.loc[chosen["genre"] == "news", "article_id"])].reset_index(drop=True)
    return reports.assign(article_id=reports["article_id"].map(ids))


def compare_as_one(articles: pd.DataFrame, embed: Embed, settings: Settings, *,
                   split: Parse | None = None, scan: Scan | None = None) -> Comparison:
    """Compare articles as one event, whatever grouping would say, with origins found anew: what the self-checks need."""
    alike = origins.find_origins(articles, origins.find_overlaps(articles, settings.events))
    groups = alike.assign(event_id="one", storyline_id="one", closeness=np.nan, margin=np.nan, why="")
    return compare(articles, groups, "one", embed, settings, split=split, scan=scan)


def members_of(groups: pd.DataFrame, subject: str) -> tuple[str, pd.DataFrame]:
    """Return ("event" or "storyline", its GROUPS rows by article_id).

    Raises:
        InputError: no event or storyline has this id.
    """
    for scope in ("event", "storyline"):
        members = groups[groups[f"{scope}_id"] == subject]
        if len(members):
            return scope, members.sort_values("article_id", ignore_index=True)
    raise InputError("there is no such event or storyline", where=subject, remedy="look for it in the overview")


def _claims(parsed: Parsed, chosen: pd.DataFrame, members: pd.DataFrame, judged: pd.DataFrame, embed: Embed, settings: Settings):
    """CLAIM_INDEX, CLAIMS and the VALUES stated in them."""
    pieces = units.credit_units(units.split_units(parsed.sentences, parsed.tokens, settings.claims), parsed.quotes)
    rows = embed(pieces["text"].tolist())
    stated = values.read_values(pieces, parsed.tokens, settings.claims)
    linked = links.link_units(pieces, rows, stated, members, settings.claims)
    return *claims.align_claims(claims.Evidence(pieces, rows, linked, chosen, members, judged), settings.claims), stated


def _contrasts(parsed: Parsed, scored: Scored, members: pd.DataFrame, judged: pd.DataFrame, settings: Settings) -> dict[str, pd.DataFrame]:
    """SAMPLES of every measure, their MEASURES and CONTRASTS."""
    origin_of = dict(zip(members["article_id"], members["origin_id"], strict=True))
    samples = pd.concat([
        sentiment.sample_sentiment(parsed.sentences, scored.sentiments, origin_of, settings.sentiment),
        voices.sample_voices(parsed.sentences, parsed.quotes),
        cues.sample_cues(parsed.sentences, parsed.quotes, scored.cues),
        loaded.sample_loaded(parsed.sentences, scored.sentiments, settings.sentiment),
    ], ignore_index=True)
    known = list(MEASURES.values())
    return {"samples": samples, "measures": contrasts.measure_articles(samples, known, settings.claims),
            "contrasts": contrasts.contrast_articles(samples, known, members, judged, settings.claims)}
