"""The templates that formats have compiled for one plan."""

from collections.abc import Callable
from typing import Any

MAX_TEMPLATES = 2
"""Templates that a plan keeps: a collection that is polled in more formats compiles some of them again."""

Key = tuple[str, str]
"""The names of the format and of the collection: a template may contain it, and a plan outlives it."""


class TemplateStore:
    """At most MAX_TEMPLATES templates (`formats.template.Template`). Calls `on_grown` after each new one."""

    __slots__ = ("_templates", "on_grown")

    def __init__(self) -> None:
        self._templates: dict[Key, Any] = {}
        self.on_grown: Callable[[], None] | None = None

    def get(self, key: Key) -> Any:
        """Return the template under this key, or None."""
        return self._templates.get(key)

    def put(self, key: Key, template: Any) -> None:
        """Store a template. Beyond the bound, the others leave."""
        if len(self._templates) >= MAX_TEMPLATES:
            self._templates.clear()
        self._templates[key] = template
        if self.on_grown is not None:
            self.on_grown()

    @property
    def size(self) -> int:
        """Return the bytes that all templates take."""
        return sum(template.size for template in tuple(self._templates.values()))
