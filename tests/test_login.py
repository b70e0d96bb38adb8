"""The log-in: asked for only where the server's secrets set one up, before anything of the library is shown, and never half open."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from pages_in_process import APP, forget_the_pages, shown
from streamlit.testing.v1 import AppTest
from test_architecture import imports_of, tree_of

from analysis.schema import InputError

ROOT = Path(__file__).resolve().parent.parent
AUTH = {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "c" * 40, "client_id": "parallax", "client_secret": "s",
        "server_metadata_url": "https://login.example/.well-known/openid-configuration"}
TITLE = "Council closes north pier after storm"


@pytest.fixture
def visit(monkeypatch, give_back_the_pipeline):
    """Return a function that opens the app as somebody, under these secrets."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, found=importlib.util.find_spec: object() if name == "authlib" else found(name))

    def opened(secrets, user=None, **address):
        monkeypatch.setenv("PARALLAX_SAMPLE", "")
        if getattr(sys.modules.get("analysis.pipeline"), "KIND", None) != "":
            forget_the_pages()
        claims = {"is_logged_in": bool(user), **(user or {})}
        monkeypatch.setattr(st, "user", SimpleNamespace(to_dict=lambda: claims))
        app = AppTest.from_file(APP, default_timeout=60)
        for key, value in secrets.items():
            app.secrets[key] = value
        for key, value in address.items():
            app.query_params[key] = value
        return app.run()

    return opened


def buttons(app):
    return [button.label for button in app.button]


def test_without_secrets_nothing_is_asked_and_nobody_is_looked_at(open_app, monkeypatch):
    monkeypatch.setattr(st, "user", None)
    app = open_app()
    assert not app.exception and TITLE in shown(app) and "Log out" not in buttons(app)


@pytest.mark.parametrize("address", [{}, {"event": "e1"}, {"event": "e1", "section": "Read"}])
def test_nobody_sees_anything_of_the_library_before_the_log_in(visit, address):
    app = visit({"auth": AUTH}, **address)
    assert not app.exception and "Log in to Parallax" in shown(app) and buttons(app) == ["Log in"]
    assert "pier" not in shown(app) and "Outlets" not in shown(app) and not app.get("segmented_control") and not app.toggle


def test_the_button_leads_to_the_provider_it_names(visit, monkeypatch):
    asked = []
    monkeypatch.setattr(st, "login", asked.append)
    app = visit({"auth": {**AUTH, "school": {"client_id": "x", "client_secret": "y", "server_metadata_url": "https://school.example/"}}})
    assert buttons(app) == ["Log in", "Log in with school"]
    app.button[1].click().run()
    app.button[0].click().run()
    assert asked == ["school", None]


def test_whoever_is_logged_in_sees_the_pages_and_a_way_out(visit, monkeypatch):
    left = []
    monkeypatch.setattr(st, "logout", lambda: left.append(1))
    app = visit({"auth": AUTH}, {"email": "jane@paper.example"}, event="e1")
    assert not app.exception and TITLE in shown(app) and buttons(app).count("Log out") == 1
    next(button for button in app.button if button.label == "Log out").click().run()
    assert left == [1]


@pytest.mark.parametrize(("email", "verified", "let_in"), [
    ("jane@paper.example", True, True), ("JANE@paper.example", None, True), ("pupil7@school.example", True, True), ("jane@paper.example", False, False),
    ("tom@paper.example", True, False), ("x@evilschool.example", True, False), ("x@school.example.evil.example", True, False), ("", True, False)])
def test_only_who_is_on_the_list_is_let_in(visit, email, verified, let_in):
    people = {"people": ["Jane@Paper.example", "@school.example"]}
    app = visit({"auth": AUTH, "parallax": people}, {"email": email, **({} if verified is None else {"email_verified": verified})})
    assert not app.exception and (TITLE in shown(app)) is let_in and ("This account is not let in" in shown(app)) is not let_in
    assert "Log out" in buttons(app)


def test_an_account_with_a_hostile_name_is_shown_letter_by_letter(visit):
    app = visit({"auth": AUTH, "parallax": {"people": ["@paper.example"]}}, {"email": "<img src=x onerror=alert(1)>@evil.example"})
    assert "&lt;img src=x" in shown(app) and "<img" not in shown(app) and not app.markdown


@pytest.mark.parametrize(("secrets", "said"), [({"auth": {}, "other": 1}, "have no [auth] section"), ({"auth": AUTH, "parallax": {"people": "jane@paper.example"}}, "no list of e-mail")])
def test_what_is_set_up_wrongly_lets_nobody_in(visit, secrets, said):
    app = visit(secrets, {"email": "jane@paper.example"})
    assert said in shown(app) and "nobody is let in" in shown(app) and TITLE not in shown(app)


def test_where_a_log_in_is_wanted_missing_secrets_let_nobody_in(open_app, monkeypatch):
    monkeypatch.setenv("PARALLAX_LOGIN", "1")
    app = open_app()
    assert "nobody is let in" in shown(app) and TITLE not in shown(app)


def test_secrets_that_cannot_be_read_let_nobody_in(open_app, monkeypatch, tmp_path):
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth\nclient_id = 'x'")
    open_app()
    login = sys.modules["dashboard.login"]
    real = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: [str(broken)] if name == "secrets.files" else real(name))
    with pytest.raises(InputError, match="secrets cannot be read, so nobody is let in"):
        login.gate()


def test_a_missing_authlib_is_named_with_what_to_install(visit, monkeypatch):
    app = visit({"auth": AUTH})
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    app.run()
    assert "Authlib is not installed, so nobody is let in" in shown(app) and f"streamlit[auth]=={st.__version__}" in shown(app) and not app.button


def test_the_pages_import_nothing_for_a_log_in_nobody_asked_for():
    for path in (ROOT / "dashboard").rglob("*.py"):
        assert not [name for name in imports_of(tree_of(path)) if name.split(".")[0] in ("authlib", "httpx", "joserfc")], path.name
