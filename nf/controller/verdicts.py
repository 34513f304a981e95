"""What each kind of policy does: the rows that an initiator's packets and the replies meet, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from nf.controller.intents import Instruction, Purpose, Tell, WriteMetadata
from nf.controller.pipeline import DIVERT, FORWARD, PERMITTED, REFUSED, REFUSED_METER, RETURN, goto
from nf.policy.policies import Action, FailMode, Policy


class Verdict(Enum):
    """What becomes of a policy's packets."""

    DIVERT = "divert"
    FAIL_OPEN = "would divert, and passes while the NF is down"
    FAIL_CLOSED = "would divert, and is dropped while the NF is down"
    PERMIT = "permit"
    REFUSE = "deny, and tell the controller"
    DENY = "deny"


class Only(Enum):
    """Which part of a policy's packets a row is about."""

    ALL = "all"
    TCP = "tcp"
    INITIAL = "tcp, SYN without ACK"
    PERMITTED = "permitted by steer"
    REFUSED = "refused by steer"


@dataclass(frozen=True, slots=True)
class Row:
    """What some of the packets meet, and what for."""

    only: Only
    instructions: tuple[Instruction, ...]
    purpose: Purpose


Rows: TypeAlias = Mapping[Verdict, tuple[Row, ...]]
PRIORITIES = 3  # of a policy: as many as the longest list of rows
MARKS = {Only.PERMITTED: PERMITTED, Only.REFUSED: REFUSED}
_REMEMBER = (WriteMetadata(PERMITTED, PERMITTED), goto(RETURN))
# What a policy's packets meet, first row first. What differs while the NF is down has a purpose of its own
# (`WHILE_UP`, `WHILE_DOWN`), so that the change back and forth can be told entry by entry.
STEER_ROWS: Rows = {
    Verdict.DIVERT: (Row(Only.TCP, (goto(DIVERT),), Purpose.DIVERT),
                      Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.FAIL_OPEN: (Row(Only.INITIAL, (goto(FORWARD),), Purpose.FAIL_OPEN),
                         Row(Only.ALL, _REMEMBER, Purpose.FAIL_OPEN)),
    Verdict.FAIL_CLOSED: (Row(Only.TCP, (), Purpose.FAIL_CLOSED),
                           Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.PERMIT: (Row(Only.INITIAL, (goto(FORWARD),), Purpose.PERMIT),
                      Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.REFUSE: (Row(Only.INITIAL, (Tell(REFUSED_METER),), Purpose.REFUSED),
                      Row(Only.TCP, (goto(RETURN),), Purpose.MAYBE_REPLY),
                      Row(Only.ALL, (WriteMetadata(REFUSED, REFUSED), goto(RETURN)), Purpose.MAYBE_REPLY)),
    Verdict.DENY: (Row(Only.INITIAL, (), Purpose.DENY),
                    Row(Only.ALL, (goto(RETURN),), Purpose.MAYBE_REPLY)),
}
_DENIED = (Row(Only.PERMITTED, (goto(FORWARD),), Purpose.REPLY_OTHER),
           Row(Only.REFUSED, (Tell(REFUSED_METER),), Purpose.REPLY_REFUSED),
           Row(Only.ALL, (), Purpose.REPLY_DENY))
RETURN_ROWS: Rows = {
    Verdict.DIVERT: (Row(Only.TCP, (goto(DIVERT),), Purpose.REPLY_DIVERT),
                      Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT)),
    Verdict.FAIL_OPEN: (Row(Only.ALL, (goto(FORWARD),), Purpose.FAIL_OPEN),),
    Verdict.FAIL_CLOSED: (Row(Only.TCP, (), Purpose.FAIL_CLOSED),
                           Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT)),
    Verdict.PERMIT: (Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT),),
    Verdict.REFUSE: _DENIED,
    Verdict.DENY: _DENIED,
}
WHILE_UP = frozenset({Purpose.DIVERT, Purpose.REPLY_DIVERT})
WHILE_DOWN = frozenset({Purpose.FAIL_OPEN, Purpose.FAIL_CLOSED})


def diverts(policy: Policy) -> bool:
    """Whether the policy hands its TCP connections to the NF."""
    return policy.action is Action.PERMIT and bool(policy.services)


def refuses(policy: Policy) -> bool:
    """Whether the controller must hear of the policy's packets: to answer them, or to log them."""
    return policy.action is Action.REJECT or (policy.action is Action.DENY and (policy.log_init or policy.log_close))


def verdict(policy: Policy, *, nf_up: bool) -> Verdict:
    """What becomes of a policy's packets, by whether the NF is up."""
    if diverts(policy) and nf_up:
        return Verdict.DIVERT
    if diverts(policy):
        return Verdict.FAIL_OPEN if policy.fail_mode is FailMode.OPEN else Verdict.FAIL_CLOSED
    if refuses(policy):
        return Verdict.REFUSE
    return Verdict.PERMIT if policy.action is Action.PERMIT else Verdict.DENY
