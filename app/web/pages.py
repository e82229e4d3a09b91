"""What every page shares: the current user, and error pages."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from jinja2.ext import Extension

from app.core.version import __version__
from app.db.session import db
from app.models import Actor, SpikeSchedule, User
from app.web import access, request_clock

HELP_SECTIONS = {
    "spikes-pages.dashboard": "watching-it",
    "spikes-pages.spikes": "ending-extending-duplicating",
    "spikes-pages.spike": "watching-it",
    "spikes-pages.new_spike": "scheduling-a-spike",
    "spikes-pages.edit_spike": "scheduling-a-spike",
    "collections-pages.collections": "collections-and-fields",
    "collections-pages.collection": "collections-and-fields",
    "people.api_keys": "keys",
    "people.users": "roles",
    "receivers-pages.receivers": "receiving-alerts",
    "receivers-pages.receiver": "receiving-alerts",
    "people.profile": "set-up-and-signing-in",
    "generation-pages.integrations": "integrations",
}
"""The section of the guide that a page's Help link leads to, by endpoint."""
ERROR_TITLES = {403: "Not allowed", 404: "Page not found", 500: "Something went wrong"}
log = logging.getLogger(__name__)


class WithoutIndentation(Extension):
    """Removes the indentation of templates: it is there for readers, and every page would send it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return the source of a template without the blanks at the start of its lines."""
        return re.sub(r"(?m)^[ \t]+", "", source)


def init_app(app: Flask) -> None:
    """Give the templates their globals."""
    app.jinja_env.add_extension(WithoutIndentation)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        version=__version__, current_user=current_user, with_prefix=with_prefix, help_path=help_path
    )


def with_prefix(path: str) -> str:
    """Return the URL path of one of our paths, below the prefix where Spikecast is served."""
    return request.script_root + path


def help_path() -> str:
    """Return the path of the help for this page."""
    section = HELP_SECTIONS.get(request.endpoint or "")
    return with_prefix(f"/help#{section}" if section else "/help")


@dataclass(frozen=True)
class CurrentUser:
    """The user who views a page, and how many of their spikes are active."""

    actor: Actor
    user: User
    active_spikes: int


def current_user() -> CurrentUser:
    """Return what the top bar shows about the signed-in user."""
    actor: Actor = g.actor
    active = sa.select(sa.func.count()).where(SpikeSchedule.has_status("active", request_clock.now()))
    active = SpikeSchedule.readable(active, actor)
    return CurrentUser(actor, db.session.get_one(User, actor.user_id), db.session.scalar(active) or 0)


def error_page(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error page; without a sign-in (401), a redirect to the sign-in page."""
    if status == 401:
        target = with_prefix(request.full_path.rstrip("?")) if request.method == "GET" else None
        return make_response(redirect(url_for("people.sign_in", next=target)))
    title = ERROR_TITLES.get(status, "Request failed")
    page = _render_error(status=status, title=title, detail=detail)
    return make_response(page, status, dict(headers or {}))


def _render_error(*, status: int, **texts: str) -> str:
    """Render an error page, for a signed-in user with the navigation, if the database can be read."""
    if status != 503:
        try:
            if access.find_actor() is not None:
                return render_template("errors/error.html", layout="layouts/app.html", status=status, **texts)
        except Exception as error:
            log.warning("An error page has no navigation: %s", type(error).__name__)
    return render_template("errors/error.html", layout="layouts/plain.html", status=status, **texts)
