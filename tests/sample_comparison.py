"""A small fictional event as a finished Comparison, made by hand: what the dashboard's tests look at, without any model.

Four articles about a closed ferry pier; three origins (B runs A's agency text). Every outlet and person is invented.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.schema import COMPARISON_TABLES, Comparison, check_table

TEXTS = {
    "a1": (
        "Harbour Courier",
        "Council closes north pier after storm",
        "2031-03-02T08:00Z",
        "The council closed the north pier on Sunday. Engineers found cracks in two pillars.\n\n"
        '"The pier is not safe," said Mayor Ilse Brandt. About 40 fishermen use it every day.\n\n'
        "Repairs will cost 2 million. Work starts in April.",
    ),
    "a2": (
        "Island Daily",
        "North pier closed after storm",
        "2031-03-02T09:30Z",
        'The council closed the north pier on Sunday. Engineers found cracks in two pillars.\n\n"The pier is not safe," said Mayor Ilse Brandt.',
    ),
    "a3": (
        "The Lantern",
        "Fishermen locked out as city hall panics",
        "2031-03-02T12:00Z",
        "Furious fishermen were locked out of their pier on Sunday. City hall claimed that two pillars were cracked.\n\n"
        '"They never asked us," said fisherman Oto Lind. The fishermen may lose 60 jobs.\n\n'
        "Repairs will reportedly cost 3 million.",
    ),
    "a4": (
        "Coast Radio",
        "Pier repairs to begin in April",
        "2031-03-03T07:00Z",
        "Repairs to the damaged north pier begin in April. The pier was closed on Sunday.\n\n"
        "Fisherman Oto Lind said the closure came without warning.",
    ),
}


def _articles(texts: dict[str, tuple[str, str, str, str]]) -> pd.DataFrame:
    rows = [
        {
            "article_id": key,
            "outlet": outlet,
            "title": title,
            "published": pd.Timestamp(time),
            "precision": "time",
            "url": "https://example.org/" + key,
            "byline": "",
            "agency": "",
            "language": "en",
            "genre": "opinion" if key == "a4" else "news",
            "provenance": "constructed",
            "text": text,
            "n_words": len(text.split()),
        }
        for key, (outlet, title, time, text) in texts.items()
    ]
    return pd.DataFrame(rows)


def _sentences(articles: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for article in articles.to_dict("records"):
        rows.append(
            {"article_id": article["article_id"], "sentence": 0, "paragraph": 0, "start": 0, "end": len(article["title"]), "text": article["title"]}
        )
        number, at = 1, 0
        for paragraph, block in enumerate(article["text"].split("\n\n"), 1):
            cuts = [0, *(place + 2 for place in range(len(block)) if block[place : place + 2] == ". "), len(block)]
            for left, right in pairwise(cuts):
                words = block[left:right].strip()
                rows.append(
                    {
                        "article_id": article["article_id"],
                        "sentence": number,
                        "paragraph": paragraph,
                        "start": at + left,
                        "end": at + left + len(words),
                        "text": words,
                    }
                )
                number += 1
            at += len(block) + 2
    table = pd.DataFrame(rows)
    quoted = table["text"].str.contains('"', regex=False)
    return table.assign(
        voice=np.where(quoted, "quote", "narrator"), speaker=np.where(quoted, "Ilse Brandt", ""), narration=np.where(quoted, "", table["text"])
    )


def _claims(articles: pd.DataFrame, sentences: pd.DataFrame) -> dict[str, pd.DataFrame]:
    ids = list(articles["article_id"])
    wanted = {"c1": ("a1", 1), "c2": ("a1", 5), "c3": ("a3", 4)}
    index, claims, parallels = [], [], []
    where = {("c1", 0): 1, ("c1", 1): 1, ("c1", 2): 1, ("c1", 3): 2, ("c2", 0): 5, ("c2", 2): 5, ("c3", 2): 4}
    text = sentences.set_index(["article_id", "sentence"])
    last = {key: int(part["sentence"].max()) for key, part in sentences.groupby("article_id")}
    for claim, (source, number) in wanted.items():
        source = ids[int(source[1]) - 1] if int(source[1]) <= len(ids) else ids[0]
        number = min(number, last[source])
        carriers = [place for place in range(len(ids)) if (claim, place) in where]
        coverage = {"c1": "all", "c2": "some", "c3": "one"}[claim]
        index.append(
            {
                "claim_id": claim,
                "label": text.loc[(source, number), "text"],
                "article_id": source,
                "sentence": number,
                "n_origins": len(carriers),
                "share": len(carriers) / len(ids),
                "coverage": coverage,
                "spread": 0.4,
                "conflict": "2 million / 3 million" if claim == "c2" else "",
            }
        )
        for place, key in enumerate(ids):
            sentence = min(where.get((claim, place), 1), last[key])
            row = text.loc[(key, sentence)]
            status = "firm" if (claim, place) in where else ("cannot tell" if place == 1 else "not found")
            claims.append(
                {
                    "claim_id": claim,
                    "article_id": key,
                    "status": status,
                    "left_out": status == "not found" and place == 3,
                    "first": row["paragraph"] if status == "firm" else pd.NA,
                    "sentence": sentence,
                    "sentences": [sentence],
                    "paragraph": row["paragraph"],
                    "start": row["start"],
                    "end": row["end"],
                    "wording": row["text"],
                    "similarity": 0.9 if status == "firm" else 0.2,
                    "attribution": "",
                    "conflict": "3 million" if claim == "c2" and place == 2 else "",
                }
            )
            if status == "firm" and key != source:
                there = text.loc[(source, number), "text"]
                parallels.append(
                    {
                        "claim_id": claim,
                        "article_id": key,
                        "sentence": sentence,
                        "other_id": source,
                        "other_sentence": number,
                        "segments": [["equal", row["text"][:4], there[:4]], ["replace", row["text"][4:], there[4:]]],
                    }
                )
    return {"claim_index": pd.DataFrame(index), "claims": pd.DataFrame(claims), "parallels": pd.DataFrame(parallels)}


def _wording(articles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    first = articles.iloc[0]
    last = articles.iloc[min(2, len(articles) - 1)]
    phrase = {
        "phrase": "locked out",
        "article_id": last["article_id"],
        "outlet": last["outlet"],
        "kind": "only here",
        "count": 2,
        "others": 0,
        "per_1000": 8.1,
        "others_per_1000": 0.0,
        "z": 1.4,
        "sentences": [0, 1],
        "elsewhere": [],
    }
    absent = phrase | {"phrase": "not safe", "kind": "absent here", "count": 0, "others": 2, "sentences": [], "elsewhere": [[first["article_id"], 3]]}
    share = phrase | {"phrase": "fishermen", "kind": "different share", "count": 3, "others": 1, "z": 0.9, "sentences": [0, 1, 4]}
    name = {
        "referent_id": "r1",
        "referent": "Ilse Brandt",
        "kind": "person",
        "outlet": first["outlet"],
        "article_id": first["article_id"],
        "label": "Mayor Ilse Brandt",
        "count": 1,
        "share": 1.0,
        "first_paragraph": 2,
        "voice": "narrator",
        "confidence": "high",
        "sentences": [3],
    }
    other = name | {"outlet": last["outlet"], "article_id": last["article_id"], "label": "City hall", "confidence": "possible", "sentences": [2]}
    cue = {
        "article_id": last["article_id"],
        "sentence": 1,
        "start": 0,
        "end": min(7, len(last["text"])),
        "text": last["text"][:7],
        "kind": "loaded",
        "score": 0.81,
        "note": "the word carries the judgement",
    }
    quotes = [
        {
            "article_id": row["article_id"],
            "sentence": 3,
            "start": row["text"].find('"'),
            "end": row["text"].rfind('"') + 1,
            "kind": "direct",
            "speaker": "Mayor Ilse Brandt",
            "speaker_start": pd.NA,
            "speaker_end": pd.NA,
            "cue": "said",
            "stance": "neutral",
            "resolved": "Ilse Brandt",
            "n_words": 5,
        }
        for row in articles.to_dict("records")
        if '"' in row["text"]
    ]
    voices = [
        {
            "speaker": "Ilse Brandt" if place < 2 else "Oto Lind",
            "article_id": key,
            "n_quotes": 1,
            "words_quoted": 5 - place,
            "share": 1.0,
            "first_paragraph": 2,
            "speaks_first": True,
            "speaks_last": True,
            "cue": "said",
            "stance": "neutral",
            "sentences": [3],
        }
        for place, key in enumerate(articles["article_id"])
    ]
    cut = (
        [
            {
                "article_id": quotes[0]["article_id"],
                "other_id": quotes[1]["article_id"],
                "start": quotes[0]["start"],
                "end": quotes[0]["end"],
                "other_start": quotes[1]["start"],
                "other_end": quotes[1]["end"],
                "shared": "the pier is",
                "missing_here": "",
                "missing_there": "not safe",
            }
        ]
        if len(quotes) > 1
        else []
    )
    themes = {"theme": "economy", "article_id": last["article_id"], "share": 0.4, "others": 0.1, "difference": 0.3, "n": 5, "sentences": [4]}
    return {
        "phrases": pd.DataFrame([phrase, absent, share]),
        "names": pd.DataFrame([name, other]),
        "cues": pd.DataFrame([cue]),
        "quotes": pd.DataFrame(quotes),
        "cut_quotes": pd.DataFrame(cut),
        "voices": pd.DataFrame(voices),
        "themes": pd.DataFrame([themes]),
    }


def _numbers(articles: pd.DataFrame, sentences: pd.DataFrame, measures: dict[str, object]) -> dict[str, pd.DataFrame]:
    ids = list(articles["article_id"])
    sentiments = sentences[["article_id", "sentence"]].assign(
        vader=0.1, sentiment=[(place % 5 - 2) / 4 for place in range(len(sentences))], narration=0.1, loaded=0.3
    )
    samples = pd.concat([sentiments[["article_id", "sentence"]].assign(measure=name, value=sentiments["sentiment"], weight=1.0) for name in measures])
    means, contrasts = [], []
    for name in measures:
        for place, key in enumerate(ids):
            value = np.nan if place == 1 else 0.2 - 0.15 * place
            means.append({"article_id": key, "measure": name, "value": value, "n": 6, "low": value - 0.2, "high": value + 0.2})
            contrasts.append(
                {
                    "article_id": key,
                    "measure": name,
                    "value": value,
                    "others": 0.05,
                    "difference": value - 0.05,
                    "low": value - 0.2,
                    "high": value + 0.1,
                    "n": 6,
                    "n_others": 2,
                    "told": place == 2,
                }
            )
    emphasis = [
        {
            "kind": kind,
            "key": key,
            "article_id": article,
            "headline": int(place == 0),
            "lead": 1,
            "body": place,
            "last": int(place == 2),
            "count": place + 2,
            "prominence": 0.25,
            "first_paragraph": float(place),
            "n_paragraphs": 3,
            "subject_share": 0.5,
            "object_share": 0.1,
            "sentences": [1],
        }
        for kind, key in (("actor", "Ilse Brandt"), ("claim", "c1"))
        for place, article in enumerate(ids)
    ]
    return {
        "sentiments": sentiments,
        "samples": samples,
        "measures": pd.DataFrame(means),
        "contrasts": pd.DataFrame(contrasts),
        "emphasis": pd.DataFrame(emphasis),
    }


def make_comparison(
    texts: dict[str, tuple[str, str, str, str]] = TEXTS, event_id: str = "e1", measures: dict[str, object] | None = None, scope: str = "event"
) -> Comparison:
    """Return the sample event; other texts take the places of the four articles."""
    articles = _articles(texts)
    sentences = _sentences(articles)
    ids = list(articles["article_id"])
    groups = pd.DataFrame(
        {
            "article_id": ids,
            "event_id": event_id,
            "storyline_id": "s1",
            "origin_id": ["o1", "o1", *(f"o{place}" for place in range(2, len(ids)))][: len(ids)],
            "closeness": 0.8,
            "margin": 0.2,
            "why": "same pier, same day",
        }
    )
    comparability = pd.DataFrame(
        {
            "article_id": ids,
            "verdict": (["comparable"] * (len(ids) - 1) + ["with care"]),
            "reasons": [""] * (len(ids) - 1) + ["Published a day later."],
            "completeness": "full",
            "hours": [float(place) for place in range(len(ids))],
        }
    )
    overlaps = pd.DataFrame({"article_id": ids[:1], "other_id": ids[1:2] or ids[:1], "relation": "same text", "containment": 1.0, "ordered": 1.0})
    tables = {
        "articles": articles,
        "sentences": sentences,
        "groups": groups,
        "comparability": comparability,
        "overlaps": overlaps,
        **_claims(articles, sentences),
        **_wording(articles),
        **_numbers(articles, sentences, measures or {"sentiment": None}),
    }
    for contract in COMPARISON_TABLES:
        if tables.get(contract.name, pd.DataFrame()).empty:
            tables[contract.name] = contract.empty()
        check_table(tables[contract.name], contract)
    return Comparison(
        event_id=event_id,
        scope=scope,
        notices=("Three origins: a difference is a hint, not a finding.",),
        tables=tables,
        settings={"claims": {"cut": 0.6}},
        made_with={"parallax": "test"},
    )
