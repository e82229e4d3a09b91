"""What every page shares: who looks at it, and what an error looks like."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for

from app.core.version import __version__
from app.db.session import db
from app.models import Actor, SpikeSchedule, User
from app.web import request_clock

ERROR_TITLES = {403: "You may not do this", 404: "There is nothing here", 500: "Something went wrong"}


def init_app(app: Flask) -> None:
    """Give the templates what they all need."""
    app.jinja_env.globals.update(version=__version__, current_user=current_user, at=at)


def at(path: str) -> str:
    """Return the address of a path of ours, which may be served below another one."""
    return request.script_root + path


@dataclass(frozen=True)
class CurrentUser:
    """Who looks at a page, and how many spikes of theirs are active."""

    actor: Actor
    user: User
    active_spikes: int


def current_user() -> CurrentUser:
    """For the bar at the top of a page; only where somebody is signed in."""
    actor: Actor = g.actor
    active = sa.select(sa.func.count()).where(SpikeSchedule.has_status("active", request_clock.now()))
    active = SpikeSchedule.readable(active, actor)
    return CurrentUser(actor, db.session.get_one(User, actor.user_id), db.session.scalar(active) or 0)


def error_page(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as a page with a way back; somebody who is not signed in is asked to."""
    if status == 401:
        wanted = at(request.full_path.rstrip("?")) if request.method == "GET" else None
        return make_response(redirect(url_for("people.sign_in", next=wanted)))
    title = ERROR_TITLES.get(status, "That did not work")
    page = render_template("errors/error.html", status=status, title=title, detail=detail)
    return make_response(page, status, dict(headers or {}))
