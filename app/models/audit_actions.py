"""Enumerations of the audit log: actions, outcomes, kinds of subjects, and categories of entries."""

from enum import StrEnum


class Action(StrEnum):
    """An action that was done or refused."""

    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    END_SIGN_IN = "end-sign-in"
    END_OTHER_SIGN_INS = "end-other-sign-ins"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - a word, not a password
    CHANGE_EMAIL = "change-email"
    ASK_FOR_CODE = "ask-for-code"
    USE_RECOVERY_CODE = "use-recovery-code"
    TURN_ON_TWO_FACTOR = "turn-on-two-factor"
    TURN_OFF_TWO_FACTOR = "turn-off-two-factor"
    NEW_RECOVERY_CODES = "new-recovery-codes"
    RESET_TWO_FACTOR = "reset-two-factor"
    SET_UP = "set-up"
    CREATE_USER = "create-user"
    CHANGE_USER = "change-user"
    DELETE_USER = "delete-user"
    CREATE_KEY = "create-key"
    CHANGE_KEY = "change-key"
    REVOKE_KEY = "revoke-key"
    DELETE_KEY = "delete-key"
    CREATE_RECEIVER = "create-receiver"
    CHANGE_RECEIVER = "change-receiver"
    RENEW_RECEIVER_TOKEN = "renew-receiver-token"  # noqa: S105 - a word, not a token
    REVOKE_RECEIVER = "revoke-receiver"
    DELETE_RECEIVER = "delete-receiver"
    CREATE_COLLECTION = "create-collection"
    CHANGE_COLLECTION = "change-collection"
    COPY_COLLECTION = "copy-collection"
    DELETE_COLLECTION = "delete-collection"
    CREATE_FIELD = "create-field"
    CHANGE_FIELD = "change-field"
    RESET_FIELD = "reset-field"
    DELETE_FIELD = "delete-field"
    CREATE_SPIKE = "create-spike"
    CHANGE_SPIKE = "change-spike"
    END_SPIKE = "end-spike"
    EXTEND_SPIKE = "extend-spike"
    DELETE_SPIKE = "delete-spike"
    RESTORE_SPIKE = "restore-spike"
    CHANGE_REHEARSAL = "change-rehearsal"
    DELETE_REHEARSAL = "delete-rehearsal"
    REQUEST = "request"
    RESTORE = "restore"


CHANGE_ACTIONS = (
    Action.CHANGE_PASSWORD,
    Action.TURN_ON_TWO_FACTOR,
    Action.TURN_OFF_TWO_FACTOR,
    Action.RESET_TWO_FACTOR,
    Action.CHANGE_USER,
    Action.CHANGE_KEY,
    Action.REVOKE_KEY,
    Action.CHANGE_RECEIVER,
    Action.RENEW_RECEIVER_TOKEN,
    Action.REVOKE_RECEIVER,
    Action.CHANGE_COLLECTION,
    Action.CREATE_FIELD,
    Action.CHANGE_FIELD,
    Action.DELETE_FIELD,
    Action.CHANGE_SPIKE,
    Action.END_SPIKE,
    Action.EXTEND_SPIKE,
    Action.RESTORE_SPIKE,
)
"""The actions that change the ETag of their subject."""
CREATION_ACTIONS = (
    Action.SET_UP,
    Action.CREATE_USER,
    Action.CREATE_KEY,
    Action.CREATE_RECEIVER,
    Action.CREATE_COLLECTION,
    Action.COPY_COLLECTION,
    Action.CREATE_FIELD,
    Action.CREATE_SPIKE,
)


class Category(StrEnum):
    """A group of entries with its own bound, so that entries of one category never displace another's."""

    PEOPLE = "people"
    """Completed actions on users, their sign-ins, keys and alert receivers."""
    COLLECTIONS = "collections"
    """Completed actions on collections, fields and spikes."""
    REFUSALS = "refusals"
    """Refused requests of users and of anonymous clients."""
    REFUSED_KEYS = "refused-keys"
    """Refused polls."""


class Outcome(StrEnum):
    """Whether an action was done or refused."""

    DONE = "done"
    REFUSED = "refused"


class SubjectKind(StrEnum):
    """The kind of thing that an entry is about."""

    USER = "user"
    KEY = "key"
    RECEIVER = "receiver"
    COLLECTION = "collection"
    FIELD = "field"
    SPIKE = "spike"
    REHEARSAL = "rehearsal"


def get_category(action: Action) -> Category:
    """Return the category of an action that was done."""
    if action is Action.ASK_FOR_CODE:
        return Category.REFUSALS  # anyone who knows a password can repeat it without limit
    return Category.COLLECTIONS if action in _COLLECTION_ACTIONS else Category.PEOPLE


_COLLECTION_ACTIONS = {
    action
    for action in Action
    if action.rpartition("-")[2]
    in {SubjectKind.COLLECTION, SubjectKind.FIELD, SubjectKind.SPIKE, SubjectKind.REHEARSAL}
}
