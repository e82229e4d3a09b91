"""The catalogue of value types as a script for the pages: their labels, settings, bounds and order."""

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from app.values import (
    MAX_INTEGER,
    Setting,
    SettingKind,
    ValueKind,
    ValueTypeSpec,
    all_settings,
    all_specs,
    version,
)
from app.values.settings import MAX_FLOAT, MAX_TEXT_LENGTH

PATH = "js/value-types.js"
"""Where it is served, below static/."""


MAX_BY_KIND = {
    SettingKind.TEXT: MAX_TEXT_LENGTH,
    SettingKind.INTEGER: MAX_INTEGER,
    SettingKind.EXACT: MAX_INTEGER,
    SettingKind.FLOAT: MAX_FLOAT,
}


class Script(NamedTuple):
    """The script as it is sent, and a digest of it."""

    body: bytes
    digest: str


def get_script() -> Script:
    """Return the script for the present catalogue."""
    return _build_script(version())


@lru_cache(maxsize=2)
def _build_script(_version: int) -> Script:
    body = b"globalThis.spikecastValueTypes=" + orjson.dumps(describe_catalogue()) + b";"
    return Script(body, hashlib.sha256(body).hexdigest()[:12])


def describe_catalogue() -> dict[str, Any]:
    """Return what the pages know of the catalogue: all types and settings by name, in their order.

    What is empty or has its usual value is left out, because every page loads the script. lib/value-types.js
    adds it again. The help of the field dialog is not part of it (see `describe_help`).
    """
    return {
        "types": {spec.name: _describe_type(spec) for spec in all_specs()},
        "settings": {name: _describe_setting(setting) for name, setting in all_settings().items()},
    }


def describe_help() -> dict[str, dict[str, str]]:
    """Return the help texts of the field dialog: of types and settings, by name."""
    return {
        "types": {spec.name: spec.description for spec in all_specs()},
        "settings": {name: setting.help for name, setting in all_settings().items() if setting.help},
    }


def _describe_type(spec: ValueTypeSpec) -> dict[str, Any]:
    has_input = {setting.name for setting in spec.settings if setting.has_override_input}
    inputs = tuple(name for name in spec.override_order or spec.setting_names if name in has_input)
    described = {
        "label": spec.label,
        "rule": spec.rule,
        "short_rule": spec.short_rule,
        "kind_label": spec.kind_label,
        "value_kind": spec.value_kind if spec.value_kind != ValueKind.NUMBER else None,
        "direction": spec.direction or None,
        "decimals": spec.decimals,
        "settings": spec.setting_names,
        "override_inputs": inputs if inputs != spec.setting_names else None,
        "orders": [(order.low, order.high, order.blamed) for order in spec.orders] or None,
    }
    return {key: value for key, value in described.items() if _is_given(value)}


def _describe_setting(setting: Setting) -> dict[str, Any]:
    described = {
        "kind": setting.kind,
        "label": setting.label,
        "unit": setting.unit,
        # The bounds of the kind itself are left to the server.
        "minimum": setting.minimum if setting.minimum != -MAX_BY_KIND.get(setting.kind, 0) else None,
        "maximum": setting.maximum if setting.maximum != MAX_BY_KIND.get(setting.kind) else None,
        "above": setting.above,
        "is_optional": not setting.is_required,
        "default": setting.default,
        "short_label": setting.short_label,
        "is_scaled": setting.is_scaled,
        "is_range_end": setting.is_range_end,
    }
    return {key: value for key, value in described.items() if _is_given(value)}


def _is_given(value: Any) -> bool:
    return value is not None and value is not False and value != ""
