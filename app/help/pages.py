"""Pages: the documentation, rendered from the files in docs/."""

import posixpath
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, current_app, render_template, send_from_directory
from werkzeug.exceptions import NotFound

import config
from app.help import documents
from app.web.access import signed_in

pages = Blueprint("help", __name__)

DOCS = config.ROOT / "docs"
MAX_IMAGE_AGE_S = 3600


class Entry(NamedTuple):
    """An entry of the navigation between documents."""

    path: str
    title: str
    is_tool: bool


@pages.route("/help")
@signed_in
def guide() -> str:
    """Show the guide."""
    return _show("")


@pages.route("/help/<path:page>")
@signed_in
def document(page: str) -> str:
    """Show another document, such as the exact rules."""
    return _show(page)


@pages.route("/help/images/<picture>")
@signed_in
def image(picture: str) -> Response:
    """Return a picture of a document."""
    return send_from_directory(DOCS / documents.IMAGES, picture, max_age=MAX_IMAGE_AGE_S)


def _show(page: str) -> str:
    """Render the page of a document.

    Raises:
        NotFound: There is no such document, or this installation has none.
    """
    if page not in documents.find_files(DOCS):
        raise NotFound
    rendered = _render(DOCS, page)
    return render_template("help/document.html", **rendered._asdict(), entries=_list_entries(DOCS))


class Rendered(NamedTuple):
    """A document whose text is HTML."""

    title: str
    headings: list[documents.Heading]
    text: str


@cache
def _render(docs: Path, page: str) -> Rendered:
    """Render a document, once in each process."""
    document = documents.load(docs, page)
    text = current_app.jinja_env.get_template("help/text.html").module.text(document.elements)  # type: ignore[attr-defined]
    return Rendered(document.title, document.headings, text)


@cache
def _list_entries(docs: Path) -> list[Entry]:
    """Return the navigation: the documents in their order; the pages of tools below that of their folder."""
    entries = []
    for page, file in documents.find_files(docs).items():
        is_tool = file not in documents.TITLES
        title = documents.load(docs, page).title if is_tool else documents.TITLES[file]
        entries.append(Entry(posixpath.join("/help", page).rstrip("/"), title, is_tool))
    tools = [entry for entry in entries if entry.is_tool]
    folder = next((n for n, entry in enumerate(entries) if entry.path == "/help/integrations"), -1)
    others = [entry for entry in entries if not entry.is_tool]
    return others[: folder + 1] + tools + others[folder + 1 :]
