"""What the OpenAPI document says an answer looks like, and which input it forbids."""

import json
import unicodedata
from functools import cache
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse

from tests.support.iso8601 import read_instant

MAX_NAME_DECOMPOSED = 4 * 255
"""Characters; what is longer is too long when it is composed, too, and composing it would take minutes."""
TRIMMED = {"name", "field_name", "username", "label", "email"}
"""Texts whose white space at the ends goes, before their length counts."""


class Document:
    """An OpenAPI document."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self._validator = cache(self._validator_of)

    def _validator_of(self, reference: str) -> Any:
        schema = {"$ref": reference, "components": self.description["components"]}
        return jsonschema_rs.validator_for(schema, validate_formats=True)

    def faults(self, operation: dict[str, Any], response: TestResponse) -> list[str]:
        """What about an answer is not as the operation says."""
        said = operation["responses"].get(str(response.status_code))
        if said is None:
            return [f"{response.status_code} is not documented"]
        if "$ref" in said:
            said = self._at(said["$ref"])
        wanted = said.get("headers", {}).keys() if response.status_code != 200 else ()
        missing = [f"has no {name}" for name in wanted if name not in response.headers]
        return missing + self._faults_of_content(said.get("content", {}), response)

    def _at(self, reference: str) -> dict[str, Any]:
        found: Any = self.description
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        return dict(found)

    def _faults_of_content(self, content: dict[str, Any], response: TestResponse) -> list[str]:
        if not content:
            return ["has a body, but none is documented"] if response.data else []
        kind = response.mimetype
        if kind not in content:
            return [f"is {kind or 'of no type'}, but only {', '.join(content)} is documented"]
        schema = content[kind].get("schema", {})
        if "$ref" not in schema:
            return []
        errors = self._validator(schema["$ref"]).iter_errors(json.loads(response.text))
        return [f"is not as documented: {str(error.message)[:200]}" for error in errors][:3]

    def forbids(self, schema: dict[str, Any], value: Any, name: str = "") -> bool:
        """Whether a schema forbids a value, once it is trimmed and its accents are put onto their letters."""
        if "$ref" in schema:
            schema = self._at(schema["$ref"])
        if isinstance(value, str):
            if name in TRIMMED:
                value = value.strip()
            if name in {*TRIMMED, "login"} and len(value) <= MAX_NAME_DECOMPOSED:
                value = unicodedata.normalize("NFC", value)
            if schema.get("format") == "date-time":
                return not is_instant(value)
        whole = {"components": self.description["components"], **schema}
        try:
            return not jsonschema_rs.is_valid(whole, value)
        except (ValueError, OverflowError):  # a number that no reader of JSON Schema can hold
            return True

    def schema_at(self, operation: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
        """The schema of a place in the body of an operation."""
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        for key in path:
            if "$ref" in schema:
                schema = self._at(schema["$ref"])
            schema = schema["items"] if isinstance(key, int) else schema["properties"][key]
        return dict(schema)

    def properties(self, schema: dict[str, Any]) -> set[str]:
        """The keys that an object may have."""
        meant = self._at(schema["$ref"]) if "$ref" in schema else schema
        return set(meant.get("properties", ()))


def is_instant(text: str) -> bool:
    """Whether it is an instant in ISO 8601 within the years that count; without an offset it means UTC."""
    return read_instant(text) is not None
