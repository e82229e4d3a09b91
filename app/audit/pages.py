"""The page of the audit log."""

from flask import Blueprint, current_app, render_template

from app.domain.audit import get_bounds
from app.web.access import admin

pages = Blueprint("audit-pages", __name__)


@pages.route("/audit")
@admin
def audit() -> str:
    """Show the audit log to Admins."""
    bounds = get_bounds(current_app.config["SETTINGS"])
    return render_template("audit/list.html", max_entries=sum(bounds.values()))
