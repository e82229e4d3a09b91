"""Changes that revoke a key's access, each with the status of the next poll of `/api/data/Truck/…`.

Each change gets a place with `owner`, `admin`, `tool`, the URL `truck` and the id `bridge`.
"""


def limit_the_key(place):
    limits = [{"collection_id": place.bridge}]
    return place.owner.patch(f"/api/api-keys/{place.tool.id}", {"allowed_collections": limits})


def delete_its_user(place):
    return place.admin.delete(f"/api/users/{place.owner.user_id}?transfer_to={place.admin.user_id}")


CHANGES = {
    "the key is revoked": (lambda place: place.owner.delete(f"/api/api-keys/{place.tool.id}"), 401),
    "the key is limited": (limit_the_key, 404),
    "its user is deleted": (delete_its_user, 401),
    "the collection is renamed": (lambda place: place.owner.patch(place.truck, {"name": "Lorry"}), 404),
    "the collection is deleted": (lambda place: place.owner.delete(place.truck), 404),
    "its owner changes": (
        lambda place: place.admin.patch(place.truck, {"owner_id": place.admin.user_id}),
        404,
    ),
}
