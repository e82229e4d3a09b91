"""Pages: the dashboard, the list of spikes, the page of one spike and the form."""

from typing import Any

from flask import Blueprint, render_template, request

from app.db.session import MAX_ID
from app.models import Collection, Rehearsal, SpikeSchedule
from app.web.access import current_actor, editor, signed_in

pages = Blueprint("spikes-pages", __name__)


@pages.route("/")
@signed_in
def dashboard() -> str:
    """Render the dashboard: active and next spikes, and the keys that poll."""
    return render_template("spikes/dashboard.html")


@pages.route("/spikes")
@signed_in
def spikes() -> str:
    """Render the list of spike schedules, as a table or a timeline."""
    return render_template("spikes/list.html")


@pages.route("/spikes/new")
@editor
def new_spike() -> str:
    """Render the form of a new spike; the query may give its `collection`, or the spike to `copy`."""
    if copy_id := _read_id("copy"):
        record = Rehearsal.get_of_schedule(current_actor(), copy_id)
        return _render_form(record.collection, copy=record)
    collection_id = _read_id("collection")
    collection = Collection.get_for(current_actor(), collection_id) if collection_id else None
    return _render_form(collection, start=request.args.get("start", ""))


@pages.route("/spikes/expect")
@editor
def expect() -> str:
    """Render the part of the form that says what a spike expects of alerts. The form loads it on demand."""
    return render_template("spikes/expect_open.html")


@pages.route("/spikes/<id:spike_id>")
@signed_in
def spike(spike_id: int) -> str:
    """Render the page of a spike: what is planned, what happens, and what happened.

    It shows the spike's record, so it has the same address after the schedule is gone.
    """
    record = Rehearsal.get_of_schedule(current_actor(), spike_id)
    props = {"id": record.id, "schedule": spike_id, "name": record.name}
    return render_template("spikes/report.html", rehearsal=record, props=props)


@pages.route("/spikes/<id:spike_id>/edit")
@editor
def edit_spike(spike_id: int) -> str:
    """Render the form of a spike schedule, read-only once it has ended."""
    schedule = SpikeSchedule.get_for(current_actor(), spike_id)
    return _render_form(schedule.collection, spike=schedule)


def _render_form(
    collection: Collection | None,
    *,
    spike: SpikeSchedule | None = None,
    copy: Rehearsal | None = None,
    start: str = "",
) -> str:
    props = {
        "collection": _summarize(collection),
        "spike": _summarize(spike),
        "copy": copy and {"id": copy.spike_schedule_id, "record": copy.id, "isScheduled": copy.is_scheduled},
        "start": start,
        "back": _get_back(collection, spike, copy),
    }
    expects = copy.decided_by is not None if copy else spike is not None and Rehearsal.expects(spike.id)
    return render_template(
        "spikes/form.html", collection=collection, spike=spike, props=props, expects=expects
    )


def _get_back(collection: Collection | None, spike: SpikeSchedule | None, copy: Rehearsal | None) -> str:
    """Return the page to which the form returns, unless it was opened from a list."""
    if spike:
        return f"/spikes/{spike.id}"
    if copy:
        return f"/spikes/{copy.spike_schedule_id}"
    return f"/collections/{collection.id}" if collection else "/spikes"


def _summarize(thing: Collection | SpikeSchedule | None) -> dict[str, Any] | None:
    return {"id": thing.id, "name": thing.name} if thing else None


def _read_id(parameter: str) -> int | None:
    """Return the id in the query, or None if there is none."""
    text = request.args.get(parameter, "")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return min(int(text), MAX_ID)
