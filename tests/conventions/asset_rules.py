"""Rules about templates, style sheets and scripts. Each takes a file's text and returns what breaks it."""

import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import rjsmin
from pygments.lexers.javascript import JavascriptLexer
from pygments.token import Comment, String

REPOSITORY = Path(__file__).resolve().parents[2]
OTHER_SITE = re.compile(r"(https?:)?//", re.IGNORECASE)
LOADING_ATTRIBUTES = {"src", "href", "srcset", "poster", "data", "action", "formaction", "xlink:href"}


def find_files(pattern: str) -> list[Path]:
    """Return the repository's files that match the glob pattern."""
    return sorted(REPOSITORY.glob(pattern))


def get_name(path: Path) -> str:
    """Return the file's path inside the repository."""
    return path.relative_to(REPOSITORY).as_posix()


def find_offenders(rule: Callable[[str], Iterable[str]], paths: list[Path]) -> list[str]:
    """Return a line for each offence in any of the files."""
    return [f"{get_name(path)}: {offence}" for path in paths for offence in rule(path.read_text())]


class _TemplateParser(HTMLParser):
    """Collects inline styles and scripts, and addresses of other sites."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(template)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        where = f"line {self.getpos()[0]}: <{tag}>"
        if tag == "style":
            self.found.append(f"{where} is an inline style sheet")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.found.append(f"{where} is an inline script")
        for name, value in attributes.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self.found.append(f"{where} has the inline attribute {name}")
            if name in LOADING_ATTRIBUTES and tag != "a" and OTHER_SITE.match(value.strip()):
                self.found.append(f"{where} loads {value}")
            if name == "x-html" or value.strip().lower().startswith("javascript:"):
                self.found.append(f"{where} would run text as markup or script")


def has_inline_or_foreign_parts(template: str) -> list[str]:
    """Return the inline parts of a template, and what it loads from other sites."""
    return _TemplateParser(template).found


def shows_unescaped_text(template: str) -> Iterator[str]:
    """Yield each part that turns off HTML escaping."""
    yield from re.findall(r"safe\b|autoescape\s+false|\bMarkup\b", template)


def has_unsupported_expressions(template: str) -> list[str]:
    """Return expressions that Alpine's build for strict content security policies cannot parse."""
    text = re.sub(r"\{[%#].*?[%#]\}", "", template, flags=re.DOTALL)
    expressions = re.findall(r"\s(?:x-[a-z]+|[:@][a-z.:-]+)=\"([^\"]*)\"", text)
    return [expression for expression in expressions if re.search(r"\?[.?]|=>|`", expression)]


def loads_from_other_sites(style_sheet: str) -> list[str]:
    """Return the addresses of other sites in a style sheet."""
    text = re.sub(r"/\*.*?\*/", "", style_sheet, flags=re.DOTALL)
    loaded = re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(r"@import\s+[\"']([^\"']+)", text)
    return [address for address in loaded if OTHER_SITE.match(address)]


def names_other_sites(script: str) -> Iterator[str]:
    """Yield strings in a script that begin like an address of another site."""
    text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", script, flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"[\"'`](?:https?:|wss?:)?//[^\"'`\n]*", text)


def makes_markup_or_code(script: str) -> Iterator[str]:
    """Yield each call that turns text into markup or code."""
    dangerous = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\([\"'`]"
    )
    yield from re.findall(dangerous, script)


def has_nested_templates(script: str) -> Iterator[str]:
    """Yield template literals inside another one: rjsmin takes them for code and removes their spaces."""
    for start in re.finditer(r"\$\{", script):
        depth, end = 1, start.end()
        while depth and end < len(script):
            depth += {"{": 1, "}": -1}.get(script[end], 0)
            end += 1
        if "`" in script[start.start() : end]:
            yield script[start.start() : end]


def changes_when_minified(script: str, minify: Callable[[str], str] = rjsmin.jsmin) -> Iterator[str]:
    """Yield the first token that minifying the script changes."""
    before, after = _get_tokens(script), _get_tokens(minify(script))
    if before != after:
        pairs = zip(before, [*after, *[""] * len(before)], strict=False)
        yield next((f"{old!r} becomes {new!r}" for old, new in pairs if old != new), "more tokens")


def _get_tokens(script: str) -> list[str]:
    """Return the tokens of a script without white space and comments."""
    tokens = JavascriptLexer().get_tokens(script)
    return [text for kind, text in tokens if kind not in Comment and (kind in String or text.strip())]
