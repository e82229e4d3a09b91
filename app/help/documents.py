"""The documents in docs/ that people read in the browser: their text as a tree of elements, and their links.

A template writes the tree, and escapes all text. Raw HTML in a document is text, so that no document can run
a script. Links are relative, so that they work below any path prefix.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

GUIDE, INTEGRATIONS, IMAGES = "guide.md", "integrations/README.md", "images"
TITLES = {
    GUIDE: "Guide for testers",
    INTEGRATIONS: "Your monitoring",
    "semantics.md": "Exact rules",
    "api.md": "API by example",
    "operating.md": "Operating",
    "security.md": "Security",
    "reliability.md": "When things go wrong",
    "performance.md": "Speed",
}
"""What the navigation calls the documents, in its order. Documents about the code are not among them."""
MAX_HEADING_LEVEL = 3
"""The navigation lists sections down to this level."""


@dataclass
class Element:
    """An HTML element: its tag, attributes, and contents, of which texts are not escaped yet."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)


class Heading(NamedTuple):
    """A section of a document: its level from 2 on, its text, and the anchor of links to it."""

    level: int
    text: str
    anchor: str


class Document(NamedTuple):
    """A document: its title, what is below the title, and its sections."""

    title: str
    elements: list[Element | str]
    headings: list[Heading]


@cache
def find_files(docs: Path) -> dict[str, str]:
    """Return the documents that exist by their page; the page of the guide is ""."""
    tools = sorted(path.relative_to(docs).as_posix() for path in docs.glob("integrations/*.md"))
    return {_get_page(file): file for file in dict.fromkeys([*TITLES, *tools]) if (docs / file).is_file()}


def _get_page(file: str) -> str:
    if file == GUIDE:
        return ""
    return posixpath.normpath(file.removesuffix(".md").removesuffix("README"))


def load(docs: Path, page: str) -> Document:
    """Return a document of `find_files()`."""
    file = find_files(docs)[page]
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse((docs / file).read_text())
    _open, title, _close, *rest = tokens  # every document begins with its title
    headings = list(_name_headings(rest))
    for token in rest:
        if token.type == "inline":
            token.children = list(_relink(token.children or [], file, docs))
    return Document(_get_text(title), _build_tree(rest), headings)


def _build_tree(tokens: Sequence[Token]) -> list[Element | str]:
    """Return the elements of a sequence of tokens that open and close them."""
    root = Element("")
    path = [root]
    for token in tokens:
        if token.type == "inline":
            path[-1].children += _build_tree(token.children or [])
        elif token.hidden:  # the paragraph of an item in a list without blank lines
            continue
        elif token.nesting > 0:
            element = Element(token.tag, {name: str(value) for name, value in token.attrs.items()})
            path[-1].children.append(element)
            path.append(element)
        elif token.nesting < 0:
            closed = path.pop()
            if closed.tag == "th" and not closed.children:
                closed.tag = "td"  # a head names what is below it
        else:
            path[-1].children.append(_build_leaf(token))
    return [_adapt(child) for child in root.children]


def _build_leaf(token: Token) -> Element | str:
    if token.type in {"fence", "code_block"}:
        return Element("pre", {"class": "code", "tabindex": "0"}, [token.content])
    if token.type == "image":
        return Element("img", {"src": str(token.attrs["src"]), "alt": token.content, "loading": "lazy"})
    if token.type == "code_inline":
        return Element("code", {}, [token.content])
    if token.type in {"hardbreak", "hr"}:
        return Element(token.tag)
    return "\n" if token.type == "softbreak" else token.content


def _adapt(element: Element | str) -> Element | str:
    """Return an element that suits a phone: a table scrolls, and a picture is loaded when it is opened."""
    match element:
        case Element(tag="table"):
            attributes = {"class": "help-table", "tabindex": "0", "role": "group", "aria-label": "Table"}
            return Element("div", attributes, [element])
        case Element(tag="p", children=[Element(tag="img", attributes={"alt": text}) as image]):
            return Element("details", {}, [Element("summary", {}, [f"Picture: {text}"]), image])
    return element


def _name_headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Give each heading the anchor that GitHub gives it, and yield those for the navigation."""
    taken: dict[str, int] = {}
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            text, level = _get_text(content), int(opening.tag[1:])
            anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            taken[anchor] = number = taken.get(anchor, -1) + 1
            anchor += f"-{number}" if number else ""
            opening.attrSet("id", anchor)
            if level <= MAX_HEADING_LEVEL:
                yield Heading(level, text, anchor)


def _get_text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})


def _relink(children: Sequence[Token], file: str, docs: Path) -> Iterator[Token]:
    """Yield the parts of a paragraph with links to pages; of links to other files, only the text."""
    is_text_only = False
    for token in children:
        if token.type == "image":
            token.attrSet("src", _relate(_resolve(file, str(token.attrGet("src"))), file))
        if token.type == "link_open":
            target = _get_target(str(token.attrGet("href")), file, docs)
            is_text_only = target is None
            token.attrs = {"href": target or ""}
            if target and urlsplit(target).scheme:
                token.attrs["rel"] = "noreferrer"
        if not (is_text_only and token.type in {"link_open", "link_close"}):
            yield token
        if token.type == "link_close":
            is_text_only = False


def _get_target(link: str, file: str, docs: Path) -> str | None:
    """Return where a link of this document leads; None if that is a file without a page."""
    parts = urlsplit(link)
    if parts.scheme or not parts.path:
        return link
    path = _resolve(file, parts.path)
    pages = {each: page for page, each in find_files(docs).items()}
    if path not in pages:
        return None
    return _relate(pages[path], file) + (f"#{parts.fragment}" if parts.fragment else "")


def _resolve(file: str, link: str) -> str:
    """Return a path below docs/ for a path relative to this document."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), link))


def _relate(path: str, file: str) -> str:
    """Return the relative URL from the page of this document to a path below /help."""
    here, there = (posixpath.normpath(posixpath.join("/help", each)) for each in (_get_page(file), path))
    folder = posixpath.relpath(posixpath.dirname(there), posixpath.dirname(here))
    return posixpath.normpath(posixpath.join(folder, posixpath.basename(there)))
