"""The dashboard's server: `streamlit run dashboard/server.py` serves `app.py` behind headers that hold even where the pages err.

Two things a Streamlit script cannot do for itself. *Headers:* a content policy that lets the browser run and fetch nothing but what this
server sends, so that a hostile headline that slipped through unescaped could still load no image and start no script. *Warm-up:* the pages
and the drawing library are imported while the first visitor's browser is still loading, not while they wait for their event.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = Path(__file__).resolve().parent
# Streamlit puts this file's folder on the import path, not the project's root, where `analysis` and `dashboard` live.
if (root := str(HERE.parent)) not in sys.path:
    sys.path.insert(0, root)

_INLINE = re.compile(r"<script>([^<]*(?:<(?!/?script>)[^<]*)*)</script>")


def content_policy(index: str) -> str:
    """Return the Content-Security-Policy for Streamlit's own page.

    Everything comes from this server or not at all. Styles may be inline, since Streamlit and plotly write theirs that way; of scripts only
    those the server sends, the ones standing in `index` (by hash), and `blob:`, from which Streamlit starts the link component of
    `steering.py`. No other site may frame the page, and nothing may be posted anywhere.

    Args:
        index: the HTML of Streamlit's page.
    """
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in _INLINE.findall(index)]
    return "; ".join((
        "default-src 'none'", " ".join(("script-src 'self' blob:", *hashes)), "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
        "font-src 'self' data:", "connect-src 'self'", "manifest-src 'self'", "frame-ancestors 'self'", "base-uri 'none'", "form-action 'none'"))


def security_headers() -> dict[str, str]:
    """Return the headers every answer of the server carries."""
    index = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf8")
    return {
        "Content-Security-Policy": content_policy(index),
        "Referrer-Policy": "no-referrer",  # an outlet does not learn which event its article is read beside
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


class Headers:
    """Middleware that adds headers to every HTTP answer and leaves websockets alone; plain ASGI, so that nothing is buffered."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def warm_up() -> None:
    """Import the pages and draw one figure: together some five seconds of work that would else fall to the first visitor."""
    import pandas as pd

    from analysis.output import figures
    from dashboard.views import event, method, overview  # noqa: F401 - imported for its weight

    figures.draw_shift(pd.DataFrame({"word": ["warm"], "contribution": [1.0]}), "A", "B")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Warm up beside the server, which answers at once; a visitor who comes earlier waits for the same imports, not for a second round."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


MIDDLEWARE = [Middleware(Headers, headers=security_headers())]
app = st.App(HERE / "app.py", lifespan=lifespan, middleware=MIDDLEWARE)
