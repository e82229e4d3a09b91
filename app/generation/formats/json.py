"""JSON: one object with the values by field name, in the order in which the fields were created."""

from app.core.json_bytes import JSON_TYPE, to_json_bytes
from app.generation.poll_result import PollResult, Rendered


def render(result: PollResult) -> Rendered:
    """Return the result as JSON."""
    body = {
        "collection": result.collection_name,
        "type": result.collection_type,
        "generated_at_epoch": result.epoch,
        "data": result.data,
    }
    return Rendered(JSON_TYPE, to_json_bytes(body))
