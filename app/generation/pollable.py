"""What an API key may poll: the query that lists it, and the paths to poll it by."""

from urllib.parse import quote

import sqlalchemy as sa

from app.generation.authorization import KeyHolder
from app.models import ApiKey, ApiKeyCollection, Collection, Field
from app.values import CollectionType


def select_pollable(holder: KeyHolder, collection_type: CollectionType) -> sa.Select[int, str, int]:
    """Return the query for the collections of which the key may poll this type, and that have fields of it.

    `fastpath.grants` has the same rule for one collection.

    Returns:
        A query of the collection's id, its name, and the place of `collection_type` among all types.
    """
    key_id, actor = holder
    is_limited = sa.select(ApiKey.is_limited).where(ApiKey.id == key_id).scalar_subquery()
    listed = sa.exists().where(
        ApiKeyCollection.api_key_id == key_id,
        ApiKeyCollection.collection_id == Collection.id,
        sa.or_(
            ApiKeyCollection.collection_type.is_(None), ApiKeyCollection.collection_type == collection_type
        ),
    )
    has_fields = sa.exists().where(
        Field.collection_id == Collection.id, Field.collection_type == collection_type
    )
    place = list(CollectionType).index(collection_type)
    return sa.select(Collection.id, Collection.name, sa.literal(place).label("place")).where(
        actor.readable(Collection.owner_id), has_fields, sa.or_(sa.not_(is_limited), listed)
    )


def build_path_by_id(root: str, collection_id: int, collection_type: CollectionType) -> str:
    """Return the path to poll a collection by, which a new name does not change; below the prefix `root`."""
    return f"{root}/api/collections/{collection_id}/data/{collection_type.lower()}"


def build_path_by_name(root: str, collection_id: int, name: str, collection_type: CollectionType) -> str:
    """Return the path to poll a collection by its name, or by its id if no path can hold the name."""
    if name in {".", ".."}:  # HTTP clients take these two for steps in a path
        return build_path_by_id(root, collection_id, collection_type)
    return f"{root}/api/data/{quote(name, safe='')}/{collection_type.lower()}"
