"""The dialogs that any page can open."""

from flask import Blueprint, render_template

from app.web.access import public

pages = Blueprint("dialogs", __name__)


@pages.route("/dialogs")
@public
def dialogs() -> str:
    """Return the dialogs that any page can open, for the page that first needs one.

    It is public because one of them asks for the password after the sign-in has ended.
    """
    return render_template("layouts/dialogs.html")
