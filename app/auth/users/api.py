"""Users, for Admins, as JSON."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from marshmallow import fields

from app.auth.users import service as users_service
from app.auth.users.schemas import UserIn, UserOut, UserPatch
from app.core import clock
from app.db.session import MAX_ID, db
from app.models import Role, User
from app.web.access import admin, current_actor
from app.web.fields import COMMON_MESSAGES, Choice
from app.web.openapi import Blueprint, documents_errors
from app.web.pagination import QueryInteger, filter_equal, list_query_schema, page_schema, paginate
from app.web.preconditions import require_match, with_etag, with_if_match
from app.web.schema import Schema

blp = Blueprint("users", __name__, url_prefix="/api/users", description="Users (Admins only)")

SORTABLE = {
    "id": User.id,
    "username": User.username_folded,
    "email": User.email,
    "role": User.role,
    "created_at": User.created_at,
}
UsersQuery = list_query_schema("Users", tuple(SORTABLE), "username", role=Choice(Role))


class DeleteQuery(Schema):
    """What happens to the collections of a deleted user."""

    transfer_to = QueryInteger(
        1, MAX_ID, metadata={"description": "Id of the user who becomes the owner of the collections."}
    )
    delete_collections = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        error_messages=COMMON_MESSAGES | {"invalid": "must be true or false"},
    )


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(UserOut))
@admin
@blp.arguments(UsersQuery, location="query")
def list_users(args: dict[str, Any]) -> dict[str, Any]:
    """List users."""
    query = filter_equal(sa.select(User), args, User.role)
    return paginate(query, args, sortable=SORTABLE, searched=[User.username, User.email])


@blp.route("", methods=["POST"])
@blp.response(201, UserOut)
@admin
@documents_errors(409)
@with_etag
@blp.arguments(UserIn)
def create_user(values: dict[str, Any]) -> tuple[User, dict[str, str]]:
    """Create a user."""
    user = users_service.create_user(**values)
    db.session.commit()
    return user, {"Location": url_for("users.get_user", user_id=user.id)}


@blp.route("/<id:user_id>", methods=["GET"])
@blp.response(200, UserOut)
@admin
@documents_errors(404)
@with_etag
def get_user(user_id: int) -> User:
    """Return a user."""
    return users_service.get_user(user_id)


@blp.route("/<id:user_id>", methods=["PATCH"])
@blp.response(200, UserOut)
@admin
@documents_errors(404, 409)
@with_if_match
@blp.arguments(UserPatch)
def change_user(changes: dict[str, Any], user_id: int) -> User:
    """Change a user.

    A new role or password revokes the user's tokens immediately. Their API keys stay valid, unless
    `revoke_api_keys` is true. Changing your own password or e-mail here returns 409 with the type
    `urn:spikecast:problem:own-credentials`: change them in your profile, with your current password.
    """
    user = require_match(users_service.get_user(user_id, locked=True))
    users_service.change_user(current_actor(), user, changes, clock.now())
    db.session.commit()
    return user


@blp.route("/<id:user_id>/reset-two-factor", methods=["POST"])
@blp.response(200, UserOut)
@admin
@documents_errors(404, 409)
@with_if_match
def reset_two_factor(user_id: int) -> User:
    """Turn off two-factor sign-in for a user who lost their app and codes. Revoke the user's tokens.

    You cannot reset your own: turn it off with a code, or ask another Admin.
    """
    user = require_match(users_service.get_user(user_id, locked=True))
    users_service.reset_two_factor(user, current_actor())
    db.session.commit()
    return user


@blp.route("/<id:user_id>", methods=["DELETE"])
@blp.response(204)
@admin
@documents_errors(404, 409)
@with_if_match
@blp.arguments(DeleteQuery, location="query")
def delete_user(args: dict[str, Any], user_id: int) -> None:
    """Delete a user and their API keys. Transfer or delete the collections that they own."""
    user = require_match(users_service.get_user(user_id, locked=True))
    users_service.delete_user(
        user, transfer_to=args.get("transfer_to"), delete_collections=args["delete_collections"]
    )
    db.session.commit()
