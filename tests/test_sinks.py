"""Where a stranger's words may go: never into what Streamlit reads as Markdown unless escaped, never into markup, an iframe or a script.

Streamlit shows labels, titles and captions as Markdown, which loads remote images, makes links, colours and icons; `st.html` shows markup.
The rules below are held on the syntax trees: a label is written out, or is escaped, or counts something of ours.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "dashboard").rglob("*.py"))
OURS = {"marks", "widgets", "data", "figures", "blind", "exports", "lesson", "adding", "lesson_data", "str"}

FORBIDDEN = {  # on any Streamlit container: these parse all of their text, or show markup or script as it comes
    "markdown", "title", "header", "subheader", "caption", "write", "write_stream", "info", "success", "warning", "error", "exception", "table", "toast",
    "latex", "metric", "badge", "iframe", "help", "echo", "graphviz_chart", "components_v1",
}
LABELLED = {
    "selectbox", "text_input", "toggle", "pills", "segmented_control", "button", "expander", "status", "popover", "tabs", "download_button", "multiselect",
    "radio", "checkbox", "file_uploader", "text_area", "number_input", "date_input", "time_input", "slider", "select_slider", "link_button", "page_link",
    "form_submit_button", "dialog", "spinner", "progress", "feedback", "menu_button", "camera_input", "chat_input",
}
MARKDOWN_ARGUMENTS = {"label", "help", "captions", "text"}
ESCAPES = {"md_escape", "count", "len"}  # count and len say numbers and words of ours
MARKUP_SINKS = {"html", "show_html"}


def receiver(call):
    """The plain name a method is called on, '' for anything else."""
    return call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""


def is_ours(node, constants):
    """Whether an expression can only be words we wrote, numbers, or escaped text."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.JoinedStr):
        return all(is_ours(part.value, constants) if isinstance(part, ast.FormattedValue) else True for part in node.values)
    if isinstance(node, ast.IfExp):
        return is_ours(node.body, constants) and is_ours(node.orelse, constants)
    if isinstance(node, ast.Name):
        return node.id.startswith("n_") or node.id.isupper() or node.id in constants
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in ESCAPES or (name == "capitalize" and is_ours(node.func.value, constants))
    return False


def written_out(function):
    """Names in a function that only ever hold words we wrote: bound to constants, or drawn from a constant table or a tuple written there."""
    bound = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]:
                    constant_table = isinstance(node.value, ast.Subscript) and isinstance(node.value.value, ast.Dict)
                    fine = isinstance(node.value, ast.Constant) or (constant_table and all(isinstance(v, ast.Constant) for v in node.value.value.values))
                    bound[name] = bound.get(name, True) and fine
        elif isinstance(node, ast.For):
            loops = [n for n in ast.walk(node.iter) if isinstance(n, ast.Name)]
            fine = any(n.id.isupper() for n in loops) or isinstance(node.iter, ast.Tuple)
            for name in [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]:
                bound[name] = bound.get(name, True) and fine
    return {name for name, fine in bound.items() if fine}


PASSED_IN = {("emphasis", "kind")}  # (file, name): "actor" or "claim", chosen from a table written out in the caller


def broken(tree, stem):
    """Every call of a file that could let a stranger's words be parsed."""
    found = []
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)] + [tree]
    constants = {id(call): written_out(scope) for scope in scopes for call in ast.walk(scope) if isinstance(call, ast.Call)}
    for scope in scopes:  # the innermost function that holds a call knows its names
        for call in ast.walk(scope):
            if isinstance(call, ast.Call):
                constants[id(call)] |= written_out(scope)
    known = {name for file, name in PASSED_IN if file == stem}
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)) or receiver(call) in OURS:
            continue
        name = call.func.attr
        if name in FORBIDDEN:
            found.append((call.lineno, f"{name} parses its text"))
        if name in LABELLED or (name == "update" and any(word.arg in ("label", "state") for word in call.keywords)):
            labels = call.args[:1] + [word.value for word in call.keywords if word.arg in MARKDOWN_ARGUMENTS]
            found += [(call.lineno, f"{name}: {ast.unparse(label)[:80]}") for label in labels if not is_ours(label, constants[id(call)] | known)]
    return found


def bare_markup(tree):
    """Calls that show markup put together by hand: text joined into HTML without `Markup`, which escapes what is put in."""
    found = []
    for call in ast.walk(tree):
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else getattr(getattr(call, "func", None), "id", "")
        if isinstance(call, ast.Call) and name in MARKUP_SINKS and call.args and isinstance(call.args[0], ast.JoinedStr):
            found.append((call.lineno, ast.unparse(call.args[0])[:80]))
        if isinstance(call, ast.Call) and name == "Markup" and call.args and not isinstance(call.args[0], ast.Constant):
            found.append((call.lineno, f"Markup({ast.unparse(call.args[0])[:80]})"))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_a_stranger_wrote_is_read_as_markdown(path):
    assert broken(ast.parse(path.read_text(encoding="utf8")), path.stem) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_markup_is_made_of_templates_written_out(path):
    assert bare_markup(ast.parse(path.read_text(encoding="utf8"))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_old_component_and_no_switch_that_lets_markup_or_script_through(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.keyword):
            assert node.arg not in {"unsafe_allow_html", "unsafe_allow_javascript"}
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.startswith("streamlit.components") for name in names)
        if isinstance(node, ast.Attribute):
            assert node.attr != "v1"


@pytest.mark.parametrize("source", [
    "st.markdown(title)", "left.caption('x')", "st.selectbox(article['title'], names)", "st.button(f'Open {title}')", "st.expander(title, icon='x')",
    "st.text_input('Word', help=title)", "st.iframe(page)", "for name in names:\n    st.button(name)", "status.update(label=step)",
])
def test_the_rule_for_markdown_can_fail(source):
    assert broken(ast.parse(source), "x")


@pytest.mark.parametrize("source", [
    "st.button(f'Show {n_rows}')", "st.expander(marks.md_escape(title, 60))", "for _, title in FIELDS.items():\n    st.selectbox(title, names)",
    "st.selectbox('Article', names, help='words')", "data.title(x)",
])
def test_the_rule_for_markdown_lets_our_own_words_pass(source):
    assert broken(ast.parse(source), "x") == []


@pytest.mark.parametrize("source", ["st.html(f'<b>{title}</b>')", "Markup(title)", "Markup(f'<b>{x}</b>')", "Markup('<b>%s</b>' % x)", "show_html(f'<p>{x}</p>')"])
def test_the_rule_for_markup_can_fail(source):
    assert bare_markup(ast.parse(source))
