"""The pages of alert receivers."""

from flask import Blueprint, render_template

from app.models import AlertReceiver
from app.web.access import current_actor, signed_in

pages = Blueprint("receivers-pages", __name__)


@pages.route("/receivers")
@signed_in
def receivers() -> str:
    """Show alert receivers."""
    return render_template("rehearsals/receivers.html")


@pages.route("/receivers/<id:receiver_id>")
@signed_in
def receiver(receiver_id: int) -> str:
    """Show an alert receiver, how to deliver to it, and what arrived."""
    return render_template(
        "rehearsals/receiver.html", receiver=AlertReceiver.get_for(current_actor(), receiver_id)
    )
