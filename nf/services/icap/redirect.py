"""ICAP service redirect on one session: its two lanes, and what their state means for the bytes of both directions."""

from typing import Final

from hwmodel.session import Direction
from nf.log.icap_records import icap_redirect
from nf.log.records import SessionFacts
from nf.policy.icap import IcapProfile
from nf.services import IGNORE, PERMIT, Fault, Opinion, Piece, Replacement, Service, Verdict
from nf.services.asking import Answer
from nf.services.icap.desk import Desk
from nf.services.icap.dialogue import Failure, Why
from nf.services.icap.lane import Lane
from nf.services.icap.standing import Standing
from nf.services.icap.turn import Outcome

_HTTP: Final = "HTTP"
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_PATIENCE: Final = 30.0  # seconds; servers have deadlines of their own, a slow client or server of HTTP has none here
_MOST_HELD: Final = 160 << 10
_WHY: Final[dict[Fault, Why]] = {Fault.TIMEOUT: "timeout", Fault.NOT_READY: "connectivity"}


class IcapRedirect(Service):
    """Holds each message until an ICAP server has judged it, and puts what that has made of it in its place."""

    rank = 60
    reads = True
    rewrites = True
    most_held = _MOST_HELD

    def __init__(self, profile: IcapProfile, facts: SessionFacts, standing: Standing) -> None:
        flow = facts.five_tuple
        self._facts = facts
        self._desk = Desk(profile, standing, str(flow.src), str(flow.dst))
        self._lanes = {direction: Lane(direction, self._desk) for direction in Direction}
        self._continued: object = None  # the message whose client has been told to go on

    def inspect(self, piece: Piece) -> Opinion:
        """More plaintext: hold what is to be judged."""
        if self._is_foreign(piece):
            return IGNORE
        self._desk.now, outcome = piece.now, Outcome()
        self._desk.scheme = "https" if piece.encrypted else "http"
        self._lanes[piece.direction].take(piece, outcome)
        return self._opinion(outcome)

    def answer(self, answer: Answer) -> Opinion:
        """A server has said something."""
        self._desk.now, outcome = answer.now, Outcome()
        for lane in self._lanes.values():
            lane.answer(answer, outcome)
        return self._opinion(outcome)

    def wake(self, now: float) -> Opinion:
        """Nothing is over only because it takes long: whoever is waited for has a deadline, or none."""
        self._desk.now = now
        return self._opinion(Outcome())

    def fall_back(self, fault: Fault) -> Opinion:
        """What is held is not going to be judged."""
        outcome = Outcome()
        failure = Failure(_WHY.get(fault, "default-action"), fault.value)
        for lane in self._lanes.values():
            lane.fall_back(failure, outcome)
        return self._opinion(outcome)

    def _is_foreign(self, piece: Piece) -> bool:
        """Whether this is no HTTP/1, or none any more: a server that speaks first does not speak it."""
        if any(lane.turn is not None for lane in self._lanes.values()):
            return False
        server_first = piece.direction is Direction.S2C and not self._lanes[Direction.C2S].seen
        return piece.protocol not in {"", _HTTP} or (not piece.protocol and server_first)

    def _opinion(self, outcome: Outcome) -> Opinion:
        for lane in self._lanes.values():
            if lane.lost is not None:
                lane.fall_back(lane.lost, outcome)
        self._tell_to_go_on(outcome)
        records = tuple(icap_redirect(self._facts, what) for what in outcome.redirected)
        asks, self._desk.asks = tuple(self._desk.asks), []
        if outcome.block is not None:
            return Opinion(Verdict.BLOCK, records, block=outcome.block, asks=asks)
        lanes = self._lanes.values()
        if any(lane.lost is not None for lane in lanes):
            return Opinion(Verdict.IGNORE, records, asks=asks, replaced=tuple(outcome.replaced))
        held = {lane.direction: lane.held_from for lane in lanes}
        upto = {direction: offset for direction, offset in held.items() if offset is not None}
        if not (upto or records or asks or outcome.replaced):
            return PERMIT
        return Opinion(Verdict.HOLD if upto else Verdict.PERMIT, records, upto=upto or None, patience=_PATIENCE, asks=asks,
                       replaced=tuple(outcome.replaced), pause=tuple(lane.direction for lane in lanes if lane.pauses))

    def _tell_to_go_on(self, outcome: Outcome) -> None:
        """A client that waits for its server's word would wait for ours."""
        client, server = self._lanes[Direction.C2S], self._lanes[Direction.S2C]
        if client.expects_continue and self._continued is not client.turn and server.is_at_rest:
            self._continued = client.turn
            outcome.replaced.append(Replacement(Direction.S2C, server.seen, server.seen, _CONTINUE))
