"""Changes that revoke a key's access, each with the status of the next poll of `/api/data/Truck/…`.

Each change gets a context with `owner`, `admin`, `tool`, the URL `truck` and the id `bridge`.
"""


def limit_key(context):
    limits = [{"collection_id": context.bridge}]
    return context.owner.patch(f"/api/api-keys/{context.tool.id}", {"allowed_collections": limits})


def delete_owner_of_key(context):
    return context.admin.delete(f"/api/users/{context.owner.user_id}?transfer_to={context.admin.user_id}")


CHANGES = {
    "the key is revoked": (lambda context: context.owner.delete(f"/api/api-keys/{context.tool.id}"), 401),
    "the key is limited": (limit_key, 404),
    "the owner of the key is deleted": (delete_owner_of_key, 401),
    "the collection is renamed": (lambda context: context.owner.patch(context.truck, {"name": "Lorry"}), 404),
    "the collection is deleted": (lambda context: context.owner.delete(context.truck), 404),
    "the owner of the collection changes": (
        lambda context: context.admin.patch(context.truck, {"owner_id": context.admin.user_id}),
        404,
    ),
}
