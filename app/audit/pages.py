"""The page of the audit log."""

from flask import Blueprint, current_app, render_template

from app.web.access import admin
from app.web.audit import bounds_of

pages = Blueprint("audit-pages", __name__)


@pages.route("/audit")
@admin
def audit() -> str:
    """Who did what, for Admins."""
    kept = bounds_of(current_app.config["SETTINGS"])
    return render_template("audit/list.html", kept=sum(kept.values()))
