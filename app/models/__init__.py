"""All tables, one module per subject."""

from app.models.actor import Actor, Role
from app.models.alert import AlertEpisode, AlertReceiver
from app.models.api_key import ApiKey, ApiKeyCollection
from app.models.audit import AuditEntry
from app.models.collection import Collection, Field
from app.models.expectation import RehearsalExpectation
from app.models.poll import Poll
from app.models.rehearsal import Rehearsal, RehearsalPoll
from app.models.spike import SpikeSchedule
from app.models.spike_field import SpikeScheduleField
from app.models.two_factor import PendingSignIn, RecoveryCode
from app.models.user import KnownPlace, SetUpToken, SignIn, SignInFailure, User

__all__ = [
    "Actor",
    "AlertEpisode",
    "AlertReceiver",
    "ApiKey",
    "ApiKeyCollection",
    "AuditEntry",
    "Collection",
    "Field",
    "KnownPlace",
    "PendingSignIn",
    "Poll",
    "RecoveryCode",
    "Rehearsal",
    "RehearsalExpectation",
    "RehearsalPoll",
    "Role",
    "SetUpToken",
    "SignIn",
    "SignInFailure",
    "SpikeSchedule",
    "SpikeScheduleField",
    "User",
]
