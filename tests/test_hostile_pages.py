"""Forty-odd hostile texts in every place a stranger's words can reach, in a real browser on every page, and in every file that leaves the tool.

The pages are opened *without* the server's content policy, so that what holds is the escaping alone; one test then shows that the policy
would hold were the escaping to fail.
"""

import csv
import io
import json
import re
from urllib.parse import urlencode

import pandas as pd
import pytest
from hostile import CLEAN, PAYLOADS, URLS, hostile_texts, poison
from sample_app import MEASURES
from sample_comparison import make_comparison
from test_browser import ADDRESSES, IDLE, WAIT, Watched, chromium, serve  # noqa: F401 - chromium is a fixture

from analysis.output.bundle import pack_comparison, unpack_comparison
from analysis.output.report import write_report
from dashboard import exports

BAD_ELEMENTS = """() => {
  const found = []
  const main = document.querySelector("[data-testid=stMain]") || document.body
  for (const e of document.querySelectorAll("a, area, form, base")) {
    const href = (e.getAttribute("href") || e.getAttribute("action") || e.getAttribute("xlink:href") || "").trim()
    if (/^(javascript|data|vbscript):/i.test(href.replace(/[\\u0000-\\u0020]/g, ""))) found.push("address " + e.outerHTML)
    const there = href && new URL(href, location.href)
    const plain = e.matches("article header a[target=_blank][rel~=noopener][rel~=noreferrer]") // an article's own page, http or https
    if (there && there.origin !== location.origin && !(plain && /^https?:$/.test(there.protocol))) found.push("foreign " + e.outerHTML)
  }
  for (const e of main.querySelectorAll("img, iframe, object, embed, image, script, base, form[action], meta, link, math, .katex, h1 + blockquote"))
    found.push("element " + e.outerHTML)
  for (const e of main.querySelectorAll("*"))
    for (const a of e.attributes) if (/^on/i.test(a.name) || (a.name === "style" && /evil\\.example/.test(a.value))) found.push("attribute " + e.outerHTML)
  return found.map((one) => one.slice(0, 200))
}"""
OPEN_ALL = "() => document.querySelectorAll('[data-testid=stMain] details').forEach((box) => { if (!box.open) box.querySelector('summary').click() })"
PAGES = {name: address for name, address in ADDRESSES.items() if name != "read"}
READS = [f"a{place}" for place in range(1, len(CLEAN) + 1)]
STATE = ("section", "claim", "cell", "word", "pick", "read", "layers", "measure", "left", "right", "actorkey", "speaker", "sentence", "at", "q", "outlet",
         "list", "page", "since", "origins", "words", "of", "against", "blind")

pytestmark = pytest.mark.browser


def squeezed(text):
    """Text as a browser shows it: one blank for any run of white space."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def served():
    process, address = serve("payloads")
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def tab(chromium, served):  # noqa: F811
    made = Watched(chromium, served, viewport={"width": 1440, "height": 900})
    made.open("/")
    yield made
    made.context.close()


@pytest.fixture
def window(tab):
    """One tab for all pages, as a reader has it; its record of faults starts anew."""
    tab.trouble.clear()
    return tab


def look_everywhere(window):
    """Open what is closed, hover what answers to a pointer, and return what must not be there."""
    page = window.page
    page.evaluate(OPEN_ALL)
    window.rest()
    for dot in page.locator(".stPlotlyChart :is(.points, .point) path:visible").all()[:8]:
        dot.hover(force=True)
    for box in page.locator("[data-testid=stMain] [data-baseweb=select]").all():
        box.click(force=True)
        page.keyboard.press("Escape")
    return page.evaluate(BAD_ELEMENTS)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_runs_loads_or_links_what_a_stranger_wrote(window, name):
    window.go(PAGES[name])
    assert look_everywhere(window) == []
    assert window.faults() == []


def test_every_payload_is_read_letter_by_letter_in_the_text_columns(window):
    for at in range(0, len(READS), 4):
        keys = READS[at:at + 4]
        window.go(f"/?event=e1&section=Read&sentence={keys[0]}.1&layers=Claims&layers=Names&layers=Loaded+words&layers=Quotations&"
                  + "&".join(f"read={key}" for key in keys))
        assert window.page.evaluate(BAD_ELEMENTS) == []
    assert window.faults() == []


def test_every_payload_stands_on_the_headlines_page_as_it_was_printed(window):
    window.go("/?event=e1")
    shown = squeezed(window.page.locator("[data-testid=stMain]").inner_text())
    missing = [name for name, payload in CLEAN.items() if squeezed(payload)[:60] not in shown]
    assert missing == []


def test_labels_that_are_markdown_show_colours_icons_and_formulas_as_their_letters(window):
    window.go("/?event=e1&section=Read")
    pills = squeezed(" ".join(window.page.locator("[data-testid=stButtonGroup] button").all_inner_texts()))
    for name in ("directive", "latex", "md image", "autocomplete", "template", "entity"):
        assert squeezed(CLEAN[name])[:30] in pills, name


def test_a_shared_address_full_of_payloads_does_nothing(window):
    texts = [text.encode("utf8", "replace").decode()[:300] for text in PAYLOADS.values()]
    for turn in range(0, len(texts), 12):
        state = {key: texts[(turn + place) % len(texts)] for place, key in enumerate(STATE) if key != "section"}
        for section in ("Claims", "Sentiment"):
            window.go("/?" + urlencode({"event": "e1", "section": section, **state}))
            assert window.page.evaluate(BAD_ELEMENTS) == []
    window.go("/?" + urlencode({"event": texts[0], "section": texts[1]}))
    window.go("/?" + urlencode({key: texts[place] for place, key in enumerate(STATE)}))
    assert window.page.evaluate(BAD_ELEMENTS) == []
    assert window.faults() == []


def test_an_error_that_quotes_a_file_name_is_only_words(chromium):  # noqa: F811
    process, address = serve("broken", PARALLAX_LIBRARY="<img src=https://evil.example/x.png onerror=alert(1)>.sqlite")
    try:
        window = Watched(chromium, address)
        page = window.open("/")
        page.wait_for_selector("[role=alert]")
        assert squeezed(CLEAN["script"]) in squeezed(page.locator("[role=alert]").first.inner_text())
        assert page.evaluate(BAD_ELEMENTS) == [] and window.faults() == []
        window.context.close()
    finally:
        process.terminate()
        process.wait(20)


def test_were_the_escaping_to_fail_the_policy_would_still_hold(chromium, served):  # noqa: F811
    context = chromium.new_context()
    page, asked = context.new_page(), []
    page.on("response", lambda answer: asked.append(answer.url) if "evil.example" in answer.url else None)
    page.on("requestfailed", lambda request: asked.append(request.url) if request.failure not in ("csp", "net::ERR_ABORTED") else None)
    page.on("dialog", lambda dialog: (asked.append("dialog"), dialog.dismiss()))
    page.goto(served + "/?event=e1", timeout=WAIT)
    page.wait_for_selector(IDLE, timeout=WAIT)
    page.evaluate("""() => {
      window.stopped = []
      document.addEventListener("securitypolicyviolation", (event) => window.stopped.push(event.effectiveDirective))
      const box = document.createElement("div")
      box.innerHTML = '<img src="https://evil.example/x.png" onerror="alert(1)"><iframe src="https://evil.example/"></iframe>' +
        '<a id="trap" href="javascript:alert(1)">x</a><form action="https://evil.example/"><button id="send">x</button></form>'
      document.body.append(box)
      const script = document.createElement("script")
      script.textContent = "alert(1)"
      document.body.append(script)
      fetch("https://evil.example/").catch(() => window.stopped.push("fetch"))
      document.getElementById("trap").click()
      document.getElementById("send").click()
    }""")
    wanted, stopped = {"img-src", "frame-src", "script-src-elem", "script-src-attr", "connect-src", "form-action"}, set()
    for _ in range(40):  # the browser tells of each in its own time; waiting for a condition would need the eval that the policy forbids
        page.wait_for_timeout(250)
        stopped = set(page.evaluate("window.stopped"))
        if wanted <= stopped:
            break
    assert wanted <= stopped
    assert asked == []
    context.close()


@pytest.fixture(scope="module")
def poisoned():
    return poison(make_comparison(hostile_texts(), "e1", MEASURES))


def test_the_report_opened_from_disk_with_no_network_is_only_words(chromium, poisoned, tmp_path):  # noqa: F811
    path = tmp_path / "report.html"
    path.write_text(write_report(poisoned, MEASURES), encoding="utf8")
    context = chromium.new_context(offline=True, bypass_csp=True)
    page, trouble = context.new_page(), []
    page.on("dialog", lambda dialog: (trouble.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: trouble.append(request.url) if request.url != path.as_uri() else None)
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    for summary in page.locator("summary").all()[:60]:
        summary.click()
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))")
    assert not [link for link in links if not re.match(r"https?://|#", link)]
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, svg, script, form, base, math, [onload], [onerror], [ontoggle]').length") == 0
    shown = squeezed(page.locator("body").inner_text())
    assert [name for name, payload in CLEAN.items() if squeezed(payload)[:60] not in shown] == []
    assert trouble == []
    context.close()


@pytest.mark.parametrize("name", sorted(make_comparison().tables))
def test_every_table_leaves_as_a_csv_of_its_own_shape_without_a_formula(poisoned, name):
    table = poisoned.tables[name]
    rows = list(csv.reader(io.StringIO(exports.to_csv(table, poisoned).decode("utf-8-sig"), newline="")))
    assert {len(row) for row in rows} == {len(table.columns) + 5} and len(rows) == len(table) + 1
    numbers = [place for place, column in enumerate(table.columns) if pd.api.types.is_numeric_dtype(table[column])]
    for row in rows:
        for place, cell in enumerate(row):
            if place not in numbers:
                assert not cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), cell[:80]


def test_the_bundle_is_json_and_gives_every_text_back(poisoned):
    packed = pack_comparison(poisoned)
    json.loads(packed)
    again = unpack_comparison(packed, where="test")
    assert again.articles["title"].tolist() == poisoned.articles["title"].tolist() and list(again.notices) == list(poisoned.notices)


def test_no_address_but_plain_http_becomes_a_link(poisoned):
    from dashboard import marks

    assert [bool(marks.safe_url(url)) for url in URLS] == [False, False, True, False, False, False]
    assert str(marks.go(URLS[2], "x")).count('"') == 6  # its own three attributes; a quotation mark in the address ends none of them


def test_there_are_forty_payloads_and_each_differs():
    assert len(PAYLOADS) >= 40 and len(set(CLEAN.values())) == len(CLEAN)
