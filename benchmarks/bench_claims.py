"""How often aligned claims are one fact, and how often "not found" is true, on hand-labelled pairs and cells.

    python benchmarks/bench_claims.py DATA

DATA holds basil.jsonl.gz and seesaw.jsonl.gz (their `sentences` are the sentence numbers, 0 is the title). labels/claims.csv
names sentences only: `pair` = 300 pairs of one event, each the other's nearest in one direction, spread evenly over cosine
.50 to .90, `same` = one reader says both state one fact; `absent` = 60 cells the tool called "not found", `same` = the article
indeed lacks the fact (one reader, the three closest sentences read). Three kinds come from events that hold none of these, one
reader: `likely` = 128 pairs the tool called likely, at most two an event, and `study` = the other 96 such pairs of the half
"choose", for looking for a rule, both labelled before a feature was looked at; `thin` = 44 firm pairs that share less than two
telling words besides names, at most two an event, read knowing that. Thresholds were chosen looking at the half marked "choose"; "report" is the other
half, split by event. Prints two lines a half, with Wilson intervals (90 %); about seven minutes on one core.
"""

import gzip
import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis import schema
from analysis.corpus.sentences import parse_texts, text_key
from analysis.events.embed import load_embed
from analysis.framing import absences, claims, comparability, conflicts, links, units, values
from analysis.settings import Settings

LABELS = Path(__file__).parent / "labels" / "claims.csv"
SETTINGS = Settings()


def read_events(folder, wanted):
    """event -> its records, for events that hold a labelled article."""
    events = {}
    for name in ("basil", "seesaw"):
        with gzip.open(Path(folder) / f"{name}.jsonl.gz", "rt", encoding="utf8") as lines:
            for record in map(json.loads, lines):
                events.setdefault(f"{name}:{record['event']}", []).append(record)
    return {event: records for event, records in events.items() if any(record["id"] in wanted for record in records)}


def tables_of(records):
    """ARTICLES, SENTENCES, TOKENS and GROUPS with the set's own sentences, one paragraph each."""
    articles, sentences = [], []
    for record in records:
        text, at = "\n\n".join(record["sentences"]), 0
        articles.append({**dict.fromkeys(schema.ARTICLES.columns, ""), "article_id": record["id"], "outlet": record["outlet"], "title": record["title"],
                         "published": pd.Timestamp(record["date"], tz="UTC"), "precision": "day", "language": "en", "genre": "news", "text": text,
                         "n_words": len(text.split())})
        sentences.append((record["id"], 0, 0, 0, len(record["title"]), record["title"]))
        for number, sentence in enumerate(record["sentences"], 1):
            sentences.append((record["id"], number, number, at, at + len(sentence), sentence))
            at += len(sentence) + 2
    sentences = pd.DataFrame(sentences, columns=list(schema.SENTENCES.columns))
    parsed = parse_texts(sentences["text"].unique().tolist(), whole=True)[1].drop(columns=["sentence"])
    keyed = sentences.assign(text_key=[text_key(text, whole=True) for text in sentences["text"]])[["article_id", "sentence", "start", "text_key"]]
    tokens = keyed.rename(columns={"start": "base"}).merge(parsed, on="text_key")
    tokens = tokens.assign(start=tokens["start"] + tokens["base"], end=tokens["end"] + tokens["base"])[list(schema.TOKENS.columns)]
    ids = [record["id"] for record in records]
    groups = pd.DataFrame({"article_id": ids, "event_id": "e", "storyline_id": "s", "origin_id": ids, "closeness": 1.0, "margin": 1.0, "why": ""})
    return pd.DataFrame(articles), sentences, tokens, groups


def align(records, embed):
    """CLAIMS of one event, the way the pipeline makes them, without quotations."""
    articles, sentences, tokens, groups = tables_of(records)
    judged = comparability.judge_comparability(articles, sentences, groups, schema.OVERLAPS.empty(), SETTINGS.claims)
    pieces = units.credit_units(units.split_units(sentences, tokens, SETTINGS.claims), schema.QUOTES.empty())
    vectors, stated = embed(pieces["text"].tolist()), values.read_values(pieces, tokens, SETTINGS.claims)
    linked = links.link_units(pieces, vectors, stated, groups, SETTINGS.claims)
    index, cells = claims.align_claims(claims.Evidence(pieces, vectors, linked, articles, groups, judged), SETTINGS.claims)
    index, cells = conflicts.mark_conflicts(index, cells, stated, articles, SETTINGS.claims)
    return absences.mark_left_out(cells, articles, groups, judged, SETTINGS.claims)


def tier(cells, label):
    """firm, likely or none for a pair: the better of the claims both sentences stand in."""
    carried = cells[cells["status"].isin(["firm", "likely"])]
    sides = []
    for article, sentence in ((label.article_id, label.sentence), (label.other_id, label.other_sentence)):
        here = carried[carried["article_id"] == article]
        sides.append(here[here["sentences"].map(lambda found, number=sentence: number in found)].set_index("claim_id")["status"])
    shared = sides[0].index.intersection(sides[1].index)
    tiers = ["firm" if sides[0][claim] == sides[1][claim] == "firm" else "likely" for claim in shared]
    return "firm" if "firm" in tiers else "likely" if tiers else "none"


def cell_status(cells, label):
    """Status of the labelled article's cell in the claim that the labelled sentence stands in."""
    carried = cells[(cells["article_id"] == label.article_id) & cells["status"].isin(["firm", "likely"])]
    home = carried.loc[carried["sentences"].map(lambda found: label.sentence in found), "claim_id"]
    found = cells[cells["claim_id"].isin(home) & (cells["article_id"] == label.other_id)]["status"]
    return found.iloc[0] if len(found) else "none"


def main(folder):
    labels = pd.read_csv(LABELS)
    embed = load_embed(SETTINGS.events)
    rows = []
    for event, records in sorted(read_events(folder, set(labels["article_id"])).items()):
        cells, ids = align(records, embed), {record["id"] for record in records}
        half = "choose" if int(hashlib.md5(event.encode()).hexdigest(), 16) % 2 == 0 else "report"
        for label in labels[labels["article_id"].isin(ids)].itertuples():
            rows.append((half, label.kind, cell_status(cells, label) if label.kind == "absent" else tier(cells, label), label.same))
    found = pd.DataFrame(rows, columns=["half", "kind", "answer", "same"])
    for half, part in (("choose", found[found["half"] == "choose"]), ("report", found[found["half"] == "report"]), ("all", found)):
        print(f"{half:8}{old_line(part)}\n{'':8}{fresh_line(part)}")


def old_line(part):
    """Precision of both tiers, recall and "not found" on the pairs and cells spread over the cosine."""
    pairs, absent = part[part["kind"] == "pair"], part[(part["kind"] == "absent") & (part["answer"] == "not found")]
    recall = (pairs["same"] * pairs["answer"].ne("none")).sum() / pairs["same"].sum()
    return f"{precision(pairs, 'firm')}  {precision(pairs, 'likely')}  recall {recall:.3f}  not found precision {absent['same'].mean():.3f} (n={len(absent)})"


def fresh_line(part):
    """The likely tier on pairs drawn from it alone, and the firm pairs that share little but names."""
    asked = {"fresh": ("likely", "likely"), "study": ("study", "likely"), "thin": ("thin", "firm")}
    parts = {name: part[(part["kind"] == kind) & (part["answer"] == answer)] for name, (kind, answer) in asked.items()}
    return "  ".join(f"{name}: {precision(pairs, asked[name][1])}" for name, pairs in parts.items() if len(pairs))


def precision(pairs, answer):
    """Share of the pairs of one tier that are one fact, its Wilson interval (90 %), and n."""
    same = pairs.loc[pairs["answer"] == answer, "same"]
    n, share, z = max(len(same), 1), same.mean(), 1.645
    middle, reach = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return f"{answer} {share:.3f} ({low:.2f} to {high:.2f}, n={len(same)})"


if __name__ == "__main__":
    main(sys.argv[1])
