"""API keys in JSON."""

from typing import Any

from app.values import CollectionType
from app.web.access import current_actor
from app.web.fields import Choice, ListOf, Nested, Status, Timestamp
from app.web.number_fields import Id
from app.web.schema import Schema
from app.web.text_fields import Name, Text


class KeyLimitIn(Schema):
    """One collection that a key may read; without a type, both of its types."""

    collection_id = Id(required=True)
    collection_type = Choice(CollectionType, allow_none=True, load_default=None)


class KeyLimitOut(Schema):
    """One collection that a key may read; without a type, both of its types."""

    collection_id = Id()
    collection_type = Choice(CollectionType, allow_none=True)
    collection_name = Text()


class KeyPatch(Schema):
    """Changes to a key."""

    label = Name()
    expires_at = Timestamp(allow_none=True, metadata={"description": "Null: the key never expires."})
    allowed_collections = ListOf(
        Nested(KeyLimitIn),
        allow_none=True,
        min_items=1,
        max_items=1000,
        size_error="must list 1 to 1000 collections; null allows all that you may read",
        metadata={"description": "Null: everything its owner may read."},
    )


class KeyIn(KeyPatch):
    """A new key."""

    label = Name(required=True)


class ReadableLimits(ListOf):
    """The limits of a key whose collections the caller may read. Collections given away are left out."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        actor = current_actor()
        readable = None if value is None else [each for each in value if actor.may_read(each.owner_id)]
        return super()._serialize(readable, attr, obj, **options)


class KeyOut(Schema):
    """A key without its text."""

    id = Id()
    user_id = Id()
    username = Text(attribute="user.username")
    label = Text()
    prefix = Text()
    status = Status("valid", "revoked", "expired")
    allowed_collections = ReadableLimits(
        Nested(KeyLimitOut),
        allow_none=True,
        metadata={
            "description": "Null: everything its owner may read. Of a list, only entries that you may read."
        },
    )
    created_at = Timestamp()
    expires_at = Timestamp(allow_none=True)
    revoked_at = Timestamp(allow_none=True)
    last_used_at = Timestamp(allow_none=True)


class KeyCreatedOut(KeyOut):
    """A new key with its text, which is shown only once."""

    key = Text(required=True)
