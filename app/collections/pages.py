"""Pages of collections."""

from flask import Blueprint, render_template

from app.models import Collection
from app.web import value_types_script
from app.web.access import current_actor, signed_in

pages = Blueprint("collections-pages", __name__)


@pages.route("/collections")
@signed_in
def collections() -> str:
    """Render the list of collections."""
    return render_template("collections/list.html")


@pages.route("/collections/<id:collection_id>")
@signed_in
def collection(collection_id: int) -> str:
    """Render a collection with its fields, spikes and a sample poll."""
    row = Collection.get_for(current_actor(), collection_id)
    return render_template("collections/detail.html", collection=row, help=value_types_script.describe_help())
