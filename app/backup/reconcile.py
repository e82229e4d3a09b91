"""After a restore, on either engine: nothing is served twice, and what was ended stays ended."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.backup.snapshot import Counter, Snapshot, TwoFactor, move_ids_on, taken, why_it_tells_nothing
from app.core.errors import Conflict
from app.models import (
    ApiKey,
    AuditEntry,
    Field,
    PendingSignIn,
    RecoveryCode,
    SetUpToken,
    SignIn,
    SpikeSchedule,
    SpikeScheduleField,
    User,
)
from app.models.audit import COMMAND_LINE, Action, Origin, Outcome, Subject, make_entry
from app.values import Exact, State, advance, counts_integers, get_direction, max_step, round_in_direction

MOST_TOLD = 10


@dataclass(frozen=True)
class Choice:
    """What to do with counters of which nobody knows how far they went since the backup."""

    counters_on: int | None = None
    accept_repeats: bool = False

    @property
    def is_made(self) -> bool:
        """Whether anything was chosen."""
        return self.counters_on is not None or self.accept_repeats


def put_right(connection: sa.Connection, before: Snapshot | None, choice: Choice, now: datetime) -> list[str]:
    """Bring the restored database behind `connection` up to what the one `before` knows; tell what was done.

    Refuses where a counter may have gone on nobody knows how far, and nothing was chosen for that.
    """
    restored = taken(connection, now)
    doubt = why_it_tells_nothing(restored, before) if before else "there is none to be read"
    known = before if before and not doubt else None
    told = [
        *_set_counters(connection, restored, known, choice, doubt, now),
        *_end_keys(connection, restored, known, now),
        *_tell_people(restored, known),
        *_carry_two_factors(connection, restored, known),
        *_end_sign_ins(connection),
        *_move_ids_on(connection, known),
    ]
    _note(connection, now)
    return told


# --- Counters ------------------------------------------------------------------------------------------


def _set_counters(
    connection: sa.Connection,
    restored: Snapshot,
    known: Snapshot | None,
    choice: Choice,
    doubt: str,
    now: datetime,
) -> list[str]:
    """Let every counter stand behind all that it has served; then clear expired schedules.

    Copies that continue the collection's counter and hand back are one sequence with it. Wherever such a copy
    stood last, the collection's counter stands there now, and the copy goes on from it.
    """
    fields = _known_fields(restored, known, now) if known else {}
    copies = {id: copy for id, copy in restored.copies.items() if not copy.is_over(now)}
    found = _known_copies(copies, known)
    counters = [*restored.fields.values(), *copies.values()]
    unknown = [
        *(field for id, field in restored.fields.items() if id not in fields),
        *(copy for id, copy in copies.items() if id not in found),
    ]
    if unknown and not choice.is_made:
        raise _how_far(unknown, doubt)
    moved = choice.counters_on or 0
    backed_up = _handed_back(
        restored.fields, restored.copies, lambda copy: copy.hands_back and _is_let_go(copy, now)
    )
    handing_back = [copy for copy in restored.copies.values() if copy.hands_back and copy.may_have_served]
    for field in restored.fields.values():
        steps = [_largest_step(copy) for copy in handing_back if _is_of(copy, field)]
        last = backed_up.get(field.id, field.current)
        fields.setdefault(field.id, moved_on(field, last, moved, steps))
    for copy in copies.values():
        base = copy.current
        if base is None and not copy.has_own_start:
            base = fields.get(copy.original)
        found.setdefault(copy.id, moved_on(copy, base, moved) if moved else copy.current)
    fields = {id: _as_counted(restored.fields[id], state) for id, state in fields.items()}
    found = {id: _as_counted(restored.fields.get(copies[id].original), state) for id, state in found.items()}
    _write(connection, Field.__table__, fields)
    _write(connection, SpikeScheduleField.__table__, found)
    # As the next poll would; but the collection's counters have taken over already.
    connection.execute(sa.delete(SpikeSchedule).where(SpikeSchedule.has_status("expired", now)))
    seamless = sum(copy.is_seamless and id in found for id, copy in copies.items())
    return _told(len(counters) - len(unknown) - seamless, len(unknown), choice)


def _known_fields(restored: Snapshot, known: Snapshot, now: datetime) -> dict[int, State]:
    """Where the collection's counters stand that still count the same sequence, by id.

    Copies that the restore takes away hand back by what their schedule said, those that it leaves by what it
    says in the backup.
    """
    same = {id: known.fields[id] for id in restored.fields if _is_same(restored.fields, known.fields, id)}

    def hands_back(copy: Counter) -> bool:
        if not _is_same(restored.copies, known.copies, copy.id):
            return copy.hands_back
        left = restored.copies[copy.id]
        return left.hands_back and _is_let_go(left, now)

    taken_over = _handed_back(same, known.copies, hands_back)
    return {id: taken_over.get(id, field.current) for id, field in same.items()}


def _known_copies(copies: Mapping[int, Counter], known: Snapshot | None) -> dict[int, State]:
    """Where those copies stand of which it is known."""
    # Nor is there any doubt about a spike's that has not begun.
    found = {copy.id: copy.current for copy in copies.values() if not copy.may_have_served}
    for id, copy in copies.items():
        is_same = known is not None and _is_same(copies, known.copies, id)
        # What one that is gone served since is in the collection's counter.
        if copy.is_seamless and (known is None or known.copies_handed_back or is_same):
            found[id] = None
        elif known is not None and is_same:
            found[id] = known.copies[id].current
    return found


def _is_same(restored: Mapping[int, Counter], known: Mapping[int, Counter], id: int) -> bool:
    """Whether the counter counts the same sequence in both."""
    return id in restored and id in known and known[id].sequence == restored[id].sequence


def _is_let_go(copy: Counter, now: datetime) -> bool:
    """Whether a copy of the backup needs no state once the collection's counter has taken over."""
    return copy.is_seamless or copy.is_over(now)


def _handed_back(
    fields: Mapping[int, Counter], copies: Mapping[int, Counter], hands_back: Callable[[Counter], bool]
) -> dict[int, State]:
    """Where those of these fields stand that take over from a copy, by id: from that of the latest window."""
    in_order = sorted(copies.values(), key=lambda copy: (copy.ends, copy.starts, copy.id))
    return {
        copy.original: copy.current
        for copy in in_order
        if copy.original in fields
        and _is_of(copy, fields[copy.original])
        and copy.current is not None
        and hands_back(copy)
    }


def _is_of(copy: Counter, field: Counter) -> bool:
    return (copy.original, copy.value_type) == (field.id, field.value_type)


def moved_on(counter: Counter, last: State, polls: int, other_steps: Iterable[Exact] = ()) -> State:
    """Where it stands after so many polls at the most: in one leap of its largest steps, or of larger ones
    that a copy of it may have taken."""
    if polls and last is None:
        last, polls = counter.start, polls - 1
    if not polls:
        return last
    largest = max([_largest_step(counter), *other_steps])
    direction = get_direction(counter.value_type)
    return advance(last, start=counter.start, step=polls * largest, reset=counter.reset, direction=direction)


def _as_counted(field: Counter | None, state: State) -> State:
    """Return the number for a field of the backup, which may count in whole numbers as it did not later."""
    if field is None or state is None:
        return state
    settings = {"start_number": field.start, "step_number": field.step, "reset_number": field.reset}
    return round_in_direction(state, get_direction(field.value_type)) if counts_integers(settings) else state


def _largest_step(counter: Counter) -> Exact:
    # A varied step of a whole counter is rounded, perhaps up.
    both = (False, True)
    return max(max_step(counter.step, counter.percentage, as_integer=each) for each in both)


def _write(connection: sa.Connection, table: Any, states: Mapping[int, State]) -> None:
    unchanged = {"updated_at": table.c.updated_at} if "updated_at" in table.c else {}
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("counter"))
        .values(current_number=sa.bindparam("state"), **unchanged)
    )
    if states:
        connection.execute(statement, [{"counter": id, "state": state} for id, state in states.items()])


def _how_far(unknown: list[Counter], doubt: str) -> Conflict:
    why = (
        f"the database from before the restore does not say, for {doubt}"
        if doubt
        else "in the database from before the restore they are gone, or count otherwise"
    )
    named = [f"  {counter.name}" for counter in unknown[:MOST_TOLD]]
    more = [f"  and {len(unknown) - MOST_TOLD} more"] if len(unknown) > MOST_TOLD else []
    lines = (
        f"How far these counters have gone since the backup is not known: {why}.",
        *named,
        *more,
        "Say --counters-on N to leave out the next N values of each, no fewer than were polled since; or",
        "--accept-repeats, and values that were served since the backup are served again.",
        "Nothing was changed.",
    )
    return Conflict("\n".join(lines))


def _told(known: int, unknown: int, choice: Choice) -> list[str]:
    lines = []
    if known:
        lines.append(
            f"{counted(known, 'counter')} will go on from where the database before the restore stood."
        )
    if unknown and choice.counters_on:
        lines.append(f"{counted(unknown, 'counter')} moved on by {choice.counters_on} values.")
    elif unknown:
        lines.append(f"{counted(unknown, 'counter')} as at the backup: values served since will come again.")
    return lines


# --- People and keys -----------------------------------------------------------------------------------


def _end_keys(
    connection: sa.Connection, restored: Snapshot, known: Snapshot | None, now: datetime
) -> list[str]:
    if known is None:
        look = "Which were revoked since is not known: see list-keys and revoke-key."
        count = len(restored.keys)
        return [f"API keys that count as at the backup: {count}. {look}"] if count else []
    ended = [id for key_hash, id in restored.keys.items() if key_hash not in known.keys]
    if not ended:
        return []
    statement = sa.update(ApiKey).where(ApiKey.__table__.c.id == sa.bindparam("key")).values(revoked_at=now)
    connection.execute(statement, [{"key": id} for id in ended])
    ids = ", ".join(map(str, ended))
    return [f"Revoked API keys that were revoked, deleted or had expired since the backup: {ids}."]


def _tell_people(restored: Snapshot, known: Snapshot | None) -> list[str]:
    if known is None:
        return ["Users, their roles and passwords are those of the backup."] if restored.people else []
    back, roles, passwords = [], [], []
    for id, person in restored.people.items():
        last = known.people.get(id)
        if last is None:
            back.append(person.username)
        elif last.role != person.role:
            roles.append(f"{person.username} ({person.role})")
        if last is not None and last.password_hash != person.password_hash:
            passwords.append(person.username)
    told = (
        ("Users who were deleted since the backup are back: ", back),
        ("Users who have the role of the backup again: ", roles),
        ("Users who have the password of the backup again: ", passwords),
    )
    return [f"{what}{', '.join(names)}." for what, names in told if names]


def _carry_two_factors(connection: sa.Connection, restored: Snapshot, known: Snapshot | None) -> list[str]:
    """No code counts twice, and what somebody turned on, or an Admin reset, since the backup stays so."""
    if known is None:
        names = ", ".join(
            restored.people[id].username for id, each in restored.two_factors.items() if each.since
        )
        said = "Recovery codes count as at the backup, also those used since. Have new ones made by: "
        return [f"{said}{names}."] if names else []
    carried = [
        id
        for id, was in restored.two_factors.items()
        if id in known.two_factors and known.two_factors[id] != was
    ]
    for id in carried:
        _set_two_factor(connection, id, known.two_factors[id])
    names = ", ".join(restored.people[id].username for id in carried)
    return [f"Two-factor sign-in goes on from before the restore: {names}."] if names else []


def _set_two_factor(connection: sa.Connection, user_id: int, state: TwoFactor) -> None:
    columns = {
        "two_factor_secret": state.secret,
        "two_factor_since": state.since,
        "two_factor_step": state.step,
        "updated_at": User.updated_at,
    }
    connection.execute(sa.update(User).where(User.id == user_id).values(columns))
    connection.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    if state.code_hashes:
        rows = [{"user_id": user_id, "code_hash": code_hash} for code_hash in state.code_hashes]
        connection.execute(sa.insert(RecoveryCode), rows)


def _end_sign_ins(connection: sa.Connection) -> list[str]:
    ended = connection.execute(sa.delete(SignIn)).rowcount
    connection.execute(sa.delete(PendingSignIn))
    connection.execute(sa.delete(SetUpToken))
    return [f"Ended all sign-ins ({ended}): everybody signs in again."] if ended else []


def _move_ids_on(connection: sa.Connection, known: Snapshot | None) -> list[str]:
    if known is None:
        return ["Ids that were given to things made since the backup may be given again."]
    move_ids_on(connection, known.last_ids)
    return []


def _note(connection: sa.Connection, now: datetime) -> None:
    """Say in the audit log that it is the one of the backup from here back."""
    by_command = Origin(None, None, COMMAND_LINE)
    entry = make_entry(by_command, Action.RESTORE, Outcome.DONE, Subject(), {}, now=now)
    connection.execute(sa.insert(AuditEntry), [entry])


def counted(count: int, noun: str) -> str:
    """`1 counter`, `2 counters`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
