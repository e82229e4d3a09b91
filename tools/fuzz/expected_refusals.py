"""Expected refusals: cases that the OpenAPI document forbids, and values that are never valid."""

import json
import re
from urllib.parse import parse_qsl

from tools.fuzz.case import Case, Sent
from tools.fuzz.inputs import CREDENTIALS, FORMS, IF_MATCH, Place
from tools.fuzz.openapi_oracle import Document

TYPES = {"performance", "configuration"}
_JSON_TYPE = re.compile(r"\s*(application/json|[^;,\s]*\+json)\s*(;.*)?", re.IGNORECASE | re.DOTALL)
_ID = re.compile(r"[1-9][0-9]{0,9}")


class RefusalOracle:
    """Decides from the OpenAPI document and the corpus which requests must be refused."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def why_refused(self, case: Case, sent: Sent, shown_name: str) -> str:
        """Return why the case must be refused; empty if it may be accepted.

        Args:
            case: The case.
            sent: Its request.
            shown_name: A valid name.
        """
        match case.input.place:
            case Place.BODY | Place.KEY if case.input.route.is_delivery:
                return ""  # what is not understood is left out
            case Place.BODY:
                return self._why_body(case)
            case Place.KEY:
                return self._why_key(case)
            case Place.QUERY:
                return self._why_query(case, sent)
            case Place.PARAMETER:
                return self._why_parameter(case, sent)
            case Place.PATH:
                return _why_path(case, shown_name)
            case Place.HEADER:
                return _why_header(case)
        return "the token of the form is wrong" if case.input.at == ("csrf_token",) else ""

    def _why_body(self, case: Case) -> str:
        if not case.value.json.strip() and case.input.at and isinstance(case.input.at[-1], int):
            return ""  # leaving out a list item keeps the body valid
        if case.value.is_never_right:
            return "it is never right"
        try:
            value = json.loads(case.value.json)
        except ValueError:
            return "it is no JSON"
        operation = case.input.route.operation or {}
        schema = self.document.schema_at(operation, case.input.at)
        name = str(case.input.at[-1]) if case.input.at else ""
        return "the schema forbids it" if self.document.forbids(schema, value, name) else ""

    def _why_key(self, case: Case) -> str:
        schema = self.document.schema_at(case.input.route.operation or {}, case.input.at)
        if self.document.takes_any_key(schema):
            return ""
        properties = self.document.properties(schema)
        return "" if case.value.as_key in properties else "no such key is known"

    def _why_query(self, case: Case, sent: Sent) -> str:
        route = case.input.route
        if not route.is_api:
            return ""
        (name,) = case.input.at
        texts = [text for key, text in parse_qsl(sent.query, keep_blank_values=True) if key == name]
        schema = route.parameters[str(name)]
        is_wrong = len(texts) != 1 or self.document.forbids(schema, _meant(texts[0], schema.get("type")))
        return "the parameter's schema forbids it" if is_wrong else ""

    def _why_parameter(self, case: Case, sent: Sent) -> str:
        route = case.input.route
        names = [name for name, _ in parse_qsl(sent.query, keep_blank_values=True)]
        is_wrong = route.is_api and not set(names) <= route.parameters.keys()
        return "no such parameter is known" if is_wrong else ""


def _meant(text: str, kind: object) -> object:
    """Return a query's text converted to the type `kind`."""
    if kind == "integer" and re.fullmatch(r"[0-9]{1,12}", text):
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


def _why_path(case: Case, shown_name: str) -> str:
    (name,) = case.input.at
    text = case.value.text if case.value.kind != "address" else case.value.escaped
    if f"<id:{name}>" in case.input.route.rule:
        return "" if _ID.fullmatch(text) else "it is no id"
    if name == "collection_type":
        return "" if text.lower() in TYPES else "it is no type"
    if name == "name":
        return "" if text.strip() == shown_name else "no collection is called so"
    return "there is no such"


def _why_header(case: Case) -> str:
    route = case.input.route
    (name,) = case.input.at
    if name in CREDENTIALS:
        return "" if route.is_public or str(route) in FORMS else "it is no credential"
    if name == IF_MATCH:
        return "" if case.value.text.strip() == "*" else "it is no tag that the thing has"
    if (
        name == "Content-Type"
        and route.takes_json
        and not route.is_delivery
        and not _JSON_TYPE.fullmatch(case.value.text)
    ):
        return "it is not the type of JSON"
    return ""
