"""Pages of spikes, and the dashboard."""

from typing import Any

from flask import Blueprint, render_template, request

from app.db.session import MAX_ID
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
    """Create a spike, of the collection that is named or one that is chosen; `copy` names one to copy."""
    copy = collection = None
    if copy_id := _id_from("copy"):
        copy = SpikeSchedule.get_for(current_actor(), copy_id)
        collection = copy.collection
    elif collection_id := _id_from("collection"):
        collection = Collection.get_for(current_actor(), collection_id)
    return _form(collection, copy=copy, start=request.args.get("start", ""))


@pages.route("/spikes/<id:spike_id>")
@signed_in
def spike(spike_id: int) -> str:
    """One spike schedule: to edit, or to look at."""
    found = SpikeSchedule.get_for(current_actor(), spike_id)
    return _form(found.collection, spike=found)


def _form(
    collection: Collection | None,
    *,
    spike: SpikeSchedule | None = None,
    copy: SpikeSchedule | None = None,
    start: str = "",
) -> str:
    back = f"/collections/{collection.id}" if collection and not (spike or copy) else "/spikes"
    props = {
        "collection": _named(collection),
        "spike": _named(spike),
        "copy": _named(copy),
        "start": start,
        "back": back,
    }
    return render_template("spikes/form.html", collection=collection, spike=spike, props=props)


def _named(thing: Collection | SpikeSchedule | None) -> dict[str, Any] | None:
    return {"id": thing.id, "name": thing.name} if thing else None


def _id_from(parameter: str) -> int | None:
    """The id that the query names; None where it names none."""
    text = request.args.get(parameter, "")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return min(int(text), MAX_ID)
