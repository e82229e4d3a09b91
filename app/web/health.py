"""The API about itself: its health, its OpenAPI document, and a page to read and try it."""

from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Response, current_app, jsonify, render_template, request

from app.core.version import __version__
from app.models import User
from app.web.access import public
from app.web.openapi import Blueprint
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint("meta", __name__, url_prefix="/api", description="Health and description of the API")
pages = PlainBlueprint("pages", __name__)


class HealthOut(Schema):
    """That all is well."""

    status = Text(required=True, metadata={"enum": ["ok"]})
    version = Text(required=True)


@blp.route("/health", methods=["GET"])
@blp.response(200, HealthOut)
@public
def health() -> dict[str, Any]:
    """Check that the server and its database respond."""
    User.exists()  # a table is read, for SQLite does not open its file for less
    return {"status": "ok", "version": __version__}


@blp.route("/openapi.json", methods=["GET"])
@blp.response(200, {"type": "object"})
@public
def openapi() -> Response:
    """Return this OpenAPI description."""
    return jsonify(current_app.extensions["openapi"] | {"servers": [{"url": request.script_root or "/"}]})


@pages.route("/api/docs", methods=["GET"])
@public
def docs() -> str:
    """Show a page to read and try the API. It loads nothing from the internet."""
    return render_template("api/docs.html")
