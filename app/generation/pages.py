"""The page that says how to poll."""

from flask import Blueprint, render_template

from app.web.access import signed_in

pages = Blueprint("generation-pages", __name__)


@pages.route("/integrations")
@signed_in
def integrations() -> str:
    """Ready-to-paste configuration for monitoring tools."""
    return render_template("generation/integrations.html")
