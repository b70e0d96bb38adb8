"""Log-in by Streamlit's own OpenID Connect, asked for on every page as soon as the server's secrets hold an [auth] section.

Without one nothing is asked and nothing more is imported. Whatever is set up wrongly keeps everybody out: secrets that cannot be read, a
missing library, a person whom the list of people does not name.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError

from analysis.schema import InputError
from dashboard import marks, widgets

PAGE = "docs/deployment.md"
_OWN = frozenset({"client_id", "server_metadata_url"})  # what makes a section one of a provider


def _secrets() -> Mapping[str, Any]:
    """Return the server's secrets, empty when there are none.

    Raises:
        InputError: there are some, and they cannot be read.
    """
    try:
        return st.secrets.to_dict()
    except StreamlitSecretNotFoundError as error:
        if any(Path(place).exists() for place in st.get_option("secrets.files")):
            raise InputError("the server's secrets cannot be read, so nobody is let in", remedy=f"Mend them; {PAGE} shows the form") from error
        return {}


def _section(secrets: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the [auth] section, empty when no log-in is asked for.

    Raises:
        InputError: a log-in is asked for and cannot be had.
    """
    section = secrets.get("auth") or {}
    if not section:
        if "auth" in secrets or os.environ.get("PARALLAX_LOGIN", "").strip():
            raise InputError("a log-in is asked for, but the secrets have no [auth] section, so nobody is let in", remedy=f"{PAGE} shows the form")
        return {}
    if importlib.util.find_spec("authlib") is None:
        raise InputError(
            "a log-in is asked for, but Authlib is not installed, so nobody is let in",
            remedy=f"Run: .venv/bin/pip install 'streamlit[auth]=={st.__version__}'",
        )
    return section


def providers(section: Mapping[str, Any]) -> list[str]:
    """Return the names of the providers of an [auth] section; '' is the one that stands in the section itself."""
    named = [name for name, part in section.items() if isinstance(part, Mapping) and _OWN & set(part)]
    return [""] * bool(_OWN & set(section)) + named


def is_named(user: Mapping[str, Any], people: object) -> bool:
    """Say whether a list names this person: a whole e-mail address, or an entry like @school.example for everybody there.

    Args:
        user: the claims of the provider; an e-mail address it calls unverified counts for nothing.
        people: the list; None names everybody the provider lets in.

    Raises:
        InputError: it is no list of such entries.
    """
    if people is None:
        return True
    if not isinstance(people, list) or not all(isinstance(entry, str) and "@" in entry for entry in people):
        raise InputError("`people` in the secrets is no list of e-mail addresses, so nobody is let in", remedy=f"{PAGE} shows the form")
    email = str(user.get("email") or "").strip().casefold()
    if not email or user.get("email_verified") is False:
        return False
    return any(email == entry if not entry.startswith("@") else email.endswith(entry) for entry in (entry.strip().casefold() for entry in people))


def gate() -> None:
    """Ask for a log-in where one is set up, and end the page here for whoever has none.

    Raises:
        InputError: it is set up wrongly.
    """
    secrets = _secrets()
    section = _section(secrets)
    if not section:
        return
    user = st.user.to_dict()
    if not user.get("is_logged_in"):
        _ask(section)
    elif not is_named(user, (secrets.get("parallax") or {}).get("people")):
        widgets.heading("This account is not let in", 1)
        widgets.note(Markup("You are logged in as {}, who is not on the list of people of this dashboard.").format(user.get("email") or "somebody unnamed"))
        st.button("Log out", on_click=st.logout, key="logout")
    else:
        return
    st.stop()


def _ask(section: Mapping[str, Any]) -> None:
    """Show the page that asks for a log-in, with a button for each provider."""
    widgets.heading("Log in to Parallax", 1, "Whoever runs this dashboard asks for a log-in. Nothing of the library is shown before.")
    for name in providers(section):
        if st.button(f"Log in with {marks.md_escape(name)}" if name else "Log in", key=f"login {name}"):
            try:
                st.login(name or None)
            except StreamlitAuthError as error:
                raise InputError(f"the [auth] section of the secrets is not whole: {str(error).splitlines()[0]}", remedy=f"{PAGE} shows the form") from error


def show_leave() -> None:
    """Show the way out where somebody is logged in."""
    if _secrets().get("auth"):
        who = str(st.user.to_dict().get("email") or "")
        st.button("Log out", on_click=st.logout, key="logout", type="tertiary", help=f"You are logged in as {marks.md_escape(who)}." if who else None)
