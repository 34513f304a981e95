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
    IDENTIFY = "divert TCP, since its application decides"
    IDENTIFY_OPEN = "would divert TCP, which passes while the NF is down"
    IDENTIFY_CLOSED = "would divert TCP, which is dropped while the NF is down"
    DIVERT_REJECT = "divert TCP to be rejected there, reject what else there is"
    REJECT_CLOSED = "drop TCP while the NF is down, reject what else there is"
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
PRIORITIES = 4  # of a policy: as many as the longest list of rows
MARKS = {Only.PERMITTED: PERMITTED, Only.REFUSED: REFUSED}
_REMEMBER = (WriteMetadata(PERMITTED, PERMITTED), goto(RETURN))
_REFUSE_OTHERS = Row(Only.ALL, (WriteMetadata(REFUSED, REFUSED), goto(RETURN)), Purpose.MAYBE_REPLY)
_DIVERT_TCP, _DROP_TCP = Row(Only.TCP, (goto(DIVERT),), Purpose.DIVERT), Row(Only.TCP, (), Purpose.FAIL_CLOSED)
# What a policy's packets meet, first row first. What differs while the NF is down has a purpose of its own
# (`WHILE_UP`, `WHILE_DOWN`), so that the change back and forth can be told entry by entry.
STEER_ROWS: Rows = {
    Verdict.DIVERT: (_DIVERT_TCP,
                      Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.FAIL_OPEN: (Row(Only.INITIAL, (goto(FORWARD),), Purpose.FAIL_OPEN),
                         Row(Only.ALL, _REMEMBER, Purpose.FAIL_OPEN)),
    Verdict.FAIL_CLOSED: (_DROP_TCP,
                           Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.PERMIT: (Row(Only.INITIAL, (goto(FORWARD),), Purpose.PERMIT),
                      Row(Only.ALL, _REMEMBER, Purpose.MAYBE_PERMITTED)),
    Verdict.REFUSE: (Row(Only.INITIAL, (Tell(REFUSED_METER),), Purpose.REFUSED),
                      Row(Only.TCP, (goto(RETURN),), Purpose.MAYBE_REPLY),
                      _REFUSE_OTHERS),
    Verdict.DENY: (Row(Only.INITIAL, (), Purpose.DENY),
                    Row(Only.ALL, (goto(RETURN),), Purpose.MAYBE_REPLY)),
    Verdict.IDENTIFY: (_DIVERT_TCP,),
    Verdict.IDENTIFY_OPEN: (Row(Only.INITIAL, (goto(FORWARD),), Purpose.FAIL_OPEN),
                             Row(Only.TCP, _REMEMBER, Purpose.FAIL_OPEN)),
    Verdict.IDENTIFY_CLOSED: (_DROP_TCP,),
    Verdict.DIVERT_REJECT: (_DIVERT_TCP, _REFUSE_OTHERS),
    Verdict.REJECT_CLOSED: (_DROP_TCP, _REFUSE_OTHERS),
}
_DENIED = (Row(Only.PERMITTED, (goto(FORWARD),), Purpose.REPLY_OTHER),
           Row(Only.REFUSED, (Tell(REFUSED_METER),), Purpose.REPLY_REFUSED),
           Row(Only.ALL, (), Purpose.REPLY_DENY))
_REPLY_DIVERT_TCP = Row(Only.TCP, (goto(DIVERT),), Purpose.REPLY_DIVERT)
RETURN_ROWS: Rows = {
    Verdict.DIVERT: (_REPLY_DIVERT_TCP,
                      Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT)),
    Verdict.FAIL_OPEN: (Row(Only.ALL, (goto(FORWARD),), Purpose.FAIL_OPEN),),
    Verdict.FAIL_CLOSED: (_DROP_TCP,
                           Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT)),
    Verdict.PERMIT: (Row(Only.ALL, (goto(FORWARD),), Purpose.REPLY_PERMIT),),
    Verdict.IDENTIFY: (_REPLY_DIVERT_TCP,),
    Verdict.IDENTIFY_OPEN: (Row(Only.TCP, (goto(FORWARD),), Purpose.FAIL_OPEN),),
    Verdict.IDENTIFY_CLOSED: (_DROP_TCP,),
    Verdict.DIVERT_REJECT: (_REPLY_DIVERT_TCP, *_DENIED),
    Verdict.REJECT_CLOSED: (_DROP_TCP, *_DENIED),
    Verdict.REFUSE: _DENIED,
    Verdict.DENY: _DENIED,
}
WHILE_UP = frozenset({Purpose.DIVERT, Purpose.REPLY_DIVERT})
WHILE_DOWN = frozenset({Purpose.FAIL_OPEN, Purpose.FAIL_CLOSED})


def diverts(policy: Policy) -> bool:
    """Whether the policy hands its TCP connections to the NF: for services, for their application, to reject them there."""
    return policy.is_open or (policy.action is not Action.DENY and bool(policy.services))


def refuses(policy: Policy) -> bool:
    """Whether the controller must hear of the policy's packets: to answer them, or to log them."""
    if policy.is_open:
        return False
    return policy.action is Action.REJECT or (policy.action is Action.DENY and (policy.log_init or policy.log_close))


def fail_mode(policy: Policy) -> FailMode:
    """What a diverting policy's TCP meets while the NF is down: what is always rejected never passes."""
    return FailMode.CLOSED if policy.action is Action.REJECT and not policy.is_open else policy.fail_mode


def verdict(policy: Policy, *, nf_up: bool) -> Verdict:
    """What becomes of a policy's packets, by whether the NF is up."""
    fails_open = fail_mode(policy) is FailMode.OPEN
    if policy.is_open:
        down = Verdict.IDENTIFY_OPEN if fails_open else Verdict.IDENTIFY_CLOSED
        return Verdict.IDENTIFY if nf_up else down
    if diverts(policy) and policy.action is Action.REJECT:
        return Verdict.DIVERT_REJECT if nf_up else Verdict.REJECT_CLOSED
    if diverts(policy):
        down = Verdict.FAIL_OPEN if fails_open else Verdict.FAIL_CLOSED
        return Verdict.DIVERT if nf_up else down
    if refuses(policy):
        return Verdict.REFUSE
    return Verdict.PERMIT if policy.action is Action.PERMIT else Verdict.DENY
