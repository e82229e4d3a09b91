"""OpenAPI oracle: checks responses and inputs against the OpenAPI document."""

import json
import unicodedata
from functools import cache
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse

from tests.support.iso8601 import read_instant

MAX_NAME_DECOMPOSED = 4 * 255
"""The maximum length of a decomposed name, in characters.

A longer text is also too long once composed, and composing it could take minutes.
"""
TRIMMED = {"name", "field_name", "username", "label", "email"}
"""Inputs whose leading and trailing white space is removed before their length is checked."""


class Document:
    """An OpenAPI document."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self._validator = cache(self._get_validator)

    def _get_validator(self, reference: str) -> Any:
        schema = {"$ref": reference, "components": self.description["components"]}
        return jsonschema_rs.validator_for(schema, validate_formats=True)

    def find_faults(self, operation: dict[str, Any], response: TestResponse) -> list[str]:
        """Return where a response differs from the operation's description."""
        documented = operation["responses"].get(str(response.status_code))
        if documented is None:
            return [f"{response.status_code} is not documented"]
        if "$ref" in documented:
            documented = self._at(documented["$ref"])
        required = documented.get("headers", {}).keys() if response.status_code != 200 else ()
        missing = [f"has no {name}" for name in required if name not in response.headers]
        return missing + self._faults_of_content(documented.get("content", {}), response)

    def _at(self, reference: str) -> dict[str, Any]:
        node: Any = self.description
        for key in reference.removeprefix("#/").split("/"):
            node = node[key]
        return dict(node)

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
        """Return whether a schema forbids a value, after trimming and Unicode normalization (NFC)."""
        if "$ref" in schema:
            schema = self._at(schema["$ref"])
        if isinstance(value, str):
            if name in TRIMMED:
                value = value.strip()
            if name in {*TRIMMED, "login"} and len(value) <= MAX_NAME_DECOMPOSED:
                value = unicodedata.normalize("NFC", value)
            if schema.get("format") == "date-time":
                return not is_instant(value)
        self_contained = {"components": self.description["components"], **schema}
        try:
            return not jsonschema_rs.is_valid(self_contained, value)
        except (ValueError, OverflowError):  # JSON Schema validators cannot represent such a number
            return True

    def schema_at(self, operation: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
        """Return the schema at a path in the body of an operation."""
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        for key in path:
            schema = self._resolve(schema)
            if isinstance(key, int):
                schema = schema["items"]
            else:
                schema = (
                    schema["properties"][key] if "properties" in schema else schema["additionalProperties"]
                )
        return dict(schema)

    def takes_any_key(self, schema: dict[str, Any]) -> bool:
        """Return whether an object may have keys that its schema does not name."""
        return isinstance(self._resolve(schema).get("additionalProperties"), dict)

    def properties(self, schema: dict[str, Any]) -> set[str]:
        """Return the keys that an object may have."""
        return set(self._resolve(schema).get("properties", ()))

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema that a reference names, also if null is allowed instead."""
        options = (each for each in schema.get("anyOf", ()) if each.get("type") != "null")
        schema = next(options, schema)
        return self._at(schema["$ref"]) if "$ref" in schema else schema


def is_instant(text: str) -> bool:
    """Return whether the text is an ISO 8601 time within the accepted years; without an offset it is UTC."""
    return read_instant(text) is not None
