"""Forty-odd texts that attack whatever shows them, and the sample event with one of them in every place a stranger's words can reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pandas as pd

from analysis.corpus.text import normalise_text
from analysis.schema import COMPARISON_TABLES, Comparison, check_table

BAIT = "https://evil.example/x.png"
PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "script split": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script end": "</script><script>alert(1)</script>",
    "title end": "</title></style></textarea><script>alert(1)</script>",
    "image error": f'<img src="{BAIT}" onerror="alert(1)">',
    "image bare": f"<img src={BAIT} onerror=alert(1)//",
    "svg load": f'<svg onload="alert(1)"><image href="{BAIT}"/></svg>',
    "math": f'<math><mtext><table><mglyph><style><img src="{BAIT}" onerror=alert(1)></style></mglyph></table></mtext></math>',
    "iframe": f'"><iframe src="{BAIT}"></iframe>',
    "srcdoc": "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "details": "</mark></span></article><details open ontoggle=alert(1)>x</details>",
    "body load": "<body onload=alert(1)><input autofocus onfocus=alert(1)>",
    "link": '<a href="javascript:alert(1)">click</a>',
    "link coded": '<a href="&#106;avascript&colon;alert(1)">click</a>',
    "base": '<base href="https://evil.example/"><link rel=stylesheet href="//evil.example/x.css">',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "form": '<form action="https://evil.example/"><button>Sign in</button></form>',
    "style": f'<style>@import "{BAIT}";body{{background:url({BAIT})}}</style>',
    "attribute": '" onmouseover="alert(1)" x="',
    "attribute single": "' onfocus='alert(1)' autofocus tabindex=1 x='",
    "comment": "--><script>alert(1)</script><!--",
    "cdata": "]]><script>alert(1)</script><![CDATA[",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62;",
    "md image": f"![x]({BAIT})",
    "md image by name": f"![x][1]\n\n[1]: {BAIT}",
    "md link": "[Sign in](javascript:alert(1)) [here](https://evil.example/)",
    "md auto": "<https://evil.example/a> https://evil.example/b www.evil.example",
    "md block": f"\n\n# Heading\n\n> quote\n\n* list\n\n```\ncode\n```\n\n| a |\n|---|\n| ![x]({BAIT}) |",
    "latex": r"$\href{javascript:alert(1)}{x}$ $$\includegraphics{https://evil.example/x.png}$$ $x^2$",
    "directive": ":red[red] :blue-background[blue] :small[small] :material/home: :streamlit: :shortcake: :smile:",
    "autocomplete": "**bold** _slanted_ `code` ~~gone~~ --> <- ->",
    "template": "{{7*7}} {% import os %} ${alert(1)} #{7*7} <%= 7*7 %> %(x)s {0.__class__} %s%n",
    "plotly": f'<b>bold</b><br><a href="javascript:alert(1)">x</a> %{{customdata[0]}} %{{x}} <extra>e</extra><span style="background:url({BAIT})">',
    "formula": "=HYPERLINK(\"https://evil.example/\",\"x\")",
    "formula call": "+cmd|' /C calc'!A1",
    "formula at": "@SUM(1+1)*cmd|' /C calc'!A1",
    "formula wide": "＝1+1",
    "formula tab": "\t-2+3+cmd|' /C calc'!A1",
    "csv": 'a","b\r\n=1+1,"c',
    "json": '"}]},"x":[{"y":"</script><script>alert(1)</script>',
    "control": "NUL\x00 bell\x07 escape\x1b[31m delete\x7f surrogate\ud800 end",
    "bidi": "safe \u202etxet desrever\u202c \u2066isolated\u2069 \u200fmark",
    "unseen": "zero\u200bwidth\u200djoined\ufeff \u00ad soft",
    "zalgo": "Z" + "\u0337\u0322\u0321\u0353" * 40 + "algo",
    "long word": "w" * 6000,
    "many marks": "<" * 400 + ">" * 400,
    "path": "../../../../etc/passwd\\..\\..\\windows CON NUL.txt",
}
CLEAN = {name: normalise_text(text) for name, text in PAYLOADS.items()}
"""As the library hands them out: what cannot be text at all is gone after the gate, everything else is still there."""

URLS = ("javascript:alert(1)//", "data:text/html,<script>alert(1)</script>", "https://evil.example/\" onmouseover=\"alert(1)", "vbscript:x", "//evil.example/", "")
PROSE = {  # every column that carries words of an article, or words made from them
    "claim_index": ("label", "conflict"), "claims": ("wording", "attribution", "conflict"), "phrases": ("phrase", "outlet"),
    "names": ("referent", "label", "outlet"), "cues": ("text", "note"), "quotes": ("speaker", "resolved", "cue"), "voices": ("speaker", "cue"),
    "cut_quotes": ("shared", "missing_here", "missing_there"), "comparability": ("reasons",), "groups": ("why",), "themes": ("theme",),
    "articles": ("byline", "agency"),
}


def hostile_texts() -> dict[str, tuple[str, str, str, str]]:
    """Return one article for each payload: it is its outlet, its headline, a sentence of its own, a quotation and a speaker."""
    start = pd.Timestamp("2031-03-02T08:00Z")
    return {
        f"a{place}": (payload or name, payload or name, (start + pd.Timedelta(minutes=place)).isoformat(),
                      f'{payload} The pier closed. {payload} and more.\n\n"{payload}" said {payload}. Once more {payload}.')
        for place, (name, payload) in enumerate(CLEAN.items(), 1)
    }


def poison(chosen: Comparison) -> Comparison:
    """Return the comparison with a payload in every cell that can hold a stranger's words, each column with all of them where it has the rows."""
    tables = {name: _widened(table) if name in ("phrases", "names", "cues", "themes") else table.copy() for name, table in chosen.tables.items()}
    payloads = list(CLEAN.values())
    for name in ("claim_index", "claims"):
        turns = range(-(-len(CLEAN) // len(chosen.claim_index)))
        tables[name] = pd.concat([chosen.tables[name].assign(claim_id=chosen.tables[name]["claim_id"] + (f"x{turn}" if turn else "")) for turn in turns])
        tables[name] = tables[name].reset_index(drop=True)
    for name, columns in PROSE.items():
        for shift, column in enumerate(columns):
            tables[name][column] = _dealt(tables[name][column], payloads, shift * 7)
    tables["names"]["referent_id"] = [f"r{place // 2}" for place in range(len(tables["names"]))]
    actors = tables["emphasis"]["kind"] == "actor"
    tables["emphasis"].loc[actors, "key"] = _dealt(tables["emphasis"].loc[actors, "key"], payloads, 0)
    tables["parallels"]["segments"] = [[["equal", text, text], ["replace", text, text[::-1]]] for text in _dealt(tables["parallels"]["claim_id"], payloads, 3)]
    links = [url + str(place) if url else "" for place, url in enumerate((list(URLS) * len(tables["articles"]))[: len(tables["articles"])])]
    tables["articles"]["url"] = links
    for contract in COMPARISON_TABLES:
        check_table(tables[contract.name], contract)
    return dataclasses.replace(chosen, tables=tables, notices=tuple(payloads))


def _dealt(column: Iterable[object], payloads: list[str], shift: int) -> list[str]:
    return [payloads[(place + shift) % len(payloads)] for place, _ in enumerate(column)]


def _widened(table: pd.DataFrame) -> pd.DataFrame:
    """Repeat the rows until each payload has one."""
    turns = -(-len(CLEAN) // max(len(table), 1))
    return pd.concat([table] * turns, ignore_index=True)
