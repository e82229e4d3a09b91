"""Pages of spikes, and the dashboard."""

from flask import Blueprint, render_template, request

from app.models import Collection, SpikeSchedule
from app.web.access import current_actor, editor, signed_in

pages = Blueprint("spikes-pages", __name__)


@pages.route("/")
@signed_in
def dashboard() -> str:
    """What is spiking now, what is next, and who polls."""
    return render_template("spikes/dashboard.html")


@pages.route("/spikes")
@signed_in
def spikes() -> str:
    """All spike schedules, as a table or a timeline."""
    return render_template("spikes/list.html")


@pages.route("/spikes/new")
@editor
def new_spike() -> str:
    """Create a spike: of the collection that is named, or of one that is chosen."""
    collection = None
    if (collection_id := request.args.get("collection", "")).isascii() and collection_id.isdigit():
        collection = Collection.get_for(current_actor(), int(collection_id[:10]))
    return render_template("spikes/form.html", collection=collection, spike=None)


@pages.route("/spikes/<id:spike_id>")
@signed_in
def spike(spike_id: int) -> str:
    """One spike schedule: to edit, or to look at."""
    found = SpikeSchedule.get_for(current_actor(), spike_id)
    return render_template("spikes/form.html", collection=found.collection, spike=found)
