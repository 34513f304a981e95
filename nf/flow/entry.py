"""One row of the session table: who talks to whom, under which policy, watched by which services."""

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from hwmodel.session import FiveTuple
from nf.inspection.inspection import Inspection
from nf.log.records import (
    NO_APPLICATION,
    ApplicationFacts,
    CloseReason,
    LogRecord,
    SessionFacts,
    Volume,
    session_close,
    session_create,
    session_deny,
)
from nf.policy.policies import Action, Policy
from nf.policy.zones import Interface
from nf.sslproxy.plan import Plan

DefaultProfile = Literal["", "hit", "none"]


class SessionEntry(Struct, weakref=True):
    """A session that is let in: its policy, the interface towards the server, and the SSL proxy's plan for it.

    While its policy waits for its application (`is_open`) it is under `pre-id-default-policy`.
    """

    five_tuple: FiveTuple
    policy: Policy
    egress: Interface
    facts: SessionFacts
    plan: Plan
    inspection: Inspection
    is_open: bool = False
    default_profile: DefaultProfile = ""  # candidates named several profiles: the default one was taken, or there was none

    def created(self) -> tuple[LogRecord, ...]:
        """What the policy wants logged now (`then log session-init`); of one that denies, either word asks for it."""
        if self.policy.action is not Action.PERMIT:
            return _denied(self.policy, self.facts, self.inspection.application)
        return (session_create(self.facts, self.inspection.application),) if self.policy.log_init else ()

    def closed(self, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """What the policy wants logged at the end (`then log session-close`)."""
        if not self.policy.log_close or self.policy.action is not Action.PERMIT:
            return ()
        return (session_close(self.facts, self.inspection.application, reason, volume),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A session that no policy permits; None is the default action at work."""

    facts: SessionFacts
    action: Action
    policy: Policy | None
    application: ApplicationFacts = NO_APPLICATION

    def denied(self) -> tuple[LogRecord, ...]:
        """What the policy wants logged of a refused session."""
        return () if self.policy is None else _denied(self.policy, self.facts, self.application)


def _denied(policy: Policy, facts: SessionFacts, application: ApplicationFacts) -> tuple[LogRecord, ...]:
    return (session_deny(facts, application=application),) if policy.log_init or policy.log_close else ()
