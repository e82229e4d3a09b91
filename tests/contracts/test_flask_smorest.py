"""What app/web/openapi.py, access.py and preconditions.py rely on inside flask-smorest and webargs."""

import inspect

import flask_smorest
import marshmallow
import pytest
from flask import Flask
from webargs.flaskparser import FlaskParser

CONFIG = {"API_TITLE": "t", "API_VERSION": "1", "OPENAPI_VERSION": "3.1.0"}


class Item(marshmallow.Schema):
    name = marshmallow.fields.String(required=True)


def build_document(blueprint: flask_smorest.Blueprint, api_class=flask_smorest.Api) -> dict:
    app = Flask(__name__)
    app.config.update(CONFIG)
    api = api_class(app)
    api.register_blueprint(blueprint)
    return api.spec.to_dict()


def test_a_blueprint_documents_a_view_with_callbacks_that_get_its_apidoc():
    """Spikecast appends a callback that adds the security and the error responses of a view."""
    seen = []

    def document(doc, doc_info, **more):
        seen.append((doc_info["access"], set(more)))
        return doc | {"operationId": "listed"}

    blueprint = flask_smorest.Blueprint("items", __name__)
    assert isinstance(blueprint._prepare_doc_cbks, list)
    blueprint._prepare_doc_cbks.append(document)

    def view():
        return {}

    view._apidoc = {"access": "Admin"}
    blueprint.route("/items")(view)
    document = build_document(blueprint)
    assert document["paths"]["/items"]["get"]["operationId"] == "listed"
    assert {access for access, _ in seen} == {"Admin"}


def test_decorators_copy_the_apidoc_of_the_decorated_view():
    blueprint = flask_smorest.Blueprint("items", __name__)

    def view(*_args):
        return {}

    view._apidoc = {"refusals": (404,)}
    wrapped = blueprint.response(200, Item)(blueprint.arguments(Item)(view))
    assert wrapped._apidoc["refusals"] == (404,)
    assert "arguments" in wrapped._apidoc
    assert "response" in wrapped._apidoc
    assert view._apidoc == {"refusals": (404,)}


def test_a_blueprint_uses_its_own_arguments_parser():
    class Parser(FlaskParser):
        pass

    class Blueprint(flask_smorest.Blueprint):
        ARGUMENTS_PARSER = Parser()

    assert type(Blueprint("items", __name__).ARGUMENTS_PARSER) is Parser


@pytest.mark.parametrize(
    "name",
    [
        "_register_error_handlers",
        "_register_doc_blueprint",
        "_register_responses",
        "_register_pagination_header",
    ],
)
def test_the_api_methods_that_spikecast_empties_take_no_arguments(name):
    assert list(inspect.signature(getattr(flask_smorest.Api, name)).parameters) == ["self"]


def test_an_api_calls_the_methods_that_spikecast_empties():
    called = []

    class Api(flask_smorest.Api):
        DEFAULT_ERROR_RESPONSE_NAME = None

        def _register_error_handlers(self):
            called.append("error handlers")

        def _register_doc_blueprint(self):
            called.append("pages")

        def _register_responses(self):
            called.append("responses")

        def _register_pagination_header(self):
            called.append("pagination")

    document = build_document(flask_smorest.Blueprint("items", __name__), Api)
    assert sorted(called) == ["error handlers", "pages", "pagination", "responses"]
    assert "responses" not in document.get("components", {})


@pytest.mark.parametrize("name", ["load_json", "load_querystring"])
def test_a_parser_has_the_load_methods_that_spikecast_overrides(name):
    assert list(inspect.signature(getattr(FlaskParser, name)).parameters) == ["self", "req", "schema"]


def test_a_parser_passes_errors_to_handle_error_keyed_by_location():
    """Spikecast raises Invalid with the messages under that key."""
    caught = []

    class Parser(FlaskParser):
        def handle_error(self, error, req, schema, *, error_status_code, error_headers):
            caught.append(error.normalized_messages())
            raise error

    app = Flask(__name__)
    with app.test_request_context("/", json={}, method="POST"), pytest.raises(marshmallow.ValidationError):
        Parser().parse(Item(), location="json")
    assert caught == [{"json": {"name": ["Missing data for required field."]}}]


def test_a_parser_passes_the_unknown_option_of_a_location_to_the_schema():
    class Parser(FlaskParser):
        DEFAULT_UNKNOWN_BY_LOCATION = {"query": marshmallow.RAISE}

        def handle_error(self, error, *_args, **_options):
            raise error

    app = Flask(__name__)
    with app.test_request_context("/?name=a&colour=red"):
        with pytest.raises(marshmallow.ValidationError) as caught:
            Parser().parse(Item(), location="query")
        assert caught.value.normalized_messages() == {"query": {"colour": ["Unknown field."]}}
