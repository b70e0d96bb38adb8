import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.framing.parallels import find_parallels, pair_wording
from analysis.framing.style import fold_style, fold_word
from analysis.framing.wording import count_phrases, find_in_context
from analysis.schema import ARTICLES, CLAIM_INDEX, CLAIMS, PARALLELS, PHRASES, SENTENCES, TableError
from analysis.settings import WordingSettings

SETTINGS = WordingSettings()
LEMMAS = {"protesters": "protester", "ferries": "ferry", "stormed": "storm", "steps": "step", "votes": "vote", "came": "come"}


def event_of(**texts: list[str]):
    """SENTENCES, TOKENS, ARTICLES and GROUPS of articles given as lists of "word/POS" sentences; every article is an origin."""
    sentences, tokens = [], []
    for article_id, lines in texts.items():
        for number, sentence in enumerate(lines, start=1):
            words = [tuple(word.rsplit("/", 1)) for word in sentence.split()]
            start = 0
            for at, (word, pos) in enumerate(words):
                tokens.append({"article_id": article_id, "sentence": number, "token": at, "start": start, "end": start + len(word), "text": word,
                               "lemma": LEMMAS.get(word.lower(), word if pos == "PROPN" else word.lower()), "pos": pos, "tag": "", "dep": "dep", "head": 0,
                               "entity": "", "entity_begins": False})
                start += len(word) + 1
            sentences.append({"article_id": article_id, "sentence": number, "paragraph": number, "start": 0, "end": start - 1,
                              "text": " ".join(word for word, _ in words)})
    articles = pd.DataFrame({"article_id": list(texts)}).reindex(columns=list(ARTICLES.columns)).assign(agency="")
    articles["outlet"] = "Outlet " + articles["article_id"]
    groups = pd.DataFrame({"article_id": list(texts), "origin_id": list(texts)}).assign(event_id="e", storyline_id="s", closeness=1.0, margin=0.1, why="")
    return pd.DataFrame(sentences), pd.DataFrame(tokens), articles, groups


MOB = ["the/DET mob/NOUN stormed/VERB the/DET steps/NOUN", "the/DET mob/NOUN left/VERB"]
PROTEST = ["protesters/NOUN climbed/VERB the/DET steps/NOUN", "protesters/NOUN sang/VERB"]


def of_kind(phrases: pd.DataFrame, article_id: str, kind: str) -> list[str]:
    return phrases.loc[(phrases["article_id"] == article_id) & (phrases["kind"] == kind), "phrase"].tolist()


def test_a_phrase_only_one_article_repeats_and_one_it_does_without_are_found_with_their_sentences():
    phrases = count_phrases(*event_of(a=MOB, b=PROTEST, c=PROTEST), SETTINGS)
    assert list(phrases.columns) == [*PHRASES.columns, "quoted"]
    assert of_kind(phrases, "a", "only here") == ["mob"]
    assert of_kind(phrases, "a", "absent here") == ["climbed the steps", "protesters", "sang"]
    mob = phrases[phrases["phrase"] == "mob"].iloc[0]
    # mob: 2 of article a's 8 words; nowhere among the others
    assert (mob["count"], mob["others"], mob["sentences"], mob["elsewhere"], mob["outlet"]) == (2, 0, [1, 2], [], "Outlet a")
    assert mob["per_1000"] == pytest.approx(1000 * 2 / 8) and mob["others_per_1000"] == 0 and mob["z"] > 0
    gone = phrases[(phrases["article_id"] == "a") & (phrases["phrase"] == "protesters")].iloc[0]
    # protesters: twice in each of the two others, 6 words each: 4 / 12
    assert (gone["count"], gone["others"], gone["sentences"]) == (0, 2, []) and gone["others_per_1000"] == pytest.approx(1000 * 4 / 12)
    assert gone["elsewhere"] == [["b", 1], ["b", 2], ["c", 1], ["c", 2]] and gone["z"] < 0
    assert math.isnan(gone["quoted"])


def test_z_is_the_log_odds_with_the_event_as_prior():
    settings = WordingSettings(min_phrase_uses=2, min_z=0.0)
    phrases = count_phrases(*event_of(a=["steps/NOUN"], b=["steps/NOUN", "sang/VERB sang/VERB sang/VERB"]), settings)
    z = phrases.loc[(phrases["article_id"] == "a") & (phrases["phrase"] == "steps"), "z"].item()
    # 1 of 1 word here, 1 of 4 there; prior 500 x 2/5 = 200: odds 201/(501-201) and 201/(504-201)
    assert z == pytest.approx((math.log(201 / 300) - math.log(201 / 303)) / math.sqrt(2 / 201))


def test_one_text_in_two_outlets_has_one_vote_and_no_difference_of_its_own():
    sentences, tokens, articles, groups = event_of(a=MOB, b=PROTEST, c=PROTEST)
    groups["origin_id"] = ["a", "wire", "wire"]
    phrases = count_phrases(sentences, tokens, articles, groups, SETTINGS)
    assert of_kind(phrases, "a", "absent here") == []  # one origin is not "most others"
    same = [phrases[phrases["article_id"] == name].drop(columns=["article_id", "outlet"]).reset_index(drop=True) for name in ("b", "c")]
    pd.testing.assert_frame_equal(*same)
    assert "others" in phrases and of_kind(phrases, "b", "only here") == ["protesters"]
    # protesters: twice in each printing of the wire, so twice in its 6 words for article a
    shared = count_phrases(sentences, tokens, articles, groups, WordingSettings(absent_origins=1))
    assert shared.loc[(shared["article_id"] == "a") & (shared["phrase"] == "protesters"), "others_per_1000"].item() == pytest.approx(1000 * 2 / 6)
    groups["origin_id"] = "wire"
    assert count_phrases(sentences, tokens, articles, groups, SETTINGS).empty


def test_the_order_of_rows_changes_nothing_and_the_input_stays():
    tables = event_of(a=MOB, b=PROTEST, c=PROTEST)
    copies = [table.copy() for table in tables]
    straight = count_phrases(*tables, SETTINGS)
    turned = count_phrases(*(table.iloc[::-1] for table in tables), SETTINGS)
    pd.testing.assert_frame_equal(straight, turned)
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_a_word_of_the_same_family_is_neither_absent_nor_only_here():
    closing = ["closing/NOUN now/ADV", "closing/NOUN again/ADV"]
    closure = ["closure/NOUN now/ADV", "closure/NOUN again/ADV"]
    assert count_phrases(*event_of(a=closing, b=closure, c=closure), SETTINGS).empty


def test_a_shorter_phrase_gives_way_to_the_longer_one_it_lies_in():
    bus = ["a/DET replacement/NOUN bus/NOUN came/VERB", "no/DET replacement/NOUN bus/NOUN came/VERB"]
    phrases = count_phrases(*event_of(a=bus, b=PROTEST, c=PROTEST), SETTINGS)
    assert of_kind(phrases, "a", "only here") == ["replacement bus"]


def test_phrases_do_not_reach_over_commas_and_are_shown_as_printed():
    listed = ["mob/NOUN ,/PUNCT steps/NOUN", "the/DET mob/NOUN ,/PUNCT steps/NOUN", "they/PRON stormed/VERB the/DET steps/NOUN",
              "they/PRON stormed/VERB the/DET steps/NOUN"]
    found = of_kind(count_phrases(*event_of(a=listed, b=PROTEST, c=["protesters/NOUN left/VERB"]), SETTINGS), "a", "only here")
    assert "stormed the steps" in found and "mob steps" not in found and "mob , steps" not in found


def test_uses_inside_quotations_are_told_apart():
    sentences, tokens, articles, groups = event_of(a=MOB, b=PROTEST, c=PROTEST)
    voiced = sentences.assign(voice=["quote", "narrator", *["narrator"] * 4])
    phrases = count_phrases(voiced, tokens, articles, groups, SETTINGS)
    assert phrases.loc[phrases["phrase"] == "mob", "quoted"].item() == 0.5


def test_an_event_of_one_article_and_an_empty_event_give_an_empty_table():
    for tables in (event_of(a=MOB), tuple(table.iloc[:0] for table in event_of(a=MOB))):
        phrases = count_phrases(*tables, SETTINGS)
        assert phrases.empty and list(phrases.columns) == [*PHRASES.columns, "quoted"]
    sentences, tokens, articles, groups = event_of(a=MOB)
    with pytest.raises(TableError, match="origin_id"):
        count_phrases(sentences, tokens, articles, groups.drop(columns="origin_id"), SETTINGS)


@pytest.mark.parametrize(("one", "other"), [
    ("Rep.", "Representative"), ("Sen.", "senator"), ("Gov", "governor"), ("U.S.", "USA"), ("U.K.", "UK"), ("%", "percent"), ("colour", "color"),
    ("organisation", "organization"), ("neighbourhood", "neighborhood"), ("centre", "center"), ("Cllr", "Councillor"), ("analyse", "analyze"),
    ("travelled", "traveled"), ("it’s", "it's"), ("FOURTEEN", "fourteen"), ("catalogue", "catalog"), ("defence", "defense"), ("e-mail", "email"),
])
def test_house_style_folds_to_one_form(one, other):
    assert fold_word(one) == fold_word(other)


@pytest.mark.parametrize(("one", "other"), [("mob", "crowd"), ("four", "for"), ("us", "USA"), ("hour", "hor"), ("fire", "fier"), ("regime", "government"),
                                            ("protester", "protest"), ("tell", "tel"), ("police", "polize")])
def test_words_that_differ_stay_apart(one, other):
    assert fold_word(one) != fold_word(other)


@given(st.text(max_size=20))
def test_folding_a_word_twice_is_folding_it_once_or_harmless(word):
    assert isinstance(fold_word(word), str)


def test_datelines_own_names_dates_and_courtesies_drop_out():
    _, tokens, articles, _ = event_of(
        a=["HARBOUR/PROPN ,/PUNCT May/PROPN 3/NUM (/PUNCT Wire/PROPN )/PUNCT -/PUNCT Ferries/NOUN stop/VERB Tuesday/PROPN ,/PUNCT Mr./PROPN Gull/PROPN"
           " told/VERB the/DET Tern/PROPN at/ADP 7.40pm/NUM in/ADP the/DET United/PROPN States/PROPN"])
    articles["outlet"] = "The Morning Tern"
    terms = [term for term in fold_style(tokens, articles)["term"] if term]
    assert terms == ["ferry", "stop", "gull", "told", "at", "in", "united states"]


def test_a_rank_before_a_name_drops_out_and_alone_it_stays():
    _, tokens, articles, _ = event_of(a=["Rep./PROPN Gull/PROPN met/VERB the/DET senator/NOUN"])
    assert [term for term in fold_style(tokens, articles)["term"] if term] == ["gull", "met", "senator"]


def test_a_sentence_with_a_dash_is_no_dateline():
    _, tokens, articles, _ = event_of(a=["He/PRON left/VERB -/PUNCT ferries/NOUN stopped/VERB"])
    assert "left" in fold_style(tokens, articles)["term"].tolist()


def test_two_wordings_of_a_claim_differ_where_they_differ():
    segments = pair_wording("Officers with shields forced the crowd back from the steps.", "Brave officers drove the mob back from the steps.")
    assert segments == [["insert", "", "Brave "], ["equal", "Officers ", "officers "], ["replace", "with shields forced the crowd ", "drove the mob "],
                        ["equal", "back from the steps.", "back from the steps."]]


def test_house_style_is_no_difference_in_wording():
    assert [op for op, _, _ in pair_wording("Rep. Gull said “it’s 5%”", "Representative Gull said \"it's 5%\"")] == ["equal"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_joining_the_segments_gives_both_texts_back(left, right):
    segments = pair_wording(left, right)
    assert "".join(here for _, here, _ in segments) == left
    assert "".join(there for _, _, there in segments) == right
    assert all((op == "insert") == (not here) and (op == "delete") == (not there) for op, here, there in segments)


@given(st.text(max_size=60))
def test_a_text_beside_itself_is_equal_throughout(text):
    assert pair_wording(text, text) == ([["equal", text, text]] if text else [])


def test_each_carrier_stands_beside_the_label_and_others_do_not():
    claims = pd.DataFrame([("k", "a", "firm", 1, "Mob tore down the barrier"), ("k", "b", "firm", 2, "The barrier gave way"),
                           ("k", "c", "not found", 3, "Rain fell"), ("k", "d", "likely", 4, "The barrier gave way")],
                          columns=["claim_id", "article_id", "status", "sentence", "wording"]).reindex(columns=list(CLAIMS.columns))
    index = pd.DataFrame([("k", "The barrier gave way", "b", 2)], columns=["claim_id", "label", "article_id", "sentence"])
    index = index.reindex(columns=list(CLAIM_INDEX.columns))
    parallels = find_parallels(claims, index)
    assert list(parallels.columns) == list(PARALLELS.columns)
    assert parallels[["article_id", "sentence", "other_id", "other_sentence"]].to_numpy().tolist() == [["a", 1, "b", 2], ["d", 4, "b", 2]]
    assert [op for op, _, _ in parallels["segments"].iloc[1]] == ["equal"]
    assert "".join(here for _, here, _ in parallels["segments"].iloc[0]) == "Mob tore down the barrier"
    assert find_parallels(claims.iloc[:0], index).empty


def test_a_word_in_context_is_found_whole_with_its_offsets():
    sentences = pd.DataFrame([("a", 1, 1, 10, 40, "It’s a mob; the Mob\nruled (a+)")], columns=list(SENTENCES.columns))
    hits = find_in_context(sentences, "MOB", WordingSettings(context_characters=4))
    assert hits[["start", "end", "left", "hit", "right"]].to_numpy().tolist() == [[17, 20, "…s a ", "mob", "; …"], [26, 29, "…the ", "Mob", "\n…"]]
    assert len(find_in_context(sentences, "mob  ruled")) == 1 and len(find_in_context(sentences, "it's")) == 1
    assert len(find_in_context(sentences, "(a+)")) == 1 and find_in_context(sentences, "mo").empty and find_in_context(sentences, "  ").empty
