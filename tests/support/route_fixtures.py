"""Resources that routes refer to, independent of the caller."""

import itertools
import re
from functools import cached_property
from typing import Any
from urllib.parse import quote

from app.models import Role
from tests.conftest import add_user
from tests.support.alerts import Receiver
from tests.support.client import Caller, Poller
from tests.support.factory import Maker
from tests.support.signing_in import signed_in


class RouteFixtures:
    """The resources of routes, owned by `holder`; each is created on first use."""

    numbers = itertools.count(1)

    def __init__(self, people: dict[str, Caller], holder: Caller) -> None:
        self.people, self.holder, self.number = people, holder, next(self.numbers)
        self.collection_type, self.filename = "performance", "img/favicon.svg"
        self.page, self.picture = "semantics", "dashboard.png"

    @cached_property
    def collection(self) -> dict[str, Any]:
        made = Maker(self.people["owner"])
        collection = made.collection(f"Device {self.number} / %", {"value_type": "INCREMENT", "name": "n"})
        over = made.spike(collection)
        path = f"/api/spike-schedules/{over['id']}"
        assert self.people["owner"].post(f"{path}/end").status_code == 200
        assert self.people["owner"].delete(path).status_code == 204
        self.rehearsal_of_the_past_id = over["rehearsal_id"]
        self.spike = made.spike(collection)
        values = {"owner_id": self.holder.user_id}
        assert self.people["admin"].patch(f"/api/collections/{collection['id']}", values).status_code == 200
        return collection

    @property
    def collection_id(self) -> int:
        return self.collection["id"]

    @property
    def field_id(self) -> int:
        return self.collection["fields"][0]["id"]

    @property
    def spike_id(self) -> int:
        assert self.collection  # created together with the spike
        return self.spike["id"]

    @property
    def rehearsal_id(self) -> int:
        """The id of the record of a spike that is over."""
        assert self.collection
        return self.rehearsal_of_the_past_id

    @property
    def name(self) -> str:
        return quote(self.collection["name"], safe="")

    @cached_property
    def tool(self) -> Poller:
        return Maker(self.holder).key()

    @cached_property
    def revoked(self) -> Poller:
        tool = Maker(self.holder).key()
        assert self.holder.post(f"/api/api-keys/{tool.id}/revoke").status_code == 200
        return tool

    @property
    def key_id(self) -> int:
        return self.tool.id

    @cached_property
    def receiver(self) -> Receiver:
        return Maker(self.holder).receiver()

    @property
    def receiver_id(self) -> int:
        return self.receiver.id

    @property
    def token(self) -> str:
        return self.receiver.token

    @cached_property
    def user_id(self) -> int:
        return add_user(self.holder.app, Role.VIEWER, f"user{self.number}").user_id

    @cached_property
    def sign_in_id(self) -> str:
        """The id of another session of the holder."""
        signed_in(self.holder.app, self.holder.name)
        sign_ins = self.holder.get("/api/auth/sign-ins").json["items"]
        return next(each["id"] for each in sign_ins if not each["is_this_one"])

    def path(self, rule: str) -> str:
        """Return the rule with the ids of the resources filled in."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(getattr(self, match[1])), rule)
