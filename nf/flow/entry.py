"""One row of the session table: who talks to whom, under which policy, watched by which services."""

from dataclasses import dataclass

from hwmodel.session import FiveTuple
from nf.inspection.inspection import Inspection
from nf.log.records import (
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


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A permitted session: its policy, the interface towards the server, and the SSL proxy's plan for it."""

    five_tuple: FiveTuple
    policy: Policy
    egress: Interface
    facts: SessionFacts
    plan: Plan
    inspection: Inspection

    def created(self) -> tuple[LogRecord, ...]:
        """What the policy wants logged now (`then log session-init`)."""
        return (session_create(self.facts, self.inspection.application),) if self.policy.log_init else ()

    def closed(self, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """What the policy wants logged at the end (`then log session-close`)."""
        if not self.policy.log_close:
            return ()
        return (session_close(self.facts, self.inspection.application, reason, volume),)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A session that no policy permits; None is the default action at work."""

    facts: SessionFacts
    action: Action
    policy: Policy | None

    def denied(self) -> tuple[LogRecord, ...]:
        """What the policy wants logged of a refused session."""
        wanted = self.policy is not None and (self.policy.log_init or self.policy.log_close)
        return (session_deny(self.facts),) if wanted else ()
