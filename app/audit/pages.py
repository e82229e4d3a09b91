"""The page of the audit log."""

from flask import Blueprint, current_app, render_template

from app.web.access import admin

pages = Blueprint("audit-pages", __name__)


@pages.route("/audit")
@admin
def audit() -> str:
    """Who did what, for Admins."""
    return render_template("audit/list.html", kept=current_app.config["SETTINGS"].audit_entries)
