"""The pages' glue, run in process on a made-up library: every page, every section, and the states nobody likes to meet."""

import ast
import sys
from pathlib import Path

import pytest
from pages_in_process import SECTIONS, shown
from sample_comparison import make_comparison
from streamlit.testing.v1 import AppTest

from analysis.output.canvas import make_lanes
from dashboard.views import claims

ROOT = Path(__file__).resolve().parent.parent


def test_the_overview_lists_events_with_their_label_and_counts(open_app):
    app = open_app()
    assert not app.exception
    assert (
        "Council closes north pier after storm" in shown(app) and "4 articles, 4 outlets, 3 origins" in shown(app) and ">constructed<" in shown(app)
    )


def test_blind_the_overview_counts_no_outlets(open_app):
    page = shown(open_app(blind="true"))
    assert "4 articles, 3 origins" in page and "4 outlets" not in page


def test_an_article_without_a_dot_says_why(open_app):
    page = shown(open_app(event="e1", section="Sentiment"))
    assert "No dot for " in page and "not comparable, or" not in page


def test_an_empty_library_says_how_to_add_articles(open_app):
    app = open_app("empty")
    assert not app.exception and "No articles yet" in shown(app)
    given, samples = (block.value for block in app.code)
    assert all(block.proto.wrap_lines for block in app.code), "a phone shows the whole command"
    assert given.startswith(".venv/bin/python -m analysis ingest FILE-OR-FOLDER --library ")
    assert samples.startswith(".venv/bin/python -m analysis ingest seeds/articles seeds/constructed/articles.jsonl --library ")
    named = [word for word in samples.split() if word.startswith("seeds/")]
    assert len(named) == 2 and all((ROOT / word).exists() for word in named)


def test_a_library_that_cannot_be_read_says_what_to_do_and_shows_no_path_of_ours(open_app):
    app = open_app("broken")
    assert not app.exception and "Restore the backup" in shown(app) and 'role="alert"' in shown(app)


def test_an_event_that_is_gone_says_so(open_app):
    app = open_app(event="nope")
    assert not app.exception and "There is no such event or storyline." in shown(app) and "Back to the overview" in shown(app)


@pytest.mark.parametrize("kind", ["", "hostile"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(open_app, section, kind):
    app = open_app(kind, event="e1", section=section)
    assert not app.exception
    assert "4 articles · 4 outlets · 3 origins" in shown(app) and "a difference is a hint" in shown(app)
    assert next(bar for bar in app.get("segmented_control") if bar.label == "Section").value == section


def test_a_storyline_opens_on_the_same_page_with_its_notice(open_app):
    app = open_app(event="s1")
    assert not app.exception and "Storyline" in shown(app) and "a difference is a hint" in shown(app)
    for subject, label in (("s1", "Download this storyline as a report"), ("e1", "Download this event as a report")):
        assert label in [button.proto.label for button in open_app(event=subject).get("download_button")]


def test_one_and_many_are_told_in_the_words_that_fit_them(open_app):
    assert "1 event in the library" in shown(open_app()) and "1 event matches" in shown(open_app(q="pier"))
    assert "20,000 events match<" in shown(open_app("many", origins="2"))
    from dashboard.views import emphasis, overview, reveal

    assert [overview._undrawn(n) for n in (0, 1, 2)] == ["", "1 event without a date is not drawn.", "2 events without a date are not drawn."]
    row = {"share": 0.2, "theme": "economy", "article_id": "a1", "sentences": [1]}
    event = open_app(event="e1", section="Emphasis") and overview.data.comparison("e1")
    assert ["+1 point<" in emphasis._theme_cell(event, row | {"difference": 0.01}), "−2 points<" in emphasis._theme_cell(event, row | {"difference": -0.02})] == [True] * 2
    assert [reveal._either(answers) for answers in (("A",), ("A", "B"), ("A", "B", "D"))] == ["A", "A or B", "A, B or D"]


def test_an_opened_cell_shows_the_pair_with_the_words_that_differ(open_app):
    app = open_app(event="e1", section="Claims", claim="c1", cell="a3")
    assert not app.exception and "The sentences:" in shown(app) and 'class="px-diff"' in shown(app)


def test_a_left_out_claim_is_told_apart_from_one_not_found(open_app):
    page = shown(open_app(event="e1", section="Claims"))
    assert "left out" in page and "not found" in page and "cannot tell" in page


def test_the_matrix_goes_from_all_to_one(open_app):
    page = shown(open_app(event="e1", section="Claims"))
    assert page.index("All say (1)") < page.index("Some say (1)") < page.index("One says (1)")


def test_a_wording_stands_in_its_whole_sentence():
    made = make_comparison()
    row = made.claims[(made.claims["claim_id"] == "c1") & (made.claims["article_id"] == "a3")].iloc[0].to_dict()
    text = made.sentences[(made.sentences["article_id"] == "a3") & (made.sentences["sentence"] == row["sentence"])]["text"].iloc[0]
    inside = row | {"start": row["start"] + 4, "end": row["end"] - 6}
    assert claims._around(made, inside) == (text[:4], text[-6:]) and claims._around(made, row) == ("", "")


def test_rows_that_are_not_drawn_are_counted():
    made = make_comparison()
    made.tables["claim_index"] = made.claim_index.assign(coverage="one")
    drawn = [claims._matrix.__wrapped__(made, make_lanes(made.articles), n_rows, ("", "")) for n_rows in (2, 3)]
    assert "One says (2 of 3 shown)" in drawn[0] and "One says (3)" in drawn[1]


@pytest.mark.parametrize("section", ["Headlines", "Claims", "Emphasis", "Read"])
def test_a_text_that_is_no_report_is_labelled_beside_its_outlet(open_app, section):
    page = shown(open_app(event="e1", section=section, read=r"D · Coast Radio \(opinion\)"))
    assert "Coast Radio" in page and ">opinion</span>" in page


def test_the_themes_an_article_dwells_on_lead_to_their_sentences(open_app):
    page = shown(open_app(event="e1", section="Emphasis", theme="economy", pick="a3"))
    assert "40%<br><a" in page and "+30 points" in page and "dwells on: economy" in page and "The fishermen may lose 60 jobs" in page


def test_a_link_to_a_sentence_outlines_it_even_when_its_article_was_not_chosen(open_app):
    page = shown(open_app(event="e1", section="Read", sentence="a3.4"))
    assert 'id="s-a3-4" class="px-s px-here"' in page and page.count("px-here") == 1


@pytest.mark.parametrize("sentence", ["a3.99", "zz.1", "a3", "a3.-1", "a3.9999999999999999999", ".", "a3.²"])
def test_a_broken_link_to_a_sentence_still_opens_the_page(open_app, sentence):
    app = open_app(event="e1", section="Read", sentence=sentence)
    assert not app.exception and "px-columns" in shown(app)


@pytest.mark.parametrize(
    "address",
    [
        {"section": "Nope"},
        {"read": "Nope"},
        {"measure": "Nope", "section": "Sentiment"},
        {"pick": "zz", "section": "Sentiment"},
        {"claim": "zz", "cell": "zz", "section": "Claims"},
        {"word": "x" * 500, "section": "Wording"},
        {"actor": "zz", "section": "Voices"},
    ],
)
def test_nonsense_in_the_address_falls_back(open_app, address):
    assert not open_app(event="e1", **address).exception


def test_a_picked_article_shows_its_sentences(open_app):
    page = shown(open_app(event="e1", section="Sentiment", pick="a3"))
    assert "The sentences that weigh most in C · The Lantern" in page and "read in place" in page


def test_an_article_without_a_number_says_so_and_never_shows_zero(open_app):
    page = shown(open_app(event="e1", section="Sentiment"))
    assert "no number: too few sentences" in page


@pytest.mark.parametrize("section", ["Sentiment", "Emphasis", "Voices"])
def test_every_chart_has_words_and_a_table(open_app, section):
    app = open_app(event="e1", section=section)
    charts = app.get("plotly_chart")
    assert charts and all(chart.proto.alt for chart in charts)
    assert len([panel for panel in app.expander if panel.label == "Show as table"]) == len(charts)


@pytest.mark.parametrize("section", ["Emphasis", "Voices"])
def test_a_figure_of_letters_alone_stands_below_what_they_mean(open_app, section):
    assert '<span class="px-letter">C</span><span>The Lantern' in shown(open_app(event="e1", section=section)).split("px-key")[1].split("</p>")[0]


def test_the_section_bar_computes_only_what_is_open(open_app):
    app = open_app(event="e1", section="Read")
    assert not app.get("plotly_chart") and "px-matrix" not in shown(app)


def test_twenty_thousand_events_come_by_the_page(open_app):
    app = open_app("many")
    assert not app.exception and shown(app).count('class="px-row"') == 25 and "20,000 events" in shown(app)


def test_a_linked_page_of_the_list_shows_its_own_events(open_app):
    # page 3 of 25 a page begins with the event numbered 50
    page = shown(open_app("many", page="3"))
    assert "after storm 50<" in page and "after storm 49<" not in page


def test_a_page_beyond_the_last_falls_back(open_app):
    assert "after storm 1<" in shown(open_app("many", page="999999"))


def test_the_method_page_names_every_measure_and_what_it_does_not_say(open_app):
    open_app()
    page = AppTest.from_string("from dashboard.views import method\nmethod.show()", default_timeout=60).run()
    assert not page.exception
    assert "(scare quotes) are not shown" in shown(page) and "not verdicts on a sentence" in shown(page)
    assert all(f">{name}<" in shown(page) for name in ("Sentiment", "Sentiment, quotations")) and "not what the outlet thinks" in shown(page)
    page.button[0].click().run()
    assert "Identical texts differ by nothing" in shown(page) and "✓ holds" in shown(page)


def test_a_thing_is_made_once_and_the_oldest_leaves_the_shelf(open_app):
    open_app()
    shelf, made = sys.modules["dashboard.shelf"].Shelf(2), []
    for key in ("a", "a", "b", "c", "b", "a"):
        shelf.get(key, lambda key=key: made.append(key) or key)
    # a, b made; c pushes a out; b is still there; a is made again
    assert made == ["a", "b", "c", "a"]


def _calls():
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.name, node


def test_no_page_uses_a_sink_that_runs_or_loads_what_an_article_says():
    # st.code, st.text and st.html of escaped markup are safe; these parse Markdown or run scripts (PLATFORM 2.3 S2)
    parsed = {
        "markdown",
        "write",
        "title",
        "header",
        "subheader",
        "caption",
        "iframe",
        "latex",
        "metric",
        "table",
        "error",
        "warning",
        "info",
        "success",
        "toast",
        "badge",
    }
    for name, call in _calls():
        target = call.func
        if (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and target.value.id in {"st", "left", "right", "one", "two", "three"}
        ):
            assert target.attr not in parsed, f"{name} calls st.{target.attr}"
        assert not [word.arg for word in call.keywords if word.arg and word.arg.startswith("unsafe_")], name


def test_caches_live_in_one_file_and_only_it_and_adding_know_the_pipeline():
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.name != "data.py":
            assert "cache_data" not in source and "cache_resource" not in source, path.name
        if path.name not in ("data.py", "adding.py"):
            assert "pipeline" not in source.replace("`analysis.pipeline`", ""), path.name


def test_the_shipped_settings_call_nobody_and_show_no_paths():
    import tomllib

    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False and settings["client"]["showErrorDetails"] == "type"
    assert (
        settings["server"]["address"] == "127.0.0.1"
        and settings["runner"]["postScriptGC"] is False
        and settings["client"]["disableDataExport"] is True
    )


def test_the_repair_panel_says_why_and_settles_a_borderline_article_with_one_click(open_app, monkeypatch):
    made = []
    app = open_app(event="e1")
    monkeypatch.setattr(sys.modules["analysis.pipeline"], "repair", lambda library, kind, ids, target="", reason="": made.append((kind, ids)) or "r1")
    comparison = sys.modules["dashboard.data"].comparison("e1")
    borderline = comparison.groups.assign(closeness=[0.5, 0.24, 0.4, 0.45], margin=[0.28, 0.02, 0.18, 0.23])
    monkeypatch.setitem(comparison.tables, "groups", borderline)
    app.session_state["repairing"] = True
    app.run()
    page = shown(app)
    first = comparison.groups["article_id"].iloc[1]
    assert "Why these articles are together" in page and page.count("Borderline:") == 1
    next(button for button in app.button if button.label == "Not the same").click().run()
    assert made == [("not the same", [first, comparison.groups["article_id"].iloc[0]])]


NAMES = ("Harbour Courier", "Courier", "Island Daily", "Lantern", "Coast Radio", "example.org")


@pytest.mark.parametrize("section", SECTIONS)
def test_blind_every_section_names_no_outlet(open_app, section):
    app = open_app(event="e1", section=section, blind="true")
    assert not app.exception and "outlet A" in shown(app) or section == "Lesson"
    assert not [name for name in NAMES if name in repr(app.main)], section


def test_blind_the_overview_offers_no_outlet_and_its_links_stay_blind(open_app):
    app = open_app(blind="true")
    assert not [box.label for box in app.selectbox if box.label == "Outlet"]
    assert 'href="./?event=e1&amp;blind=true"' in shown(app) or 'href="./?blind=true&amp;event=e1"' in shown(app)
    assert "Outlet" in [box.label for box in open_app().selectbox]


def test_blind_the_outlets_page_says_only_that_they_are_hidden(open_app):
    open_app("many")
    page = AppTest.from_string("from dashboard.views import outlets\noutlets.show()", default_timeout=60)
    page.session_state["blind"] = True
    page.run()
    assert not page.exception and "The outlets are hidden" in shown(page) and not page.get("plotly_chart")
    assert not [name for name in NAMES if name in repr(page.main)]


def outlets_page(open_app, kind=""):
    """Return the outlets page on one of the made-up libraries, after its button if it has one."""
    open_app(kind)
    page = AppTest.from_string("from dashboard.views import outlets\noutlets.show()", default_timeout=60).run()
    return page.button[0].click().run() if page.button else page


def test_with_too_few_events_nothing_is_said_about_an_outlet(open_app):
    page = outlets_page(open_app)
    assert not page.exception and "No event is reported by two outlets yet" in shown(page) and not page.get("plotly_chart")


def test_an_outlet_has_a_card_an_early_signal_or_nothing_and_what_cannot_be_told_stands_beside(open_app):
    page = outlets_page(open_app, "many")
    assert not page.exception and "Harbour Courier: a card" in shown(page) and "34 events shared" in shown(page)
    assert "Cannot be told from the others" in shown(page) and "Sentiment, quotations (34 events)" in shown(page)
    assert "+0.120" in shown(page) and "+0.050 to +0.190" in shown(page) and "+0.08 to +0.15" in shown(page)
    few = shown(page).split("Nothing can be said yet")[1]
    assert "The Lantern" in few and "Island Daily" not in few
    page.selectbox[0].set_value("Island Daily").run()
    assert "Island Daily: early signals only" in shown(page) and "turns without The Lantern" in shown(page)
    assert "+0.300" not in shown(page), "four events say nothing, so no number of theirs is shown"


def test_the_most_different_events_are_ranked_and_those_not_compared_are_counted(open_app):
    page = shown(open_app("many", order="Most different first"))
    assert page.count('class="px-row"') == 3 and "2 of 5 differences can be told" in page and "19,997 events of two origins or more not compared yet" in page


def test_a_lesson_goes_from_a_guess_over_marks_to_the_reveal(open_app):
    app = open_app(event="e1", section="Lesson", blind="true")
    assert not app.exception
    app.radio[0].set_value(app.radio[0].options[0]).run()
    assert "Reader 1: 1 of" in shown(app)
    step = next(bar for bar in app.get("segmented_control") if bar.label == "Step")
    step.set_value("2 Mark").run()
    app.checkbox[1].check().run()
    assert "Reader 1: 1 sentence marked in A." in shown(app)
    app.number_input[0].set_value(2).run()
    assert not app.checkbox[1].value, "the next reader begins with a clean page"
    app.checkbox[2].check().run()
    next(bar for bar in app.get("segmented_control") if bar.label == "Step").set_value("3 Reveal").run()
    page = shown(app)
    # two readers, 7 sentences of A with the headline, one mark each on different ones: n = 14, 12 unmarked, 2 marked; expected
    # = (12 * 11 + 2 * 1) / 13 = 10.31, agreed = 10; alpha = 1 - 4 / 3.69 = -0.08
    assert "2 readers in this session" in page and "α = −0.08 (2 readers, 7 sentences)" in page and "α ≈ .40" in page and "1 of 2" in page
    app.number_input[0].set_value(1).run()
    next(bar for bar in app.get("segmented_control") if bar.label == "Step").set_value("2 Mark").run()
    assert app.checkbox[1].value and not app.checkbox[2].value, "marks wait for their reader"


def test_the_marks_can_be_read_as_a_list(open_app):
    app = open_app(event="e1", section="Read")
    app.session_state["marklist"] = True
    app.run()
    assert not app.exception and "marks in these texts" in shown(app) and ">Quotations<" in shown(app)


def test_matched_paragraphs_stand_on_one_row_unless_the_reader_wants_them_free(open_app):
    assert "px-aligned" in shown(open_app(event="e1", section="Read")) and 'style="grid-row:2" class="px-met"' in shown(open_app(event="e1", section="Read"))
    assert "px-aligned" not in shown(open_app(event="e1", section="Read", rows="Each text on its own"))


def test_text_can_be_enlarged_for_a_projector_with_its_figures(open_app):
    app = open_app(event="e1", section="Sentiment", size="Projector")
    usual = open_app(event="e1", section="Sentiment")
    assert "font-size:min(27px,max(17px,5vw))" in "".join(element.proto.body for element in app.get("html"))
    large, small = (float(__import__("json").loads(page.get("plotly_chart")[0].proto.spec)["layout"]["height"]) for page in (app, usual))
    assert large == pytest.approx(1.6 * small, abs=1)
