"""How long a person waits: the dashboard's start to the overview, and a warm event page drawn in a real Chromium.

    .venv/bin/python -m benchmarks.bench_pages

Makes a library of the samples first, which is not timed. Prints the median of five runs beside the target of issue 2 and the machine's
load. Absolute seconds hold for the machine they were measured on.
"""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
RUNS = 5
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
READ, CHART = ".px-columns mark", ".stPlotlyChart .main-svg"


def make_library(path: Path) -> None:
    """Ingest and prepare the samples, as `make run` does the first time."""
    sources = ["seeds/articles", "seeds/constructed/articles.jsonl"]
    subprocess.run([sys.executable, "-m", "analysis", "ingest", *sources, "--library", str(path), "--prepare"], cwd=ROOT, check=True,
                   stderr=subprocess.DEVNULL)


def start(library: Path, **environment: str) -> tuple[subprocess.Popen, str]:
    """Start the server as `make run` does once venv and library are in place; return it with its address, not yet answering."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "dashboard/server.py", "--server.port", str(port)], cwd=ROOT,
                              env={**os.environ, "PARALLAX_LIBRARY": str(library), **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return server, f"http://127.0.0.1:{port}"


def wait_for(address: str) -> None:
    """Return when the server answers."""
    for _ in range(1200):
        try:
            if urllib.request.urlopen(address + "/_stcore/health", timeout=2).status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not answer within a minute")


def drawn(page: Page, wanted: str) -> None:
    """Wait until what is wanted stands there and the script has run."""
    page.wait_for_selector(wanted, timeout=60_000)
    page.wait_for_selector(IDLE, timeout=60_000)


def say(name: str, seconds: list[float], target: float) -> None:
    figures = "  ".join(f"{figure:6.2f}" for figure in (min(seconds), statistics.median(seconds), max(seconds)))
    print(f"{name:66}{figures}   {'≤' if statistics.median(seconds) <= target else '> MISSED'} {target:g}")


def first_page(browser, library: Path) -> float:
    """Seconds from the start of the server's process to the first event of the overview, in a fresh browser profile."""
    context = browser.new_context()
    page = context.new_page()
    began = time.perf_counter()
    server, address = start(library)
    wait_for(address)
    page.goto(address)
    page.wait_for_selector(".px-row a.px-go", timeout=60_000)
    seconds = time.perf_counter() - began
    context.close()
    server.send_signal(signal.SIGTERM)
    server.wait(30)
    return seconds


def open_times(page: Page, address: str, wanted: str) -> list[float]:
    """Seconds from navigation to the page drawn, RUNS times after one that is not counted."""
    seconds = []
    for _ in range(RUNS + 1):
        page.goto("about:blank")
        began = time.perf_counter()
        page.goto(address)
        drawn(page, wanted)
        seconds.append(time.perf_counter() - began)
    return seconds[1:]


def click_times(page: Page, address: str) -> list[float]:
    """Seconds from a click in the section bar to the marked texts, RUNS times."""
    seconds = []
    for _ in range(RUNS):
        page.goto(f"{address}&section=Sentiment")
        drawn(page, CHART)
        began = time.perf_counter()
        page.click(".st-key-sectionbar button:has-text('Read')")
        drawn(page, READ)
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium found. Install it: apt-get install -y chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        library = Path(folder) / "library.sqlite"
        make_library(library)
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n{'':66}   min  median     max   target")
        say("start of the server to the first event of the overview (s)", [first_page(browser, library) for _ in range(RUNS)], 15)
        server, address = start(library)
        wait_for(address)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.wait_for_selector(".px-row a.px-go")
        event = address + "/" + page.locator(".px-row a.px-go").first.get_attribute("href").removeprefix("./")
        say("warm event page by its address, texts marked (s)", open_times(page, f"{event}&section=Read", READ), 2)
        say("warm event page by its address, claims matrix (s)", open_times(page, f"{event}&section=Claims", ".px-matrix"), 2)
        say("warm event page by its address, charts drawn (s)", open_times(page, f"{event}&section=Sentiment", CHART), 2)
        say("a click from Sentiment to Read, texts marked (s)", click_times(page, event), 2)
        print(f"load {os.getloadavg()[0]:.1f} at the end")
        browser.close()
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
