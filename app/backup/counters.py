"""Counters after a restore: each continues after the last value that it has served.

`known` is the snapshot of the database from before the restore, if it can be used; counters that are not in
it are unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa

from app.backup.report import format_count
from app.backup.snapshot import Counter, Snapshot
from app.core.errors import Conflict
from app.models import Field, SpikeSchedule, SpikeScheduleField
from app.values import Exact, State, advance, counts_integers, get_direction, max_step, round_in_direction

MAX_LISTED = 10
"""The maximum number of unknown counters that the message names."""

States = dict[int, State]
"""The last values of counters, by id; None for a counter that has not served any."""


@dataclass(frozen=True)
class UnknownCounterPolicy:
    """The choice for counters whose progress since the backup is unknown: at most one of two options."""

    skip_values: int | None = None
    """The number of values of each counter to skip."""
    accept_repeats: bool = False
    """Whether values that were served since the backup may be served again."""

    @property
    def is_given(self) -> bool:
        """Whether one of the two options was chosen."""
        return self.skip_values is not None or self.accept_repeats


def restore_counters(
    connection: sa.Connection,
    restored: Snapshot,
    known: Snapshot | None,
    policy: UnknownCounterPolicy,
    doubt: str,
    now: datetime,
) -> list[str]:
    """Advance every counter past all that it has served, delete expired schedules, and report it.

    Copies that continue the collection's counter and hand back to it form one sequence with it. The last
    state of such a copy becomes that of the collection's counter, and the copy continues from there.

    Conflict is raised if a counter is unknown and the policy says nothing; `doubt` says why `known` is None.
    """
    copies = {id: copy for id, copy in restored.copies.items() if not copy.is_over(now)}
    fields = _get_known_fields(restored, known, now) if known else {}
    known_copies = _get_known_copies(copies, known)
    unknown = [
        *(field for id, field in restored.fields.items() if id not in fields),
        *(copy for id, copy in copies.items() if id not in known_copies),
    ]
    if unknown and not policy.is_given:
        _refuse_unknown(unknown, doubt)
    _skip_fields(restored, fields, policy.skip_values or 0, now)
    _skip_copies(copies, fields, known_copies, policy.skip_values or 0)
    fields = {id: _round_if_whole(restored.fields[id], state) for id, state in fields.items()}
    known_copies = {
        id: _round_if_whole(restored.fields.get(copies[id].original), state)
        for id, state in known_copies.items()
    }
    _write(connection, Field.__table__, fields)
    _write(connection, SpikeScheduleField.__table__, known_copies)
    # The next poll would delete them too, but the collection's counters have taken over already.
    connection.execute(sa.delete(SpikeSchedule).where(SpikeSchedule.has_status("expired", now)))
    seamless = sum(copy.is_seamless for copy in copies.values())
    total = len(restored.fields) + len(copies)
    return _report(total - len(unknown) - seamless, len(unknown), policy)


def _skip_fields(restored: Snapshot, fields: States, skipped: int, now: datetime) -> None:
    """Add the states of unknown fields to `fields`: those of the backup, advanced by `skipped` values."""
    backed_up = _collect_handed_back(
        restored.fields, restored.copies, lambda copy: copy.hands_back and _is_released(copy, now)
    )
    handing_back = [copy for copy in restored.copies.values() if copy.hands_back and copy.may_have_served]
    for field in restored.fields.values():
        steps = [_get_max_step(copy) for copy in handing_back if _is_copy(copy, field)]
        last = backed_up.get(field.id, field.current)
        fields.setdefault(field.id, skip_ahead(field, last, skipped, steps))


def _skip_copies(copies: Mapping[int, Counter], fields: States, known_copies: States, skipped: int) -> None:
    """Add the states of unknown copies to `known_copies`: the backup's, advanced by `skipped` values."""
    for copy in copies.values():
        base = copy.current
        if base is None and not copy.has_own_start:
            base = fields.get(copy.original)
        known_copies.setdefault(copy.id, skip_ahead(copy, base, skipped) if skipped else copy.current)


def _get_known_fields(restored: Snapshot, known: Snapshot, now: datetime) -> States:
    """Return the states of the collections' counters whose sequence is still the same, by id.

    Copies that the restore removes hand back as their latest schedule says; copies that it keeps, as the
    backup says.
    """
    same = {id: known.fields[id] for id in restored.fields if _is_same(restored.fields, known.fields, id)}

    def hands_back(copy: Counter) -> bool:
        if not _is_same(restored.copies, known.copies, copy.id):
            return copy.hands_back
        left = restored.copies[copy.id]
        return left.hands_back and _is_released(left, now)

    taken_over = _collect_handed_back(same, known.copies, hands_back)
    return {id: taken_over.get(id, field.current) for id, field in same.items()}


def _get_known_copies(copies: Mapping[int, Counter], known: Snapshot | None) -> States:
    """Return the states of those copies whose state is known, by id."""
    # A copy whose window has not begun has served nothing.
    known_copies = {copy.id: copy.current for copy in copies.values() if not copy.may_have_served}
    for id, copy in copies.items():
        is_same = known is not None and _is_same(copies, known.copies, id)
        # Values that a deleted copy served since are counted by the collection's counter.
        if copy.is_seamless and (known is None or known.copies_handed_back or is_same):
            known_copies[id] = None
        elif known is not None and is_same:
            known_copies[id] = known.copies[id].current
    return known_copies


def _is_same(restored: Mapping[int, Counter], known: Mapping[int, Counter], id: int) -> bool:
    """Return whether both have the counter, with the same sequence."""
    return id in restored and id in known and known[id].sequence == restored[id].sequence


def _is_released(copy: Counter, now: datetime) -> bool:
    """Return whether a copy of the backup needs no state once the collection's counter has taken over."""
    return copy.is_seamless or copy.is_over(now)


def _collect_handed_back(
    fields: Mapping[int, Counter], copies: Mapping[int, Counter], hands_back: Callable[[Counter], bool]
) -> States:
    """Return the states that fields take over from their copies, those of the latest windows, by field id."""
    in_order = sorted(copies.values(), key=lambda copy: (copy.ends, copy.starts, copy.id))
    return {
        copy.original: copy.current
        for copy in in_order
        if copy.original in fields
        and _is_copy(copy, fields[copy.original])
        and copy.current is not None
        and hands_back(copy)
    }


def _is_copy(copy: Counter, field: Counter) -> bool:
    return (copy.original, copy.value_type) == (field.id, field.value_type)


def skip_ahead(counter: Counter, last: State, polls: int, other_steps: Iterable[Exact] = ()) -> State:
    """Return the furthest state that the counter can have reached after `polls` polls.

    Args:
        counter: Its settings.
        last: Its state before these polls.
        polls: The number of values to skip.
        other_steps: The largest steps of its copies, which may have been larger.
    """
    if polls and last is None:
        last, polls = counter.start, polls - 1
    if not polls:
        return last
    step = max([_get_max_step(counter), *other_steps])
    direction = get_direction(counter.value_type)
    return advance(last, start=counter.start, step=polls * step, reset=counter.reset, direction=direction)


def _round_if_whole(field: Counter | None, state: State) -> State:
    """Round the state if the field in the backup counts in whole numbers; later it may have had decimals."""
    if field is None or state is None:
        return state
    settings = {"start_number": field.start, "step_number": field.step, "reset_number": field.reset}
    return round_in_direction(state, get_direction(field.value_type)) if counts_integers(settings) else state


def _get_max_step(counter: Counter) -> Exact:
    # A randomized step of a counter in whole numbers is rounded, which may make it larger.
    return max(max_step(counter.step, counter.percentage, as_integer=each) for each in (False, True))


def _write(connection: sa.Connection, table: Any, states: Mapping[int, State]) -> None:
    unchanged = {"updated_at": table.c.updated_at} if "updated_at" in table.c else {}
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("counter"))
        .values(current_number=sa.bindparam("state"), **unchanged)
    )
    if states:
        connection.execute(statement, [{"counter": id, "state": state} for id, state in states.items()])


def _refuse_unknown(unknown: list[Counter], doubt: str) -> NoReturn:
    """Refuse the restore with a message that names the counters and the options.

    Raises:
        Conflict: Always.
    """
    why = (
        f"the previous database cannot be used, because {doubt}"
        if doubt
        else "the previous database does not have them, or has them with other settings"
    )
    names = [f"  {counter.name}" for counter in unknown[:MAX_LISTED]]
    more = [f"  and {len(unknown) - MAX_LISTED} more"] if len(unknown) > MAX_LISTED else []
    lines = (
        f"How far these counters have counted since the backup is unknown: {why}.",
        *names,
        *more,
        "Use --counters-on N to skip the next N values of each, at least as many as were polled since.",
        "Or use --accept-repeats to serve values again that were served since the backup.",
        "Nothing was changed.",
    )
    raise Conflict("\n".join(lines))


def _report(known: int, unknown: int, policy: UnknownCounterPolicy) -> list[str]:
    lines = []
    if known:
        lines.append(f"{format_count(known, 'counter')} continued from the previous database.")
    if unknown and policy.skip_values:
        lines.append(f"{format_count(unknown, 'counter')} skipped ahead by {policy.skip_values} values.")
    elif unknown:
        counters = format_count(unknown, "counter")
        lines.append(f"{counters} reset to the backup: values served since then will be served again.")
    return lines
