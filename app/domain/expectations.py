"""What rehearsals expect: check it, save it, and keep its deadline in step with the window.

The caller has locked the collection. The receiver is locked next, before any rehearsal, as whoever deletes
it does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.errors import Conflict
from app.core.timestamps import format_iso
from app.db.session import db
from app.domain.validation import ErrorsByPath
from app.models import Actor, AlertReceiver, Collection, Rehearsal, RehearsalExpectation
from app.values.expectations import SETTINGS, Expectation, Kind, Window
from app.values.matchers import are_disjoint

MAX_NAMED = 5
"""How many rehearsals a warning names."""


@dataclass(frozen=True)
class Wanted:
    """What a rehearsal is to expect."""

    receiver_id: int
    scope: dict[str, str]
    fail_on_unexpected: bool
    expectations: tuple[Expectation, ...]


def read_wanted(
    actor: Actor,
    values: Mapping[str, Any],
    window: Window | None,
    errors: ErrorsByPath,
    *,
    path: str = "",
    current: Rehearsal | None = None,
) -> Wanted | None:
    """Return what a rehearsal is to expect, or None, with the reasons in `errors`.

    Args:
        actor: The user who wants it, whose receiver it has to be.
        values: The valid input: `receiver_id`, `scope`, `fail_on_unexpected` and `expectations`.
        window: The window, or None if the requested one is invalid.
        errors: Messages by path; new ones are added.
        path: Where `values` is in the input, such as `rehearsal.`.
        current: The rehearsal to change; what it has fills in what `values` leaves out.
    """
    before = len(errors)
    has_any = current is not None and current.decided_by is not None
    receiver_id = values.get("receiver_id", current.receiver_id if current and has_any else None)
    if f"{path}receiver_id" not in errors:
        _check_receiver(actor, receiver_id, errors, f"{path}receiver_id", current)
    expectations: tuple[Expectation, ...] = ()
    if "expectations" in values:
        expectations = _read_list(values["expectations"], window, errors, f"{path}expectations")
    elif current is not None and has_any:
        expectations = tuple(each.value for each in current.expectations)
    elif not any(key.startswith(f"{path}expectations") for key in errors):
        errors[f"{path}expectations"] = ["is required"]
    if len(errors) > before or receiver_id is None:
        return None
    scope = (current.scope if current else None) or {}
    strict = current.fail_on_unexpected if current else False
    return Wanted(
        receiver_id,
        values.get("scope", scope),
        values.get("fail_on_unexpected", strict),
        expectations,
    )


def _check_receiver(
    actor: Actor, receiver_id: int | None, errors: ErrorsByPath, path: str, current: Rehearsal | None
) -> None:
    """Check that the actor may use the receiver, and lock it against being deleted.

    The receiver that a rehearsal has already may stay, whoever owns it.
    """
    if receiver_id is None:
        is_gone = current is not None and current.decided_by is not None
        errors[path] = ["is required" + (": the receiver was deleted" if is_gone else "")]
        return
    query = sa.select(AlertReceiver).where(AlertReceiver.id == receiver_id)
    receiver = db.session.scalar(query.with_for_update(read=True, key_share=True))
    is_kept = current is not None and current.receiver_id == receiver_id
    if receiver is None or not (is_kept or actor.may_read(receiver.owner_id)):
        errors[path] = [f"there is no receiver {receiver_id}"]
    elif receiver.revoked_at is not None and not is_kept:
        errors[path] = [f"the receiver {receiver.name!r} is revoked; give it a new token first"]


def _read_list(
    listed: list[dict[str, Any]], window: Window | None, errors: ErrorsByPath, path: str
) -> tuple[Expectation, ...]:
    found = []
    for position, values in enumerate(listed):
        here = f"{path}.{position}"
        if any(key == here or key.startswith(f"{here}.") for key in errors):
            continue
        kind = Kind(values["kind"])
        for name in sorted(values.keys() - {"kind", "match", *SETTINGS[kind]}):
            errors[f"{here}.{name}"] = [f"does not belong to {kind}, which takes {_list_settings(kind)}"]
        expectation = Expectation(**values)
        if window and expectation.counted_from(window) > window.end:
            length = (window.end - window.start).total_seconds()
            errors[f"{here}.counts_from"] = [f"lies after the window's end ({length:g} s)"]
        found.append(expectation)
    return tuple(found)


def _list_settings(kind: Kind) -> str:
    *first, last = ("match", *SETTINGS[kind])
    return f"{', '.join(first)} and {last}"


class RehearsalRequest:
    """The part of a request for a spike that says what it rehearses: `rehearsal` and `external_id`."""

    def __init__(self, actor: Actor, values: Mapping[str, Any], current_id: int | None = None) -> None:
        """Take the valid input, and the id of the rehearsal that fills in what the input leaves out."""
        self._actor, self._values = actor, values
        self._current = db.session.get(Rehearsal, current_id) if current_id else None
        self.wanted: Wanted | None = None
        self._before = summarize(self._current)
        self.changes: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        """For the audit log: what was expected before, and what is expected now."""

    def check(self, window: Window | None, errors: ErrorsByPath) -> None:
        """Check what is to be expected in this window; add messages to `errors`."""
        rehearsal = self._values.get("rehearsal")
        if rehearsal is not None:
            self.wanted = read_wanted(
                self._actor, rehearsal, window, errors, path="rehearsal.", current=self._current
            )

    def save(self, rehearsal_id: int | None) -> list[str]:
        """Save it, and return warnings for people."""
        if not self._values.keys() & {"rehearsal", "external_id"}:
            return []
        rehearsal = db.session.get_one(Rehearsal, rehearsal_id, populate_existing=True)
        rehearsal.external_id = self._values.get("external_id", rehearsal.external_id)
        if "rehearsal" in self._values:
            save(rehearsal, self.wanted)
            self.changes = ({"rehearsal": self._before}, {"rehearsal": summarize(rehearsal)})
        db.session.flush()
        return find_warnings(self._actor, rehearsal)


def summarize(rehearsal: Rehearsal | None) -> dict[str, Any] | None:
    """Return what a rehearsal expects, to compare it; None if nothing."""
    if rehearsal is None or rehearsal.decided_by is None:
        return None
    return {
        "receiver_id": rehearsal.receiver_id,
        "scope": rehearsal.scope,
        "fail_on_unexpected": rehearsal.fail_on_unexpected,
        "expectations": [each.value for each in rehearsal.expectations],
    }


# --- Saving --------------------------------------------------------------------------------------------


def save(rehearsal: Rehearsal, wanted: Wanted | None) -> None:
    """Let a rehearsal expect this, or nothing; whatever was decided of it is void."""
    rehearsal.receiver_id = wanted.receiver_id if wanted else None
    rehearsal.scope = wanted.scope if wanted else None
    rehearsal.fail_on_unexpected = wanted.fail_on_unexpected if wanted else False
    rehearsal.expectations.clear()
    db.session.flush()  # the new ones have the same positions
    if wanted:
        rehearsal.expectations = [
            RehearsalExpectation.of(each, position) for position, each in enumerate(wanted.expectations)
        ]
    set_deadline(rehearsal)
    rehearsal.forget_result()
    db.session.flush()


def set_deadline(rehearsal: Rehearsal) -> None:
    """Set until when a rehearsal is decided, by its window."""
    window = Window(rehearsal.start_datetime, rehearsal.end_datetime)
    deadlines = [each.value.last_deadline(window) for each in rehearsal.expectations]
    rehearsal.decided_by = max(deadlines, default=None)


def on_window_changed(rehearsal_id: int, now: datetime) -> None:
    """Follow the schedule of a rehearsal that expects something; open it again if it has not ended."""
    rehearsal = db.session.get_one(Rehearsal, rehearsal_id, populate_existing=True)
    set_deadline(rehearsal)
    if rehearsal.end_datetime > now:
        rehearsal.forget_result()
    db.session.flush()


def refuse_decided(rehearsal: Rehearsal) -> None:
    """Refuse to change what a rehearsal expected that has been decided, or never will be.

    Raises:
        Conflict: It is settled or cancelled.
    """
    if rehearsal.cancelled_at is not None:
        raise Conflict(f"{rehearsal.name!r} was cancelled; run it again instead.", problem_type="cancelled")
    if rehearsal.settled_at is not None:
        raise Conflict(
            f"{rehearsal.name!r} was decided on {format_iso(rehearsal.settled_at)}; run it again instead.",
            problem_type="settled",
        )


# --- Warnings ------------------------------------------------------------------------------------------


def find_warnings(actor: Actor, rehearsal: Rehearsal) -> list[str]:
    """Return a warning for each rehearsal at the same time that the same alert could be taken for."""
    if rehearsal.decided_by is None or rehearsal.receiver_id is None:
        return []
    others = db.session.execute(
        sa.select(Rehearsal, Collection)
        .join(Rehearsal.collection)
        .where(
            Rehearsal.receiver_id == rehearsal.receiver_id,
            Rehearsal.id != rehearsal.id,
            Rehearsal.cancelled_at.is_(None),
            Rehearsal.start_datetime < rehearsal.decided_by,
            Rehearsal.decided_by > rehearsal.start_datetime,
        )
        .order_by(Rehearsal.start_datetime, Rehearsal.id)
        .options(selectinload(Rehearsal.expectations))
        .limit(4 * MAX_NAMED)
    )
    warnings = []
    for other, collection in others:
        if could_be_confused(rehearsal, other):
            is_known = actor.may_read(collection.owner_id)
            name = f"‘{collection.name}: {other.name}’" if is_known else "A spike of another user"
            warnings.append(
                f"{name} is rehearsed on the same receiver at the same time, and one alert could be taken "
                "for either; tell them apart by scope."
            )
    return warnings[:MAX_NAMED]


def could_be_confused(one: Rehearsal, other: Rehearsal) -> bool:
    """Return whether one alert could count for both rehearsals, as far as literal patterns tell."""
    if are_disjoint(one.scope or {}, other.scope or {}):
        return False
    if one.fail_on_unexpected or other.fail_on_unexpected:
        return True
    return any(
        not are_disjoint(_full_match(one, first), _full_match(other, second))
        for first in one.expectations
        for second in other.expectations
    )


def _full_match(rehearsal: Rehearsal, expectation: RehearsalExpectation) -> dict[str, str]:
    return {**(rehearsal.scope or {}), **expectation.match}
