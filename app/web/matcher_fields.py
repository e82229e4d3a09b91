"""Fields of schemas for matchers: in a body, and as JSON in a query."""

import json
from typing import Any

from marshmallow import ValidationError, fields

from app.values.matchers import MAX_MATCHERS, find_errors
from app.web.fields import COMMON_MESSAGES, dump_unchanged
from app.web.text_fields import Text

MAX_QUERY_LENGTH = 4000
DESCRIPTION = "Maps labels to texts, all of which must match. `*` stands for any text, `\\*` for an asterisk."


class MatchersField(fields.Dict):
    """Matchers: an object that maps labels to texts, in which `*` stands for any text."""

    default_error_messages = COMMON_MESSAGES | {"invalid": "must be an object of labels and texts"}
    _serialize = dump_unchanged

    def __init__(self, **more: Any) -> None:
        metadata = {"description": DESCRIPTION, "maxProperties": MAX_MATCHERS}
        super().__init__(
            **{"keys": fields.String(), "values": fields.String()} | more | {"metadata": metadata}
        )

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        if errors := find_errors(value):
            by_label = {label: [message] for label, message in errors.items()}
            raise ValidationError(errors.get("") or by_label)
        return value


class MatchersQuery(Text):
    """Matchers as JSON in a query parameter."""

    def __init__(self) -> None:
        example = '{"alertname": "Engine*"}'
        super().__init__(
            max_length=MAX_QUERY_LENGTH,
            metadata={"description": f"Only alerts whose labels match, as JSON: `{example}`. {DESCRIPTION}"},
        )

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        text = super()._deserialize(value, *args, **options)
        try:
            matchers = json.loads(text)
        except (ValueError, RecursionError):
            raise ValidationError('must be JSON, such as {"alertname": "Engine*"}') from None
        if errors := find_errors(matchers):
            raise ValidationError(
                [f"{label}: {message}".removeprefix(": ") for label, message in errors.items()]
            )
        return matchers
