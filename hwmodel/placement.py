"""Where a packet went: into a session that it opened, into one that there was, or nowhere, and why."""

from enum import Enum
from typing import TypeAlias

import msgspec

from hwmodel.session import Session, SpuId


class Refusal(Enum):
    """Why a packet opened no session."""

    SESSION_TABLE_FULL = "session table full"  # on the SPU it was given to, whatever room the others have
    NOT_AN_OPENER = "not a session opener"  # the SYN check
    NO_LIVE_SPU = "no live SPU"
    NO_CENTRAL_POINT = "no live central point"
    CENTRAL_POINT_FULL = "central point session table full"  # classic central points alone
    DROP_FLOW = "drop-flow"  # denied a moment ago
    SOURCE_LIMIT = "session limit of its source"
    DESTINATION_LIMIT = "session limit of its destination"


class FirstPath(msgspec.Struct, frozen=True, gc=False):
    """The packet opened this session; `alarm` is the limit that it exceeds, where that is only to be told."""

    session: Session
    alarm: Refusal | None = None


class FastPath(msgspec.Struct, frozen=True, gc=False):
    """The packet belongs to this session."""

    session: Session


class Refused(msgspec.Struct, frozen=True, gc=False):
    """The packet belongs to no session and opened none; `spu` is the one that refused it, if it got that far."""

    reason: Refusal
    spu: SpuId | None = None


Placement: TypeAlias = FirstPath | FastPath | Refused
