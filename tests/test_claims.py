"""Claims: units, figures, links, cells, conflicts and what may be called left out, on tables by hand."""

import numpy as np
import pandas as pd
import pytest
from conftest import articles_of

from analysis import schema
from analysis.framing.absences import mark_left_out
from analysis.framing.claims import Evidence, align_claims
from analysis.framing.conflicts import mark_conflicts
from analysis.framing.links import link_units
from analysis.framing.units import credit_units, split_units
from analysis.framing.values import read_values
from analysis.settings import ClaimSettings

SETTINGS = ClaimSettings()
EAST, NORTH = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
DAY = "2024-03-12T"


def units_of(*rows):
    """(article, sentence, text, speaker) -> UNITS with one unit a sentence; lemmas are the words."""
    table = [(article, sentence, sentence, 0, len(text), text, frozenset(text.lower().split()), " not " in text, speaker, bool(speaker))
             for article, sentence, text, speaker in rows]
    return pd.DataFrame(table, columns=[*schema.UNITS.columns, "speaker", "quoted"])


def values_of(units, *rows):
    """(article, sentence, kind, about, value, denied, text) -> VALUES of these units without slack."""
    ends = dict(zip(zip(units["article_id"], units["sentence"], strict=True), units["end"], strict=True))
    table = [(article, sentence, 0, ends[article, sentence], kind, about, value, value, value, denied, text) for article, sentence, kind, about, value, denied, text in rows]
    return pd.DataFrame(table, columns=list(schema.VALUES.columns))


def event_of(units, hours=None, origins=None, no=(), words=400, completeness=None):
    names = sorted(units["article_id"].unique())
    articles = articles_of(*({"article_id": name, "outlet": name.upper(), "text": "x " * words, "published": f"{DAY}{(hours or {}).get(name, 10):02d}:00Z"}
                             for name in names))
    groups = pd.DataFrame([(name, "e", "s", (origins or {}).get(name, name), 1.0, 1.0, "") for name in names], columns=list(schema.GROUPS.columns))
    judged = pd.DataFrame([(name, "no" if name in no else "comparable", "", (completeness or {}).get(name, "full"), 0.0) for name in names],
                          columns=list(schema.COMPARABILITY.columns))
    return articles, groups, judged


def aligned(units, vectors, values=None, **more):
    articles, groups, judged = event_of(units, **more)
    values = schema.VALUES.empty() if values is None else values
    vectors = np.array(vectors, dtype=np.float32)
    links = link_units(units, vectors, values, groups, SETTINGS)
    index, cells = align_claims(Evidence(units, vectors, links, articles, groups, judged), SETTINGS)
    index, cells = mark_conflicts(index, cells, values, articles, SETTINGS)
    return index, mark_left_out(cells, articles, groups, judged, SETTINGS)


CLOSED = "the council closed the old pier"
FOUR = units_of(("a", 1, CLOSED, ""), ("b", 1, CLOSED, ""), ("c", 1, CLOSED, ""), ("d", 1, "nurses crossed by boat each day", ""))
FOUR_VECTORS = [EAST, EAST, EAST, NORTH]


def test_one_fact_in_three_articles_is_one_claim_with_a_cell_in_each():
    index, cells = aligned(FOUR, FOUR_VECTORS)
    first = index.iloc[0]
    assert (first["n_origins"], first["share"], first["coverage"]) == (3, 0.75, "some")
    mine = cells[cells["claim_id"] == first["claim_id"]].set_index("article_id")
    assert mine["status"].to_dict() == {"a": "firm", "b": "firm", "c": "firm", "d": "not found"}
    assert mine.loc["d", "wording"] == "nurses crossed by boat each day"
    assert mine.loc["d", "similarity"] == 0.0
    assert mine["sentences"].tolist() == [[1], [1], [1], []]


def test_left_out_needs_three_other_origins_a_late_enough_and_a_whole_article():
    def left(**more):
        return bool(aligned(FOUR, FOUR_VECTORS, **more)[1]["left_out"].any())

    assert left()
    assert not left(origins={"b": "a"})  # two other origins
    assert not left(hours={"d": 5})  # five hours before all others
    assert left(hours={"d": 8})  # two hours before the second carrier
    assert not left(words=100)
    assert not left(no=("d",))
    assert not left(no=("c",))  # two comparable others
    assert not left(completeness={"d": "cut"})


def test_an_article_that_is_cut_cannot_be_told():
    _, cells = aligned(FOUR, FOUR_VECTORS, completeness={"d": "cut"})
    assert set(cells[(cells["article_id"] == "d") & (cells["similarity"] == 0)]["status"]) == {"cannot tell"}


def test_copies_of_one_origin_are_one_vote_and_each_has_its_cell():
    index, cells = aligned(FOUR, FOUR_VECTORS, origins={"a": "wire", "b": "wire"})
    assert index.iloc[0]["n_origins"] == 2
    assert (cells[cells["claim_id"] == index.iloc[0]["claim_id"]]["status"] == "firm").sum() == 3


def test_the_same_quotation_of_another_speaker_is_another_claim():
    units = units_of(("a", 1, "we will never close it", "Jane Roe"), ("b", 1, "we shall never shut it", "John Doe"))
    index, _ = aligned(units, [EAST, EAST])
    assert index["n_origins"].tolist() == [1, 1]
    pronoun = units.assign(speaker=["Jane Roe", "she"])
    assert aligned(pronoun, [EAST, EAST])[0]["n_origins"].tolist() == [2]


HURT = units_of(("a", 1, "fourteen people were hurt there", ""), ("b", 1, "eleven people were hurt there", ""), ("c", 1, "fourteen people were hurt there", ""))


PRAISED, FINED, TOURED = "yesterday Mayor Ada Boyle praised nurses", "again Mayor Ada Boyle fined drivers", "then Mayor Ada Boyle toured wards"
NEAR = [EAST, [0.7, 0.714143, 0.0], [0.7, 0.294058, 0.650783]]  # .70 from one another


def test_two_doings_of_one_person_are_not_one_claim_though_they_share_her_name_and_office():
    # 3 of 9 lemmas are shared, the rarer 6 weigh ln 3 and the 3 ln 2 each: .70 + .8 x .24 = .89, over `likely`; but all 3 are names, so less .085
    assert aligned(units_of(("a", 1, PRAISED, ""), ("b", 1, FINED, "")), NEAR[:2])[0]["n_origins"].tolist() == [1, 1]
    # "praised", "nurses", "at" and "home" are four words in common that are no names
    other = PRAISED.replace("yesterday", "again") + " at home"
    assert aligned(units_of(("a", 1, PRAISED + " today at home", ""), ("b", 1, other, "")), NEAR[:2])[0]["n_origins"].tolist() == [2]


def test_what_a_third_says_nearly_as_both_do_is_one_claim_though_they_share_names_alone():
    # 3 of 9 lemmas, 6 that weigh ln 4 and 3 that weigh ln 2: .70 + .8 x .20 = .86 for each of the three pairs
    assert aligned(units_of(("a", 1, PRAISED, ""), ("b", 1, FINED, ""), ("c", 1, TOURED, "")), NEAR)[0]["n_origins"].tolist() == [3]


def test_a_word_that_the_event_also_prints_small_is_no_name():
    rows = (("a", 1, "yesterday the White House denied it fully", ""), ("b", 1, "again the White House confirmed it fully", ""))
    other = ("c", 1, "crowds cheered as one white house", "")
    found = [aligned(units_of(*rows, *more), [EAST, [0.53, 0.848, 0.0], [0.0, 0.0, 1.0]][:2 + len(more)])[0]["n_origins"].max() for more in ((), (other,))]
    # c prints "white" and "house" small: with "the", "it" and "fully" there are five words that tell, a little less than one each
    assert found == [1, 2]


def test_another_number_of_injured_is_a_finding_with_its_times():
    values = values_of(HURT, ("a", 1, "number", "injured people", 14, False, "14 injured"), ("b", 1, "number", "injured people", 11, False, "11 injured"),
                       ("c", 1, "number", "injured people", 14, False, "14 injured"))
    index, cells = aligned(HURT, [EAST] * 3, values, hours={"a": 8, "b": 20, "c": 9})
    assert index["conflict"].tolist() == ["14 injured (Tue 12 Mar 08:00, A and 1 more) → 11 injured (Tue 12 Mar 20:00, B)"]
    assert cells["conflict"].tolist() == ["14 injured", "11 injured", "14 injured"]


def test_values_side_by_side_have_no_arrow_unless_one_denies_the_other():
    held = [("a", 1, "number", "injured people", 14, False, "14 injured"), ("b", 1, "number", "injured people", 11, False, "11 injured"),
            ("c", 1, "number", "injured people", 14, False, "14 injured")]
    hours = {"a": 8, "b": 10, "c": 20}  # c still says 14 after b
    assert " / " in aligned(HURT, [EAST] * 3, values_of(HURT, *held), hours=hours)[0]["conflict"][0]
    denial = values_of(HURT, *held, ("b", 1, "number", "injured people", 14, True, "14 injured"))
    assert " → " in aligned(HURT, [EAST] * 3, denial, hours=hours)[0]["conflict"][0]


def test_numbers_of_other_things_are_no_conflict():
    values = values_of(HURT, ("a", 1, "number", "injured", 14, False, "14"), ("b", 1, "number", "vote", 11, False, "11"), ("c", 1, "number", "injured money", 3, False, "3"))
    assert aligned(HURT, [EAST] * 3, values)[0]["conflict"].tolist() == [""]


def test_two_spellings_of_a_name_are_a_finding_and_two_people_are_not():
    def found(other):
        values = values_of(HURT, ("a", 1, "name", "jon smith", np.nan, False, "Jon Smith"), ("b", 1, "name", other.lower(), np.nan, False, other))
        return aligned(HURT, [EAST] * 3, values)[0]["conflict"][0]

    assert "John Smith" in found("John Smith")
    assert found("Mary Smith") == ""
    assert found("Jon Carter") == ""


def test_order_changes_nothing_and_input_stays():
    values = values_of(HURT, ("a", 1, "number", "injured", 14, False, "14"), ("b", 1, "number", "injured", 11, False, "11"))
    kept = HURT.copy(deep=True)
    vectors = np.array([EAST, EAST, EAST])
    plain = aligned(HURT, vectors, values)
    turned = aligned(HURT.iloc[::-1].reset_index(drop=True), vectors[::-1], values.iloc[::-1])
    pd.testing.assert_frame_equal(plain[0], turned[0])
    pd.testing.assert_frame_equal(plain[1], turned[1])
    pd.testing.assert_frame_equal(HURT, kept)


@pytest.mark.parametrize("printed", ["a", "b", "d"])
def test_a_text_printed_again_by_its_origin_moves_no_claim(printed):
    texts = {"a": [CLOSED, "the old pier will stay shut", "nurses crossed by boat"], "b": [CLOSED, "a new pier is to be built"],
             "c": ["the council shut the old pier", "nurses crossed by boat each day"], "d": ["the pier was closed by the council", "nurses crossed by boat each day"]}
    again = {**texts, f"{printed}-again": texts[printed]}
    made = {}
    for name, told in (("plain", texts), ("again", again)):
        units = units_of(*((article, number, text, "") for article, said in told.items() for number, text in enumerate(said, 1)))
        chance = {text: np.random.default_rng(sum(map(ord, text))).normal(size=24) for text in units["text"]}
        vectors = np.array([0.2 * chance[text] / np.linalg.norm(chance[text]) + np.eye(24)[int("nurses" in text)] for text in units["text"]])
        made[name] = aligned(units, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), origins={f"{printed}-again": printed})
    (plain, cells), (index, doubled) = made["plain"], made["again"]
    assert index[["label", "n_origins"]].to_numpy().tolist() == plain[["label", "n_origins"]].to_numpy().tolist()
    columns = ["claim_id", "article_id", "status", "wording"]
    own = doubled[doubled["article_id"] != f"{printed}-again"][columns].reset_index(drop=True)
    assert own.to_numpy().tolist() == cells[columns].to_numpy().tolist()
    copy = doubled[doubled["article_id"] == f"{printed}-again"]
    assert copy["status"].tolist() == doubled.loc[doubled["article_id"] == printed, "status"].tolist()


def test_empty_one_article_and_a_wrong_number_of_vectors():
    articles, groups, judged = event_of(FOUR)
    nothing = Evidence(FOUR.iloc[:0], np.zeros((0, 3), np.float32), schema.LINKS.empty(), articles, groups, judged)
    assert all(table.empty for table in align_claims(nothing, SETTINGS))
    alone = FOUR.iloc[[0]]
    assert aligned(alone, [EAST])[0]["coverage"].tolist() == ["one"]
    with pytest.raises(schema.TableError):
        link_units(FOUR, np.zeros((2, 3), np.float32), schema.VALUES.empty(), groups, SETTINGS)


def parsed(*words, article="a", sentence=1):
    """(text, lemma, pos, dep, head) -> one sentence and its tokens, one blank between words."""
    starts = np.cumsum([0, *(len(word[0]) + 1 for word in words[:-1])]).tolist()
    text = " ".join(word[0] for word in words)
    tokens = [(article, sentence, at, start, start + len(word[0]), word[0], word[1], word[2], "", word[3], word[4], "", False)
              for at, (start, word) in enumerate(zip(starts, words, strict=True))]
    return (pd.DataFrame([(article, sentence, 1, 0, len(text), text)], columns=list(schema.SENTENCES.columns)),
            pd.DataFrame(tokens, columns=list(schema.TOKENS.columns)))


HURT_WHEN = parsed(("Fourteen", "fourteen", "NUM", "nummod", 1), ("people", "people", "NOUN", "nsubjpass", 3), ("were", "be", "AUX", "auxpass", 3),
                   ("hurt", "hurt", "VERB", "ROOT", 3), ("badly", "badly", "ADV", "advmod", 3), ("when", "when", "SCONJ", "advmod", 8),
                   ("a", "a", "DET", "det", 7), ("barrier", "barrier", "NOUN", "nsubj", 8), ("fell", "fall", "VERB", "advcl", 3), ("down", "down", "ADP", "prt", 8))


def test_a_clause_with_its_own_subject_is_cut_off():
    assert split_units(*HURT_WHEN, SETTINGS)["text"].tolist() == ["Fourteen people were hurt badly", "a barrier fell down"]


def test_a_relative_clause_that_ends_the_sentence_is_a_piece_with_its_noun_and_a_short_one_stays():
    words = [("Police", "police", "NOUN", "nsubj", 1), ("held", "hold", "VERB", "ROOT", 1), ("a", "a", "DET", "det", 4), ("young", "young", "ADJ", "amod", 4),
             ("driver", "driver", "NOUN", "dobj", 1), (",", ",", "PUNCT", "punct", 4), ("who", "who", "PRON", "nsubj", 7), ("fled", "flee", "VERB", "relcl", 4),
             ("down", "down", "ADP", "prep", 7), ("the", "the", "DET", "det", 10), ("road", "road", "NOUN", "pobj", 8)]
    assert split_units(*parsed(*words), SETTINGS)["text"].tolist() == ["Police held a young driver", "a young driver , who fled down the road"]
    assert len(split_units(*parsed(*words[:8]), SETTINGS)) == 1


def test_words_without_a_verb_are_no_piece_of_their_own():
    words = [("For", "for", "ADP", "prep", 10), ("Jane", "jane", "PROPN", "compound", 2), ("Roe", "roe", "PROPN", "pobj", 0), ("a", "a", "DET", "det", 4),
             ("nurse", "nurse", "NOUN", "appos", 2), ("here", "here", "ADV", "advmod", 4), (",", ",", "PUNCT", "punct", 2), ("that", "that", "PRON", "nsubj", 8),
             ("means", "mean", "VERB", "relcl", 2), ("leaving", "leave", "VERB", "xcomp", 8), ("home", "home", "ADV", "advmod", 9), ("at", "at", "ADP", "prep", 9),
             ("seven", "seven", "NUM", "pobj", 11)]
    assert len(split_units(*parsed(*words), SETTINGS)) == 1
    cut = [(";" if word[0] == "," else word[0], *word[1:]) for word in words]
    assert len(split_units(*parsed(*cut), SETTINGS)) == 1
    assert len(split_units(*parsed(*cut[:5], ("sleeps", "sleep", "VERB", "ROOT", 5), *cut[6:]), SETTINGS)) == 2


def test_no_opinion_piece_words_the_row_when_a_report_carries_it():
    units = units_of(("a", 1, "councillors shut our pier", ""), ("b", 1, "councillors closed their old pier", ""), ("c", 1, "councillors closed their old pier today", ""))
    near = [EAST, [0.97, 0.243105, 0.0], [0.97, -0.243105, 0.0]]  # a is nearest to all
    labels = [aligned(units.assign(text=units["text"] + " again"), near, no=no)[0]["article_id"].tolist() for no in ((), ("a",), ("a", "b", "c"))]
    assert labels == [["a"], ["b"], ["a"]]


@pytest.mark.parametrize(("dateline", "paragraph"), [
    ("WENDLEMOUTH, March 12 (Estuary Wire) - ", 1), ("WASHINGTON — ", 1), ("AMHERST, N.H. — ", 1), ("Moscow (TASS) – ", 2), ("LOS ANGELES/CHARLESTON, S.C. (Reuters) -", 3),
    ("Bob Casey (D-Pa.) – ", None), ("The NATO – ", None), ("WASHINGTON — ", 4),
])
def test_a_dateline_is_in_no_piece(dateline, paragraph):
    text = dateline + "Fourteen people were hurt."
    sentences = pd.DataFrame([("a", 1, paragraph or 1, 0, len(text), text)], columns=list(schema.SENTENCES.columns))
    tokens = parsed(*((word, word, "X", "dep", 0) for word in text.split()))[1]
    is_one = paragraph and paragraph <= 3
    assert split_units(sentences, tokens, SETTINGS)["text"].tolist() == [text[len(dateline):].strip() if is_one else text]


REFUSED = parsed(("The", "the", "DET", "det", 1), ("council", "council", "NOUN", "nsubj", 9), ("that", "that", "PRON", "nsubj", 5),
                 ("last", "last", "ADJ", "amod", 4), ("autumn", "autumn", "NOUN", "npadvmod", 5), ("refused", "refuse", "VERB", "relcl", 1),
                 ("money", "money", "NOUN", "dobj", 5), ("for", "for", "ADP", "prep", 5), ("repairs", "repair", "NOUN", "pobj", 7),
                 ("voted", "vote", "VERB", "ROOT", 9), ("on", "on", "ADP", "prep", 9), ("Tuesday", "tuesday", "PROPN", "pobj", 10),
                 ("to", "to", "PART", "aux", 13), ("close", "close", "VERB", "xcomp", 9), ("the", "the", "DET", "det", 15), ("pier", "pier", "NOUN", "dobj", 13))
REFUSAL = "The council that last autumn refused money for repairs"


def test_a_relative_clause_inside_a_sentence_is_a_piece_beside_the_whole_and_a_short_one_is_not():
    pieces = split_units(*REFUSED, SETTINGS)
    assert pieces["text"].tolist() == [REFUSAL, REFUSED[0]["text"][0]]
    assert pieces["lemmas"].tolist()[0] == {"council", "last", "autumn", "refuse", "money", "repair"}
    sentences, tokens = REFUSED
    tokens = tokens[tokens["token"] != 3].assign(token=range(15))  # without "last" six words are left of the clause
    shifted = tokens["head"].where(tokens["head"] < 3, tokens["head"] - 1)
    assert len(split_units(sentences, tokens.assign(head=shifted), SETTINGS)) == 1


def test_a_sentence_that_tells_two_facts_stands_in_the_claim_of_each_and_its_inner_clause_in_none_alone():
    pieces = split_units(*REFUSED, SETTINGS).assign(speaker="", quoted=False)
    others = units_of(("b", 1, "the councillors refused the repair money in autumn", ""), ("c", 1, "on Tuesday councillors voted for closing", ""))
    toward = [EAST, [0.1, 0.994987, 0.0], EAST, NORTH]
    index, cells = aligned(pd.concat([pieces, others], ignore_index=True), toward)
    carried = cells[cells["status"].isin(["firm", "likely"])]
    assert {frozenset(zip(part["article_id"], part["wording"], strict=True)) for _, part in carried.groupby("claim_id")} == {
        frozenset({("a", REFUSAL), ("b", others["text"][0])}), frozenset({("a", REFUSED[0]["text"][0]), ("c", others["text"][1])})}
    alone = aligned(pieces, toward[:2])[0]
    assert alone["label"].tolist() == [REFUSED[0]["text"][0]]


def test_who_says_a_clause_of_a_sentence_does_not_surely_lack_the_rest():
    pieces = split_units(*REFUSED, SETTINGS).assign(speaker="", quoted=False)
    others = units_of(("b", 1, "the councillors refused the repair money in autumn", ""), ("c", 1, "nurses crossed by boat each day", ""))
    index, cells = aligned(pd.concat([pieces, others], ignore_index=True), [EAST, [0.0, 0.0, 1.0], EAST, NORTH])
    whole = index.loc[index["label"] == REFUSED[0]["text"][0], "claim_id"].item()
    rows = cells[cells["claim_id"] == whole].set_index("article_id")["status"]
    assert rows.to_dict() == {"a": "firm", "b": "cannot tell", "c": "not found"}


def test_two_events_of_a_storyline_need_more_to_say_the_same():
    units = units_of(("a", 1, CLOSED, ""), ("b", 1, "yesterday the council closed old markets", ""))
    groups = event_of(units)[1]
    near = np.array([EAST, [0.5, 0.866025, 0.0]], dtype=np.float32)  # .50 + .8 x .46, the weight of 4 in 7 lemmas
    links = [link_units(units, near, schema.VALUES.empty(), groups.assign(event_id=events), SETTINGS)["agreement"].item() for events in (["e", "e"], ["e", "f"])]
    assert links[0] - links[1] == pytest.approx(SETTINGS.event_cost)
    assert links[0] >= SETTINGS.likely > links[1]


def test_a_title_is_never_cut():
    sentences, tokens = HURT_WHEN
    assert len(split_units(sentences.assign(sentence=0), tokens.assign(sentence=0), SETTINGS)) == 1


def test_the_credit_behind_a_quotation_is_no_part_of_its_unit():
    text = "“Nobody came here to fight at all,” said Jane Roe."
    sentences = pd.DataFrame([("a", 1, 1, 0, len(text), text)], columns=list(schema.SENTENCES.columns))
    tokens = parsed(*((word, word, "X", "dep", 0) for word in text.split()))[1]
    pieces = split_units(sentences, tokens, SETTINGS)
    assert pieces["text"].tolist() == ["“Nobody came here to fight at all,”"]
    quotes = pd.DataFrame([{**dict.fromkeys(schema.QUOTES.columns, ""), "article_id": "a", "sentence": 1, "start": 0, "end": 35, "kind": "direct", "resolved": "Jane Roe"}])
    assert credit_units(pieces, quotes)[["speaker", "quoted"]].values.tolist() == [["Jane Roe", True]]
    assert credit_units(pieces, quotes.assign(resolved="It"))[["speaker", "quoted"]].values.tolist() == [["", True]]


def test_a_number_knows_what_it_counts():
    sentences, tokens = HURT_WHEN
    found = read_values(split_units(sentences, tokens, SETTINGS), tokens, SETTINGS).iloc[0]
    assert (found["value"], found["about"], found["text"]) == (14.0, "injured people", "Fourteen injured")


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("It cost £4.2m to mend", "number", 4.2e6), ("It cost 4.2 million pounds", "number", 4.2e6), ("Some 71 per cent replied", "number", 71), ("about 1,100 rode", "number", 1100),
    ("At 7.40pm it fell", "clock", 1180), ("At 19:40 it fell", "clock", 1180), ("It ends on 30 April", "date", 123), ("It ends on April 30", "date", 123),
    ("Built in 1911 here", "year", 1911), ("Seventy-one came", "number", 71),
])
def test_house_styles_of_one_value_are_read_alike(text, kind, value):
    units = pd.DataFrame([("a", 1, 1, 0, len(text), text, frozenset(), False)], columns=list(schema.UNITS.columns))
    found = read_values(units, schema.TOKENS.empty(), SETTINGS)
    assert (kind, value) in set(zip(found["kind"], found["value"].round(3), strict=True))
    assert len(found) == 1


def test_hedged_numbers_are_intervals_and_denied_ones_are_marked():
    text = "about 400 came, not 14, and more than 50 left"
    units = pd.DataFrame([("a", 1, 1, 0, len(text), text, frozenset(), False)], columns=list(schema.UNITS.columns))
    found = read_values(units, schema.TOKENS.empty(), SETTINGS).set_index("value")
    assert found.loc[400, "low"] == pytest.approx(360) and found.loc[400, "high"] == pytest.approx(440)
    assert found.loc[50, ["low", "high"]].tolist() == [50, 75]
    assert found["denied"].to_dict() == {400.0: False, 14.0: True, 50.0: False}


@pytest.mark.parametrize("text", ["1," * 5000, "9" * 50000, "a dozen " * 3000, "£" * 20000, "12:" * 9000])
def test_hostile_text_is_read_in_no_time(text):
    units = pd.DataFrame([("a", 1, 1, 0, len(text), text, frozenset(), False)], columns=list(schema.UNITS.columns))
    assert read_values(units, schema.TOKENS.empty(), SETTINGS) is not None
