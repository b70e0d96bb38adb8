import pandas as pd
import pytest

from analysis.framing.aliases import noun_kinds
from analysis.framing.naming import Evidence, find_referents, list_mentions
from analysis.framing.naming import link_names as link_names_of
from analysis.schema import ARTICLES, CLAIMS, NAMES, QUOTES, SENTENCES, TOKENS, TableError
from analysis.settings import WordingSettings

SETTINGS = WordingSettings()


def link_names(evidence, settings):
    return link_names_of(evidence, find_referents(evidence), settings)


LEMMAS = {"protesters": "protester", "residents": "resident", "officers": "officer", "steps": "step", "drove": "drive", "pushed": "push", "nurses": "nurse",
          "agitators": "agitator", "thugs": "thug", "members": "member"}
LETTERS = {"N": "NOUN", "P": "PROPN", "V": "VERB", "D": "DET", "A": "ADJ", "I": "ADP", "M": "NUM", "X": "PUNCT", "R": "ADV", "U": "AUX", "T": "PART"}


def sentence_of(article_id: str, number: int, written: str) -> tuple[dict, list[dict]]:
    """One sentence from "word/N/dep/head/ENTITY" pieces; an entity that carries on from the word before is written with a +."""
    tokens, start = [], 0
    for at, piece in enumerate(written.split()):
        word, pos, dep, head, entity = (piece.split("/") + [""])[:5]
        tokens.append({"article_id": article_id, "sentence": number, "token": at, "start": start, "end": start + len(word), "text": word,
                       "lemma": LEMMAS.get(word.lower(), word if pos == "P" else word.lower()), "pos": LETTERS[pos], "tag": "", "dep": dep, "head": int(head),
                       "entity": entity.lstrip("+"), "entity_begins": bool(entity) and not entity.startswith("+")})
        start += len(word) + 1
    text = " ".join(token["text"] for token in tokens)
    return {"article_id": article_id, "sentence": number, "paragraph": number, "start": 0, "end": len(text), "text": text}, tokens


def evidence_of(claims: pd.DataFrame | None = None, quotes: pd.DataFrame | None = None, **texts: list[str]) -> Evidence:
    parsed = [sentence_of(article_id, number, written) for article_id, lines in texts.items() for number, written in enumerate(lines, 1)]
    articles = pd.DataFrame({"article_id": list(texts)}).reindex(columns=list(ARTICLES.columns)).assign(agency="", outlet=[f"Outlet {a}" for a in texts])
    tokens = pd.DataFrame([token for _, found in parsed for token in found], columns=list(TOKENS.columns))
    return Evidence(articles, pd.DataFrame([row for row, _ in parsed], columns=list(SENTENCES.columns)), tokens,
                    QUOTES.empty() if quotes is None else quotes, CLAIMS.empty() if claims is None else claims)


def claim(*article_ids: str) -> pd.DataFrame:
    """One claim that the first sentence of each article carries whole."""
    return pd.DataFrame([{"claim_id": "k", "article_id": a, "status": "firm", "sentence": 1, "start": 0, "end": 500} for a in article_ids]).reindex(
        columns=list(CLAIMS.columns))


DROVE = "officers/N/nsubj/1 drove/V/ROOT/1 the/D/det/3 {}/N/dobj/1 from/I/prep/1 the/D/det/6 steps/N/pobj/4 ./X/punct/1"
PASSIVE = "the/D/det/1 {}/N/nsubjpass/3 was/U/auxpass/3 pushed/V/ROOT/3 from/I/prep/3 the/D/det/6 steps/N/pobj/4 ./X/punct/3"


def labels(names: pd.DataFrame) -> dict[str, set[str]]:
    return {article_id: set(part["label"]) for article_id, part in names.groupby("article_id")}


def test_those_who_fill_one_role_of_one_claim_are_possibly_the_same_passive_or_active():
    names = link_names(evidence_of(claim("a", "b", "c"), a=[DROVE.format("mob")], b=[PASSIVE.format("crowd")], c=[DROVE.format("protesters")]), SETTINGS)
    assert list(names.columns) == list(NAMES.columns)
    assert labels(names) == {"a": {"mob"}, "b": {"crowd"}, "c": {"protesters"}}
    assert set(names["confidence"]) == {"possible (same role)", "medium (same head)"} and set(names["referent_id"]) == {"r1"}
    row = names[names["article_id"] == "a"].iloc[0]
    assert (row["count"], row["share"], row["first_paragraph"], row["voice"], row["sentences"], row["outlet"]) == (1, 1.0, 1, "narrator", [1], "Outlet a")


def test_without_a_claim_or_a_shared_argument_nothing_is_linked_by_role():
    a, b = [DROVE.format("mob")], [PASSIVE.format("crowd")]
    assert link_names(evidence_of(a=a, b=b), SETTINGS).empty
    elsewhere = [PASSIVE.format("crowd").replace("steps", "garden")]
    assert link_names(evidence_of(claim("a", "b"), a=a, b=elsewhere), SETTINGS).empty


def test_two_that_meet_in_one_statement_are_never_one():
    clash = "the/D/det/1 mob/N/nsubj/2 met/V/ROOT/2 the/D/det/4 crowd/N/dobj/2 ./X/punct/2"
    names = link_names(evidence_of(claim("a", "b"), a=[DROVE.format("mob"), clash], b=[PASSIVE.format("crowd")]), SETTINGS)
    assert names.empty


def test_people_counted_by_the_same_number_are_possibly_the_same():
    counted = "{}/M/nummod/1 {}/N/nsubj/2 gathered/V/ROOT/2 ./X/punct/2"
    names = link_names(evidence_of(a=[counted.format("400", "residents")], b=[counted.format("400", "agitators")], c=[counted.format("2", "nurses")],
                                   d=[counted.format("2", "thugs")]), SETTINGS)
    assert labels(names) == {"a": {"residents"}, "b": {"agitators"}}


GULL = "Ann/P/compound/1/PERSON Gull/P/nsubj/2/+PERSON spoke/V/ROOT/2 ./X/punct/2"
SHORT = "Mr/P/compound/1 Gull/P/nsubj/2/PERSON spoke/V/ROOT/2 ./X/punct/2"
SPOKESMAN = "Ann/P/compound/1/PERSON Gull/P/nsubj/5/+PERSON ,/X/punct/1 a/D/det/4 spokesman/N/appos/1 spoke/V/ROOT/5 ./X/punct/5"
RINGLEADER = "Its/D/poss/1 ringleader/N/nsubj/4 Ann/P/compound/3/PERSON Gull/P/appos/1/+PERSON spoke/V/ROOT/4 ./X/punct/4"


def test_what_stands_beside_a_name_is_a_label_and_forms_of_the_name_are_none():
    names = link_names(evidence_of(a=[SPOKESMAN, SHORT], b=[RINGLEADER], c=[GULL]), SETTINGS)
    assert labels(names) == {"a": {"Ann Gull", "spokesman"}, "b": {"Ann Gull", "ringleader"}, "c": {"Ann Gull"}}
    assert set(names["confidence"]) == {"high (alias)"} and set(names["kind"]) == {"person"} and set(names["referent"]) == {"Ann Gull"}
    # article a: Ann Gull twice (once as Mr Gull), spokesman once
    assert names[(names["article_id"] == "a") & (names["label"] == "Ann Gull")]["share"].item() == pytest.approx(2 / 3)
    assert link_names(evidence_of(a=[GULL], b=[GULL.replace("Ann/", "Mr/"), GULL]), SETTINGS).empty


def test_an_acronym_leads_to_the_words_it_is_explained_by_and_the_group_to_both():
    full = ("Keep/P/compound/2/ORG Quays/P/compound/2/+ORG Open/P/nsubj/10/+ORG (/X/punct/2 KQO/P/appos/2/ORG )/X/punct/2 ,/X/punct/2 the/D/det/8"
            " {}/N/appos/2 ,/X/punct/2 spoke/V/ROOT/10 ./X/punct/10")
    short = "KQO/P/nsubj/1/ORG spoke/V/ROOT/1 ./X/punct/1"
    the_group = "The/D/det/1 group/N/nsubj/2 spoke/V/ROOT/2 ./X/punct/2"
    names = link_names(evidence_of(a=[full.format("group"), short], b=[full.format("gang"), short], c=[short, the_group]), SETTINGS)
    assert set(names["referent"]) == {"Keep Quays Open"} and set(names["kind"]) == {"group"}
    assert labels(names) == {"a": {"Keep Quays Open", "group"}, "b": {"Keep Quays Open", "gang"}, "c": {"Keep Quays Open", "group"}}
    assert names[(names["article_id"] == "c") & (names["label"] == "group")]["confidence"].item() == "medium (same head)"


def test_only_a_definite_noun_can_be_the_name_it_ends():
    pier = "Gull/P/compound/1/FAC Pier/P/nsubj/2/+FAC closed/V/ROOT/2 ./X/punct/2"
    the_pier, a_pier = (f"{word}/D/det/1 pier/N/nsubj/2 closed/V/ROOT/2 ./X/punct/2" for word in ("the", "a"))
    wreck = "the/D/det/1 wreck/N/nsubjpass/3 was/U/auxpass/3 closed/V/ROOT/3 to/I/prep/3 boats/N/pobj/4 ./X/punct/3"
    shut = "Gull/P/compound/1/FAC Pier/P/nsubjpass/3/+FAC was/U/auxpass/3 closed/V/ROOT/3 to/I/prep/3 boats/N/pobj/4 ./X/punct/3"
    names = link_names(evidence_of(claim("a", "b"), a=[wreck], b=[shut, the_pier], c=[pier, a_pier]), SETTINGS)
    assert labels(names) == {"a": {"wreck"}, "b": {"Gull Pier"}, "c": {"Gull Pier"}}
    assert dict(zip(names["article_id"], names["count"], strict=True)) == {"a": 1, "b": 2, "c": 1}


def test_words_inside_a_quotation_are_its_speakers():
    quotes = pd.DataFrame([{"article_id": "a", "sentence": 1, "start": 0, "end": 200, "kind": "direct"}]).reindex(columns=list(QUOTES.columns))
    names = link_names(evidence_of(claim("a", "b"), quotes, a=[DROVE.format("mob")], b=[PASSIVE.format("crowd")]), SETTINGS)
    assert dict(zip(names["article_id"], names["voice"], strict=True)) == {"a": "quote", "b": "narrator"}


def test_adjectives_and_number_part_no_labels():
    howling = "officers/N/nsubj/1 drove/V/ROOT/1 the/D/det/4 howling/A/amod/4 mob/N/dobj/1 from/I/prep/1 the/D/det/7 steps/N/pobj/5 ./X/punct/1"
    assert link_names(evidence_of(claim("a", "b"), a=[howling], b=[DROVE.format("mob")]), SETTINGS).empty


def test_the_order_of_rows_changes_nothing_and_the_input_stays():
    texts = {"a": [DROVE.format("mob"), SPOKESMAN], "b": [PASSIVE.format("crowd"), RINGLEADER], "c": [GULL]}
    straight = evidence_of(claim("a", "b"), **texts)
    copies = {name: table.copy() for name, table in vars(straight).items()}
    turned = Evidence(**{name: table.iloc[::-1] for name, table in vars(straight).items()})
    pd.testing.assert_frame_equal(link_names(straight, SETTINGS), link_names(turned, SETTINGS))
    for name, table in vars(straight).items():
        pd.testing.assert_frame_equal(table, copies[name])


def test_one_text_twice_is_called_the_same():
    assert link_names(evidence_of(claim("a", "b"), a=[DROVE.format("mob"), SPOKESMAN], b=[DROVE.format("mob"), SPOKESMAN]), SETTINGS).empty


def test_shares_of_a_referent_add_up_to_one_in_each_article():
    names = link_names(evidence_of(claim("a", "b"), a=[DROVE.format("mob"), SPOKESMAN, SHORT], b=[PASSIVE.format("crowd"), RINGLEADER]), SETTINGS)
    assert names["referent_id"].nunique() == 2
    assert names.groupby(["referent_id", "article_id"])["share"].sum().tolist() == pytest.approx([1.0] * 4)


def test_one_article_no_article_and_a_missing_column():
    assert link_names(evidence_of(a=[GULL]), SETTINGS).empty
    empty = Evidence(ARTICLES.empty(), SENTENCES.empty(), TOKENS.empty(), QUOTES.empty(), CLAIMS.empty())
    assert list(link_names(empty, SETTINGS).columns) == list(NAMES.columns)
    whole = evidence_of(a=[GULL], b=[GULL])
    with pytest.raises(TableError, match="kind"):
        link_names(Evidence(whole.articles, whole.sentences, whole.tokens, whole.quotes.drop(columns="kind"), whole.claims), SETTINGS)


def mentions_of(**texts: list[str]) -> pd.DataFrame:
    evidence = evidence_of(**texts)
    return list_mentions(find_referents(evidence), evidence.tokens)


@pytest.mark.parametrize(("one", "other", "whole"), [
    ("Edward/P/compound/1/PERSON Markey/P/nsubj/2/+PERSON won/V/ROOT/2", "Edward/P/compound/2/PERSON J./P/compound/2/+PERSON Markey/P/nsubj/3/+PERSON won/V/ROOT/3",
     "Edward J. Markey"),
    ("Tim/P/compound/1/PERSON Murray/P/nsubj/2/+PERSON won/V/ROOT/2", "Timothy/P/compound/1/PERSON Murray/P/nsubj/2/+PERSON won/V/ROOT/2", "Timothy Murray"),
    ("Bill/P/compound/1/PERSON Roe/P/nsubj/2/+PERSON won/V/ROOT/2", "William/P/compound/1/PERSON Roe/P/nsubj/2/+PERSON won/V/ROOT/2", "William Roe"),
    ("Democrat/P/compound/2/NORP Ana/P/compound/2/PERSON Berg/P/nsubj/3/+PERSON won/V/ROOT/3", "Ana/P/compound/1/PERSON Berg/P/nsubj/2/+PERSON won/V/ROOT/2",
     "Ana Berg"),
    ("William/P/compound/4/PERSON \"/X/punct/4 Mo/P/nmod/4/PERSON \"/X/punct/4 Cowan/P/nsubj/5/PERSON won/V/ROOT/5",
     "Mo/P/compound/1/PERSON Cowan/P/nsubj/2/+PERSON won/V/ROOT/2", "William Cowan"),
])
def test_forms_of_one_persons_name_are_one_referent(one, other, whole):
    found = mentions_of(a=[one], b=[other])
    assert [(row.referent, row.article_id, row.role) for row in found.itertuples() if row.referent != "Democrat"] == [(whole, "a", "subject"), (whole, "b", "subject")]


def test_names_that_a_middle_initial_parts_stay_two_people_and_so_does_who_fits_both():
    won = "{}/P/compound/2/PERSON {}/P/compound/2/+PERSON Bush/P/nsubj/3/+PERSON won/V/ROOT/3"
    short = "George/P/compound/1/PERSON Bush/P/nsubj/2/+PERSON won/V/ROOT/2"
    assert mentions_of(a=[won.format("George", "W.")], b=[won.format("George", "H.")], c=[short])["referent"].nunique() == 3


def test_a_surname_of_two_people_is_each_articles_own_and_nobodys_where_neither_is_named_in_full():
    full, short = "{}/P/compound/1/PERSON Biden/P/nsubj/2/+PERSON won/V/ROOT/2", "Biden/P/nsubj/1/PERSON won/V/ROOT/1"
    found = mentions_of(a=[full.format("Joe"), short], b=[full.format("Beau"), short], c=[short])
    assert found.groupby("article_id")["referent"].agg(list).to_dict() == {"a": ["Joe Biden"] * 2, "b": ["Beau Biden"] * 2, "c": ["Biden"]}


def test_what_somebody_is_chief_of_belongs_to_the_label_and_a_list_is_no_apposition():
    beside = "Ana/P/compound/1/PERSON Berg/P/nsubj/7/+PERSON ,/X/punct/1 a/D/det/4 chief/N/appos/1 of/I/prep/4 staff/N/pobj/5 left/V/ROOT/7"
    assert {row.label for row in mentions_of(a=[beside]).itertuples()} == {"Ana Berg", "chief of staff", "staff"}
    listed = "Al/P/nsubj/7/PERSON ,/X/punct/0 Tom/P/compound/3/PERSON Roe/P/conj/0/+PERSON ,/X/punct/3 the/D/det/6 president/N/appos/3 have/V/ROOT/7"
    assert {row.referent for row in mentions_of(a=[listed]).itertuples() if row.label == "president"} == {"president"}


def test_a_party_before_a_noun_and_the_tail_of_a_name_are_no_names():
    party = "the/D/det/2 Democratic/P/compound/2/NORP governor/N/nsubj/3 left/V/ROOT/3"
    school = "the/D/det/1 School/N/nsubj/4 of/I/prep/1 Law/P/pobj/2/+ORG left/V/ROOT/4"
    evidence = evidence_of(a=[party, school])
    tagged = Evidence(evidence.articles, evidence.sentences, evidence.tokens.assign(tag="NNP"), evidence.quotes, evidence.claims)
    assert not list_mentions(find_referents(tagged), tagged.tokens)["named"].any()


NAMED = "{}/P/compound/1/PERSON {}/P/nsubj/2/+PERSON left/V/ROOT/2"


@pytest.mark.parametrize(("one", "other"), [(("Gregg", "Miliote"), ("Gregg", "Milliote")), (("Katherine", "Gomes"), ("Catherine", "Gomes"))])
def test_a_letters_difference_is_one_person_in_two_articles_and_two_in_one(one, other):
    assert mentions_of(a=[NAMED.format(*one)], b=[NAMED.format(*other)])["referent"].nunique() == 1
    assert mentions_of(a=[NAMED.format(*one), NAMED.format(*other)])["referent"].nunique() == 2


def test_ranks_at_either_end_particles_and_the_s_of_a_name():
    boss = "CEO/P/compound/2/ORG Karen/P/compound/2/PERSON Ignagni/P/nsubj/3/+PERSON left/V/ROOT/3"
    walde = "Lambert/P/compound/3/PERSON van/X/compound/3/+PERSON der/X/compound/3/+PERSON Walde/P/nsubj/4/+PERSON left/V/ROOT/4"
    plans = "America/P/poss/3/ORG 's/T/case/0/+ORG Health/P/compound/3/+ORG Plans/P/nsubj/4/+ORG left/V/ROOT/4"
    assert set(mentions_of(a=[boss, walde, plans], b=[NAMED.format("Karen", "Ignagni")])["referent"]) == {
        "Karen Ignagni", "Lambert van der Walde", "America 's Health Plans"}


def test_republicans_are_more_than_the_house_republicans():
    house = "House/P/compound/1/ORG Republicans/P/nsubj/2/+NORP left/V/ROOT/2"
    found = mentions_of(a=[house, "Republicans/P/nsubj/1/NORP left/V/ROOT/1"])
    assert set(found["referent"]) == {"House Republicans", "Republicans"}


def test_a_line_in_title_case_makes_no_names():
    line = "Deval/P/compound/1/PERSON Patrick/P/nsubj/5/+PERSON Names/P/compound/5 Former/P/compound/5 Chief/P/compound/5 Aide/P/ROOT/5"
    assert set(mentions_of(a=[line, "Deval/P/compound/1/PERSON Patrick/P/nsubj/2/+PERSON won/V/ROOT/2"])["referent"]) == {"Deval Patrick"}


def test_the_list_of_nouns_knows_people_from_places():
    kinds = noun_kinds()
    assert (kinds["protester"], kinds["mob"], kinds["pier"]) == ("person", "group", "place")
    assert set(kinds.values()) == {"person", "group", "place"}


def test_what_ends_in_a_group_is_a_name_and_a_headline_needs_no_article():
    council = "Gull/P/compound/2/ORG Harbour/P/compound/2/+ORG Council/P/nsubj/3/+ORG voted/V/ROOT/3"
    the_council, a_council = (f"{word}/D/det/1 council/N/nsubj/2 voted/V/ROOT/2" for word in ("the", "a"))
    chief = "Gull/P/compound/2/ORG Police/P/compound/2/+ORG Chief/P/nsubj/3/+ORG voted/V/ROOT/3"
    found = mentions_of(a=[council, the_council, a_council], b=[chief])
    assert found[found["named"]].groupby("referent")["sentence"].agg(list).to_dict() == {"Gull Harbour Council": [1, 2], "Gull Police": [1]}
    evidence = evidence_of(a=[council, "Council/N/nsubj/1 votes/V/ROOT/1"])
    titled = evidence.tokens.assign(sentence=evidence.tokens["sentence"] % 2)
    found = list_mentions(find_referents(Evidence(evidence.articles, evidence.sentences, titled, evidence.quotes, evidence.claims)), titled)
    assert list(zip(found["referent"], found["sentence"], strict=True)) == [("Gull Harbour Council", 0), ("Gull Harbour Council", 1)]


def test_somebody_elses_group_is_not_the_named_one_that_ends_in_the_same_word():
    agency = "Gull/P/compound/1/ORG Council/P/nsubj/2/+ORG voted/V/ROOT/2"
    others = "the/D/det/2 Skarrow/P/compound/2/GPE council/N/nsubj/3 voted/V/ROOT/3"
    found = mentions_of(a=[agency, others])
    assert found[found["referent"] == "Gull Council"]["sentence"].tolist() == [1]


def test_people_and_members_are_no_referent_of_their_own():
    found = mentions_of(a=["people/N/nsubj/1 left/V/ROOT/1", "members/N/nsubj/1 left/V/ROOT/1", "nurses/N/nsubj/1 left/V/ROOT/1"])
    assert found["referent"].tolist() == ["nurses"]


def test_a_label_equal_to_the_rows_name_is_never_only_possible():
    names = link_names(evidence_of(claim("a", "b", "c", "d"), a=[DROVE.format("demonstrators")], b=[PASSIVE.format("demonstrators")],
                                   c=[DROVE.format("marchers")], d=[PASSIVE.format("marchers")]), SETTINGS)
    assert set(names["referent"]) == {"marchers"}  # two articles each: the shorter
    assert dict(zip(names["label"], names["confidence"], strict=True)) == {"marchers": "medium (same head)", "demonstrators": "possible (same role)"}
