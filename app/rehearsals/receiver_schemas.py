"""Alert receivers and their episodes in JSON."""

from marshmallow import fields

from app.web.fields import ListOf, Status, StrictBool, Timestamp
from app.web.matcher_fields import MatchersField
from app.web.number_fields import Id, Integer
from app.web.schema import Schema
from app.web.text_fields import Name, Text

MAX_IGNORED = 20


class ReceiverPatch(Schema):
    """Changes to an alert receiver."""

    name = Name()
    ignored = ListOf(
        MatchersField(),
        max_items=MAX_IGNORED,
        size_error=f"must list at most {MAX_IGNORED} matchers",
        metadata={
            "description": "Alerts that match one of these make no episodes. Default: those that always fire."
        },
    )


class ReceiverIn(ReceiverPatch):
    """A new alert receiver."""

    name = Name(required=True)


class ReceiverOut(Schema):
    """An alert receiver, without its token."""

    id = Id()
    owner_id = Id()
    owner = Text(attribute="owner.username")
    name = Text()
    prefix = Text(metadata={"description": "How its token begins."})
    status = Status("active", "revoked")
    ignored = ListOf(MatchersField())
    created_at = Timestamp()
    updated_at = Timestamp()
    revoked_at = Timestamp(allow_none=True)
    deliveries = Integer()
    last_received_at = Timestamp(allow_none=True)
    last_problem_at = Timestamp(allow_none=True)
    last_problem = Text(
        allow_none=True, metadata={"description": "What was last not understood of a delivery."}
    )


class ReceiverWithTokenOut(ReceiverOut):
    """An alert receiver with its new token, which is shown only once."""

    token = Text(required=True)


class EpisodeOut(Schema):
    """One time that one alert fired. Times `…received_at` are this server's, the others the sender's."""

    id = Id()
    fingerprint = Text()
    alert_name = Text()
    labels = fields.Dict(keys=fields.String(), values=fields.String())
    is_firing = StrictBool()
    first_received_at = Timestamp()
    starts_at = Timestamp(allow_none=True)
    resolved_received_at = Timestamp(allow_none=True)
    ends_at = Timestamp(allow_none=True)
    last_received_at = Timestamp()
    deliveries = Integer(metadata={"description": "How often it was delivered, with repeats."})
    only_resolution = StrictBool(
        metadata={"description": "Whether all that arrived is that it was resolved."}
    )
