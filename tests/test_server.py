"""What the server adds round the pages: headers on every answer, and a content policy that fits Streamlit's own page."""

import asyncio
import base64
import hashlib
from pathlib import Path

import streamlit as st

from dashboard import server

INDEX = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf8")


def answered(scope_type):
    """What a client of the middleware receives from an app that answers with one header of its own."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": f"{scope_type}.response.start", "status": 200, "headers": [(b"x-own", b"kept")]})

    async def send(message):
        sent.append(message)

    asyncio.run(server.Headers(app, {"X-Ours": "added"})({"type": scope_type}, None, send))
    return [dict(message["headers"]) for message in sent]


def test_every_answer_gets_the_headers_and_keeps_its_own():
    assert answered("http") == [{b"x-own": b"kept", b"x-ours": b"added"}]


def test_a_websocket_is_left_alone():
    assert answered("websocket") == [{b"x-own": b"kept"}]


def test_only_scripts_that_stand_in_the_page_may_run_inline():
    policy = dict(part.split(" ", 1) for part in server.content_policy("<script>one()</script><script src='x.js'></script><p>two</p>").split("; "))
    wanted = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert policy["script-src"] == f"'self' blob: 'sha256-{wanted}'"
    assert policy["default-src"] == "'none'"


def test_the_policy_names_no_other_host_and_no_eval():
    policy = server.content_policy(INDEX)
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_the_shipped_headers_hide_where_a_reader_came_from_and_forbid_guessing_types():
    headers = server.security_headers()
    assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == server.content_policy(INDEX)


def test_the_warm_up_imports_the_pages_and_can_draw():
    server.warm_up()
