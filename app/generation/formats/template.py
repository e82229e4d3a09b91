"""Templates: the bytes of an answer, with a place for each number of a poll.

A template is compiled when a format is first asked for a plan, and kept with the plan.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from app.core.json_bytes import to_json_bytes
from app.generation.poll_result import PollResult, Rendered

_REFERENCE_BYTES, _FIXED_BYTES = 8, 300


class Template:
    """An answer that is written once for a plan; only numbers differ from poll to poll."""

    def __init__(self, field_names: Sequence[str], pattern: bytes) -> None:
        """Args: `field_names`, one for each `%b` of `pattern`, in their order."""
        self._get = _build_getter(field_names)
        self._pattern = pattern
        self.size = len(pattern) + _REFERENCE_BYTES * len(field_names) + _FIXED_BYTES

    def render(self, data: Mapping[str, Any], dump: Callable[[Any], bytes]) -> bytes:
        """Return the answer with the numbers of `data`; `dump` writes a list of numbers as JSON."""
        numbers = self._get(data)
        return self._pattern % (tuple(dump(numbers)[1:-1].split(b",")) if numbers else ())


def _build_getter(field_names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(field_names) > 1:
        return itemgetter(*field_names)
    return lambda data: tuple(data[name] for name in field_names)


def escape_pattern(text: str) -> str:
    """Return `text` as it stands in the pattern of a template."""
    return text.replace("%", "%%")


def build_renderer(
    name: str, content_type: str, build: Callable[[PollResult], Template]
) -> Callable[[PollResult], Rendered]:
    """Return the `render` of a format that has one template for each plan.

    Args:
        name: of the format.
        content_type: of its answers.
        build: returns the template of a result's plan.
    """

    def render(result: PollResult) -> Rendered:
        templates = result.layout.templates
        key = name, result.collection_name
        template = templates.get(key)
        if template is None:
            template = build(result)
            templates.put(key, template)
        return Rendered(content_type, template.render(result.data, to_json_bytes))

    return render


def get_text(result: PollResult, field_name: str) -> str | None:
    """Return the text that the field always has, or None if it is a number."""
    value = result.data[field_name]
    return value if isinstance(value, str) else None
