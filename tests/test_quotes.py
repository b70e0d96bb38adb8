"""Quotation marks, reported statements and their speakers."""

import pandas as pd
import pytest
from conftest import paragraphs

from analysis.corpus.sentences import split_sentences
from analysis.framing.naming import know_groups, know_names
from analysis.framing.quotes import find_quoted
from analysis.framing.references import resolve_speakers, unify_speakers
from analysis.framing.sources import can_voice, known_names, source_kind
from analysis.framing.speakers import name_speakers
from analysis.framing.statements import find_statements
from analysis.schema import QUOTES


def table(text, title=""):
    return pd.DataFrame({"article_id": ["a"], "title": [title], "text": [text]})


def marked(text):
    found = find_quoted(table(text), paragraphs(text))
    return [text[s:e] for s, e in zip(found["start"], found["end"], strict=True)]


@pytest.mark.parametrize(("text", "expected"), [
    ("He said “one” and \"two\".", ["“one”", "\"two\""]),
    ("‘We won’t go,’ she said.", ["‘We won’t go,’"]),
    ("'It's the workers' hall,' he said.", ["'It's the workers' hall,'"]),
    ("The workers’ hall isn’t Ann’s.", []),
    ("Rock ’n’ roll of the ’90s, get ’em.", []),
    ("“He told me ‘go away’ twice,” she said.", ["“He told me ‘go away’ twice,”"]),
    ("‘She said “no” to me,’ he said.", ["‘She said “no” to me,’"]),
    ("The pipe is 5\" wide and 7\" long.", []),
    ("''We left,'' he said.", ["''We left,''"]),
    ("“We left“ he said.", ["“We left“"]),
    ("It is on “all our problems “have been told.", ["“all our problems “"]),
    ("<a href=\"x y\" id=\"z\"> text", []),
    ("Wait—“we left”—he said.", ["“we left”"]),
])
def test_marks_are_paired_by_what_stands_around_them(text, expected):
    assert marked(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("“We left and never came back.", ["“We left and never came back."]),
    ("“We left and never came back, Ann Roe said on Monday.", ["“We left and never came back,"]),
    ("He said “we left and. \"Never,\" she said.", ["“we left and.", "\"Never,\""]),
])
def test_an_odd_mark_swallows_no_more_than_it_must(text, expected):
    assert marked(text) == expected


def test_a_quotation_over_paragraphs_goes_on_where_it_is_reopened():
    text = "“We left.\n\n“We never came back,” he said."
    found = find_quoted(table(text), paragraphs(text))
    assert found["continues"].tolist() == [False, True] and found["closed"].tolist() == [False, True]


def test_a_quotation_closed_only_in_the_next_paragraph_covers_both():
    assert marked("“We left.\n\nWe never came back,” he said.") == ["“We left.", "We never came back,”"]


@pytest.mark.parametrize("text", ["", "\"", "“", "”", "'", "'' ''", "\"\"\"\"", "“" * 50, "'a" * 400, "\n\n\"\n\n\""])
def test_hostile_marks_give_spans_inside_the_text(text):
    found = find_quoted(table(text), paragraphs(text) if text else paragraphs("x").iloc[:0])
    assert all(0 <= s < e <= len(text) for s, e in zip(found["start"], found["end"], strict=True))


def road(text, title=""):
    """Quotes of one article, with their words."""
    articles = table(text, title)
    sentences, tokens = split_sentences(articles)
    quoted = find_quoted(articles, sentences)
    statements = find_statements(sentences, tokens, quoted)
    quotes = resolve_speakers(sentences, tokens, name_speakers(sentences, tokens, quoted, statements))
    words = [(title if n == 0 else text)[s:e] for n, s, e in zip(quotes["sentence"], quotes["start"], quotes["end"], strict=True)]
    return quotes.assign(words=words)


def told(text, kind):
    quotes = road(text)
    own = quotes[quotes["kind"] == kind]
    return list(zip(own["words"], own["speaker"], strict=True))


@pytest.mark.models
@pytest.mark.parametrize(("text", "expected"), [
    ("“We will rebuild the bridge,” said Ann Roe.", [("“We will rebuild the bridge,”", "Ann Roe")]),
    ("Ann Roe told reporters: “We will rebuild the bridge.”", [("“We will rebuild the bridge.”", "Ann Roe")]),
    ("“The bridge was old,” Ann Roe said. “We will rebuild it.”", [("“The bridge was old,”", "Ann Roe"), ("“We will rebuild it.”", "Ann Roe")]),
    ("“The bridge,” a Kremlin spokesperson said, “was old.”", [("“The bridge,”", "a Kremlin spokesperson"), ("“was old.”", "a Kremlin spokesperson")]),
    ("Ann Roe called the plan weak. “It was never going to work.”", [("“It was never going to work.”", "Ann Roe")]),
    ("“The bridge was old.\n\n“We will rebuild it,” said Ann Roe.", [("“The bridge was old.", "Ann Roe"), ("“We will rebuild it,”", "Ann Roe")]),
])
def test_direct_quotations_find_their_speaker(text, expected):
    assert told(text, "direct") == expected


@pytest.mark.models
@pytest.mark.parametrize(("text", "expected"), [
    ("Ann Roe said that the bridge was old.", [("that the bridge was old", "Ann Roe")]),
    ("The bridge was old, Ann Roe said.", [("The bridge was old", "Ann Roe")]),
    ("According to the mayor, the bridge was old.", [("the bridge was old", "the mayor")]),
    ("Ann Roe accused the council of wasting money.", [("the council of wasting money", "Ann Roe")]),
    ("The bridge was old.", []),
    ("Ann Roe condemned the attack.", []),
])
def test_reported_statements_are_found_without_marks(text, expected):
    assert told(text, "indirect") == expected


@pytest.mark.models
def test_a_scrap_in_a_statement_is_mixed_and_keeps_the_speaker():
    quotes = road("Ann Roe said that the bridge was “a danger to everyone” and had to go.")
    assert dict(zip(quotes["kind"], quotes["words"], strict=True))["mixed"] == "“a danger to everyone”"
    assert set(quotes["speaker"]) == {"Ann Roe"} and set(quotes["stance"]) == {"neutral"}


@pytest.mark.models
def test_quoted_words_nobody_spoke_give_no_row():
    assert road("The so-called “bridge” fell. Critics loved “The Long Road Home” all the same.").empty


@pytest.mark.models
def test_the_stance_is_that_of_the_reporting_word():
    quotes = road("Ann Roe claimed that it fell. Bo Poe admitted that it fell. Cy Doe said that it fell.")
    assert dict(zip(quotes["speaker"], quotes["stance"], strict=True)) == {"Ann Roe": "doubt", "Bo Poe": "endorse", "Cy Doe": "neutral"}


@pytest.mark.models
def test_short_forms_and_pronouns_become_the_full_name_or_stay_as_printed():
    quotes = road("Mary Smith opened the bridge on Monday.\n\n“It is safe,” Smith said.\n\n“It is strong,” she said.\n\n“It is new,” he said.")
    assert quotes[quotes["kind"] == "direct"]["resolved"].tolist() == ["Mary Smith", "Mary Smith", "he"]
    assert quotes["speaker"].tolist() == ["Smith", "she", "he"]


@pytest.mark.models
@pytest.mark.parametrize(("text", "last"), [
    ("Bob Roe said Tom Poe offered him the job. He said there was no time to think.", "Bob Roe"),
    ("Bob Roe met Tom Poe in the town. “I am glad,” he said.", "Bob Roe"),
    ("Cal Roe took the stand. Bob Poe, he testified, pulled the trigger. “Bob fired the shot,” he said.", "Cal Roe"),
    ("Ann Poe, the victim, lived there. Records show he hit his sister after she accused him of theft.", "she"),
    ("Odile Marsk, who runs a shop, told the Tiller how she hid. “They were loud,” she said.", "Odile Marsk"),
    ("Gov. Tom Poe spoke on Monday. Asked about the road, the governor replied: “I am not that cool.”", "Tom Poe"),
])
def test_a_pronoun_goes_on_with_whom_the_sentence_before_is_about_and_a_rank_with_its_only_bearer(text, last):
    assert road(text)["resolved"].tolist()[-1] == last


@pytest.mark.models
def test_the_noun_before_a_relative_clause_is_no_speech_of_its_pronoun():
    assert road("The bridge on the old river road, which said little of the town, was closed.").empty


@pytest.mark.models
def test_a_forecast_and_a_preposition_are_nobodys_statement():
    quotes = road("It promises to be a hard race. The winner will be a likely favorite, considering Norland is among the most liberal regions.")
    assert quotes.empty


@pytest.mark.models
@pytest.mark.parametrize("text", [
    "The meetings in the town showed that the two sides had little in common.",
    "That world view suggests that people could harm the river.",
    "Video shows that the bridge shook before it fell.",
    "The comment was “the latest low in a campaign that has seen many of them.”",
    "Last week proved that the bridge works.",
])
def test_what_a_thing_shows_or_is_called_is_laid_at_nobodys_door(text):
    assert set(road(text)["speaker"]) <= {""}


@pytest.mark.models
@pytest.mark.parametrize(("text", "speaker"), [
    ("Court documents show that the bridge was old.", "Court documents"),
    ("The inspector's report said that the bridge was old.", "The inspector's report"),
    ("A poll suggests that most residents want a new bridge.", "A poll"),
    ("The letter summed up the meeting and warned that the bridge was old.", "The letter"),
    ("He sent a statement saying that the bridge was old.", "a statement"),
    ("The bellringer said that the bridge was old.", "The bellringer"),  # on no list
    ("Six in 10 say that the bridge is old.", "Six in 10"),
])
def test_texts_counts_and_people_nobody_listed_are_voices(text, speaker):
    assert road(text)["speaker"].tolist() == [speaker]


@pytest.mark.models
@pytest.mark.parametrize(("text", "speaker"), [
    ("Ann Roe said that the price was a distortion, describing the builders as a highly skilled team.", "Ann Roe"),
    ("Ann Roe told the council that her task is to prove to voters that the bridge is safe.", "Ann Roe"),
    ("The Post columnist praised the plan but on Tuesday wrote that the bridge was old.", "The Post columnist"),
])
def test_a_reporting_word_hung_on_a_thing_goes_to_who_can_speak(text, speaker):
    assert set(road(text)["resolved"]) == {speaker}


@pytest.mark.models
@pytest.mark.parametrize(("text", "speakers"), [
    ("Keep Quays Open, or KQO, the group that organized the protest, says people had been locked out of a public meeting.", ["KQO"]),
    ("In scenes that shamed the town, around 400 agitators packed the square in front of the house to scream abuse at elected members.", []),
    ("Asked whether it was right to close the bridge, Ann Roe did not back down.", [""]),
    ("The organizer of the event said in a statement on Sunday that the clip had been played at the conference, saying it was part of an exhibit.",
     ["The organizer of the event"] * 2),
    ("“It’s destructive,” Ann Roe said, adding that it reflected the “nastiness and ugliness” of the race.", ["Ann Roe"] * 3),
    ("The “peaceful” march was whipped up by Ann Roe, who boasts that she speaks for all.", ["who"]),
    ("“Today” show host Ann Roe asked whether it was safe.", ["Ann Roe"]),
])
def test_a_statement_goes_to_who_makes_it_and_not_to_who_stands_near(text, speakers):
    assert road(text)["speaker"].tolist() == speakers


@pytest.mark.models
def test_a_thing_does_not_explain_what_it_did_little_to_explain():
    assert road("For all their length, the hearings did little to explain why the bridge fell.").empty


def test_a_day_is_no_voice_but_a_share_or_an_age_of_people_is():
    assert source_kind("Thursday", "PROPN", "DATE") == "thing" and not can_voice("thing", inherited=False)
    assert source_kind("percent", "NOUN", "PERCENT") == "somebody" and source_kind("old", "ADJ", "DATE") == "somebody"


def test_a_surname_known_from_elsewhere_in_the_article_is_a_person_even_as_a_noun():
    rows = [("a", "Bernie", "PROPN", "PERSON"), ("a", "Sanders", "PROPN", "PERSON"), ("a", "left", "VERB", ""), ("a", "Sanders", "NOUN", ""),
            ("a", "sanders", "NOUN", ""), ("b", "Sanders", "NOUN", "")]
    tokens = pd.DataFrame(rows, columns=["article_id", "text", "pos", "entity"])
    assert known_names(tokens).tolist() == ["PERSON", "PERSON", "", "PERSON", "", ""]
    assert tokens["entity"].tolist() == [row[3] for row in rows]


@pytest.mark.parametrize(("lemma", "kind"), [
    ("adviser", "somebody"), ("newspaper", "text"), ("poll", "count"), ("economist", "somebody"), ("pedestrianism", "unknown"), ("that", "pointing"),
    ("co-sponsor", "somebody"), ("meeting", "unknown"), ("video", "unknown"),
])
def test_a_noun_has_the_kind_of_its_list(lemma, kind):
    assert source_kind(lemma, "NOUN", "") == kind


@pytest.mark.models
def test_a_speaker_written_with_a_hyphen_is_named_whole():
    assert road("The president-elect said that the bridge was old.")["speaker"].tolist() == ["The president-elect"]


def unified(texts):
    """The names of all speakers over the articles of one event."""
    articles = pd.DataFrame({"article_id": list("abcdefgh"[:len(texts)]), "title": "", "text": texts, "outlet": "", "agency": ""})
    sentences, tokens = split_sentences(articles)
    quoted = find_quoted(articles, sentences)
    quotes = resolve_speakers(sentences, tokens, name_speakers(sentences, tokens, quoted, find_statements(sentences, tokens, quoted)))
    return unify_speakers(quotes, tokens, know_names(articles, tokens), know_groups(articles, tokens))["resolved"].tolist()


@pytest.mark.models
def test_one_voice_has_one_name_over_the_articles_of_an_event():
    texts = ["Lt. Gov. Timothy Murray met him. “He is cool,” Lt. Gov. Timothy Murray said.", "Tim Murray met him. “He is cool,” Murray said.",
             "“He is cool,” said Murray."]
    assert unified(texts) == ["Timothy Murray"] * 3


@pytest.mark.models
def test_a_rank_before_and_a_force_behind_a_name_make_no_second_voice():
    texts = ["Gareth Munnery paid tribute to them. “We tried,” Gareth Munnery said.",
             "Chief Superintendent Gareth Munnery of Harbour Police said: “We tried.”"]
    assert unified(texts) == ["Gareth Munnery"] * 2


@pytest.mark.models
@pytest.mark.parametrize(("text", "speaker"), [
    ("The protest was called by Keep Quays Open (KQO), a pressure group. The group says it will sue.", "Keep Quays Open"),
    ("The protest was called by pressure group Keep Quays Open (KQO), which says that it will sue.", "Keep Quays Open"),
    ("Gull Harbour Council closed the pier on Monday. The council said that it was old.", "Gull Harbour Council"),
    ("The protest was called by Keep Quays Open (KQO), a pressure group, and a group of residents. A group said it will sue.", "A group"),
    ("Gull Council and Skarrow Council met. The council said that it was old.", "The council"),
    ("Gull Harbour Council closed the pier. The Skarrow council said that it was old.", "The Skarrow council"),
])
def test_a_group_is_called_by_its_name_where_the_article_means_one(text, speaker):
    assert unified([text])[-1] == speaker


@pytest.mark.models
def test_a_group_only_another_article_names_keeps_its_noun():
    assert unified(["Gull Harbour Council closed the pier on Monday.", "The council said that it was old."]) == ["The council"]


@pytest.mark.models
@pytest.mark.parametrize("text", [
    "John Poe met reporters. The former senator has a daughter, Bella, with an illness, and he said that it is rare.",
    "“We tried,” John Poe told the station. Two men were released, he added.",
])
def test_a_daughter_and_two_men_are_no_he(text):
    assert road(text)["resolved"].tolist()[-1] == "John Poe"


@pytest.mark.models
def test_an_unresolved_speaker_has_no_offsets():
    quotes = road("“It is over.”")
    assert quotes["speaker"].tolist() == [""] and quotes["speaker_start"].isna().all()


@pytest.mark.models
def test_title_and_body_keep_their_own_offsets():
    quotes = road("The mayor left.\n\n“We are closing the bridge,” said Ann Roe.", title="Roe: ‘We are closing the bridge’")
    assert quotes["sentence"].tolist()[0] == 0 and "closing" in quotes["words"].iloc[0] and "closing" in quotes["words"].iloc[-1]


def test_nothing_in_gives_the_contract_out():
    empty = paragraphs("x").iloc[:0]
    tokens = pd.DataFrame(columns=["article_id", "sentence", "token", "start", "end", "text", "lemma", "pos", "tag", "dep", "head", "entity", "entity_begins"])
    quoted = find_quoted(table(""), empty)
    quotes = resolve_speakers(empty, tokens, name_speakers(empty, tokens, quoted, find_statements(empty, tokens, quoted)))
    assert quotes.empty and list(quotes.columns) == list(QUOTES.columns)


@pytest.mark.models
def test_inputs_are_left_as_they_were():
    articles = table("“We left,” said Ann Roe. She said it rained.")
    sentences, tokens = split_sentences(articles)
    quoted = find_quoted(articles, sentences)
    kept = [t.copy() for t in (articles, sentences, tokens, quoted)]
    statements = find_statements(sentences, tokens, quoted)
    resolve_speakers(sentences, tokens, name_speakers(sentences, tokens, quoted, statements))
    for before, after in zip(kept, (articles, sentences, tokens, quoted), strict=True):
        pd.testing.assert_frame_equal(before, after)
