"""Every page as a picture, to be looked at by a person: three widths, light and dark, panels open, errors and empty states among them.

    .venv/bin/python -m benchmarks.see_pages FOLDER [--only claims --only read] [--width 400] [--theme dark]

Makes a library of the samples, serves it as shipped, once more only to be read and once without an article, and writes
FOLDER/<width>-<theme>/<view>.jpg, each as long as its page. It measures nothing: what no check can say of a page, eyes do.
"""

import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser, Page, sync_playwright

from analysis.pipeline import open_library
from benchmarks.bench_pages import FLAGS, IDLE, make_library, start, wait_for

WIDTHS = (1440, 1024, 400)
THEMES = ("light", "dark")
LONGEST = 9000  # pixels of a page that are shown
MOST = 45_000  # milliseconds a page may take
CHARTS = "[...document.querySelectorAll('.stPlotlyChart')].every(chart => chart.querySelector('.main-svg'))"


@dataclass(frozen=True)
class View:
    """A page: its address ({event} and {storyline} are filled in), what is clicked on it in turn, and the library it shows."""

    address: str
    clicks: tuple[str, ...] = ()
    library: str = "samples"


def _event(rest: str = "", *clicks: str, library: str = "samples") -> View:
    return View("/?event={event}" + rest, clicks, library)


VIEWS = {
    "overview": View("/"),
    "overview-different": View("/?order=Most+different+first"),
    "overview-search": View("/?q=harbour"),
    "overview-nothing-found": View("/?q=zebra+unheard"),
    "storylines": View("/?list=Storylines"),
    "storyline": View("/?event={storyline}"),
    "storyline-claims": View("/?event={storyline}&section=Claims"),
    "storyline-read": View("/?event={storyline}&section=Read"),
    "headlines": _event("", "[data-testid=stExpander] summary >> nth=0"),
    "claims": _event("&section=Claims"),
    "claims-all": _event("&section=Claims&allclaims=true"),
    "claims-cell": _event("&section=Claims", ".px-matrix td a >> nth=2"),
    "facts": _event("&section=Wording"),
    "facts-word": _event("&section=Wording&word=harbour"),
    "names": _event("&section=Wording&words=Names"),
    "phrases": _event("&section=Wording&words=Phrases"),
    "sentiment": _event("&section=Sentiment"),
    "emphasis": _event("&section=Emphasis"),
    "emphasis-claims": _event("&section=Emphasis&of=Claims"),
    "voices": _event("&section=Voices"),
    "read": _event("&section=Read"),
    "read-all-marks": _event("&section=Read&layers=Claims&layers=Names&layers=Loaded+words&layers=Other+cues&layers=Quotations"),
    "lesson-guess": _event("&section=Lesson&blind=true"),
    "lesson-mark": _event("&section=Lesson&step=2+Mark&blind=true"),
    "lesson-reveal": _event("&section=Lesson&step=3+Reveal&blind=true"),
    "blind-overview": View("/?blind=true"),
    "blind-claims": _event("&section=Claims&blind=true"),
    "blind-voices": _event("&section=Voices&blind=true"),
    "projector": _event("&section=Claims&size=Projector"),
    "panels": _event("", "[data-testid=stExpander] summary >> nth=1", "[data-testid=stExpander] summary >> nth=2"),
    "unknown-event": View("/?event=e000000000000"),
    "outlets": View("/outlets"),
    "method": View("/method"),
    "method-wrong": View("/method?lookat=Where+it+may+be+wrong"),
    "add": View("/add"),
    "add-links": View("/add?way=Links+and+feeds"),
    "add-files": View("/add?way=Files"),
    "only-read": _event("", library="only read"),
    "only-read-overview": View("/", library="only read"),
    "empty-overview": View("/", library="empty"),
    "empty-outlets": View("/outlets", library="empty"),
    "empty-method": View("/method", library="empty"),
}


def look(page: Page, address: str, view: View, path: Path) -> None:
    """Open a view, click what is to be open, and write it as a picture as long as the page."""
    page.goto(address)
    _rest(page)
    for click in view.clicks:
        page.locator(click).click()
        page.wait_for_timeout(400)  # milliseconds; a rerun has to begin before its end can be awaited
        _rest(page)
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    long = page.evaluate("(() => { const main = document.querySelector('[data-testid=stMain]'); return main ? main.scrollHeight : 900 })()")
    page.set_viewport_size({"width": width, "height": min(max(long + 20, height), LONGEST)})
    page.wait_for_timeout(300)
    page.screenshot(path=path, type="jpeg", quality=85)
    page.set_viewport_size({"width": width, "height": height})


def _rest(page: Page) -> None:
    """Wait until the script has run and every chart is drawn."""
    page.wait_for_selector("footer", timeout=MOST)
    page.wait_for_selector(IDLE, timeout=MOST)
    page.wait_for_function(CHARTS, timeout=MOST)
    page.wait_for_timeout(250)


def ids_of(library: Path) -> dict[str, str]:
    """Return the event of most articles and the storyline of most events."""
    groups = open_library(library, read_only=True).groups()
    events = groups.groupby("storyline_id")["event_id"].nunique()
    return {"event": groups["event_id"].value_counts().index[0], "storyline": events.idxmax()}


def shoot(browser: Browser, addresses: dict[str, str], names: dict[str, str], folder: Path, views: dict[str, View], width: int, theme: str) -> None:
    """Write all views at one width and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    for name, view in views.items():
        look(page, addresses[view.library] + view.address.format(**names), view, folder / f"{name}.jpg")
    context.close()


def main(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go; one folder for each width and theme is made in it.")],
    only: Annotated[list[str] | None, typer.Option(help="Names of views; all when left out.")] = None,
    width: Annotated[list[int] | None, typer.Option(help="Widths in pixels; 1440, 1024 and 400 when left out.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="light, dark, or both when left out.")] = None,
) -> None:
    """Write a picture of every page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium found. Install it: apt-get install -y chromium")
    if unknown := set(only or ()) - set(VIEWS):
        raise SystemExit(f"No such view: {', '.join(sorted(unknown))}. There are: {', '.join(VIEWS)}")
    views = {name: view for name, view in VIEWS.items() if not only or name in only}
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        library = Path(place) / "library.sqlite"
        make_library(library)
        names = ids_of(library)
        served = {"samples": start(library), "empty": start(Path(place) / "empty.sqlite"), "only read": start(library, PARALLAX_READ_ONLY="1")}
        try:
            addresses = {kind: address for kind, (_, address) in served.items()}
            for address in addresses.values():
                wait_for(address)
            browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
            for pixels in width or WIDTHS:
                for colours in theme or THEMES:
                    shoot(browser, addresses, names, folder / f"{pixels}-{colours}", views, pixels, colours)
                    print(f"{folder / f'{pixels}-{colours}'}: {len(views)} pictures", flush=True)
            browser.close()
        finally:
            for server, _ in served.values():
                server.send_signal(signal.SIGTERM)
                server.wait(30)


if __name__ == "__main__":
    typer.run(main)
