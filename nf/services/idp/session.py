"""Intrusion detection on one session: what its buffers hold, what its rules say of that, and what becomes of it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hwmodel.session import Direction
from nf.log.idp_records import attack_record
from nf.log.records import NO_APPLICATION, ApplicationFacts, LogRecord, SessionFacts
from nf.policy.attacks import Attack, Bit, IdpAction, Severity
from nf.policy.idp import IdpRule, PacketStorage
from nf.policy.unified import Known
from nf.services import IGNORE, PERMIT, Block, Bulletin, Capture, Ending, Opinion, Piece, Service, Verdict
from nf.services.idp.counters import Counters
from nf.services.idp.ip_actions import FOR_GOOD, IpActions, meant, value_of
from nf.services.idp.packet_log import Recorder
from nf.services.idp.program import Program, Progress
from nf.services.idp.rates import Rates, counted
from nf.services.idp.reading import handshake_buffers
from nf.services.idp.scanner import Found, Scanner
from nf.services.idp.selection import Selection, heaviest, resolved
from nf.tls.secured import Secured

NAME = "idp"
RATE, IP_ACTION = "rate ", "ip-action "  # beginnings of bulletins' keys
UNREAD = 64 << 10  # bytes of a direction without anything read from them: no protocol is known then
_ENDINGS = {IdpAction.DROP: Ending.SILENT, IdpAction.DROP_PACKET: Ending.SILENT, IdpAction.CLOSE: Ending.RESET,
            IdpAction.CLOSE_CLIENT: Ending.CLOSE_CLIENT, IdpAction.CLOSE_SERVER: Ending.CLOSE_SERVER}


@dataclass(frozen=True)
class Shared:
    """What the sessions of a worker share."""

    program: Program
    depth: int
    clock: Callable[[], float]
    rates: Rates = field(default_factory=Rates)
    ip_actions: IpActions = field(default_factory=IpActions)
    counters: Counters = field(default_factory=Counters)


@dataclass(slots=True)
class _Outcome:
    """What a piece comes to."""

    records: list[LogRecord] = field(default_factory=list)
    bulletins: list[Bulletin] = field(default_factory=list)
    action: IdpAction = IdpAction.NONE
    attack: str = ""
    dscp: int | None = None
    captures: tuple[Capture, ...] = ()


class IdpSession(Service):
    """The service on one session."""

    rank = 30
    reads = True

    def __init__(self, shared: Shared, facts: SessionFacts, selection: Selection, begun: float,
                 storage: PacketStorage | None = None) -> None:
        self._shared = shared
        self._facts = facts
        self._selection = selection
        self._begun = begun
        self._scanner = Scanner(shared.program.matchers, selection.contexts, shared.depth)
        self._progress = Progress(shared.program)
        self._bits: set[str] = set()
        self._sent = self._answered = 0  # bytes of client and server
        self.bodies = self._scanner.reads_bodies
        self._reads = False  # something was read
        self._application = NO_APPLICATION
        self._recorder = None if storage is None or not selection.packets else Recorder(
            facts.five_tuple, facts.session_id, storage, selection.packets, shared.clock)

    def open(self, now: float) -> Opinion:
        """What an ip-action of an earlier session says of this one."""
        met = self._shared.ip_actions.meeting(self._facts, now)
        if met is None:
            return PERMIT
        key, standing = met
        self._shared.counters.count(f"ip-action {standing.kind}")
        again = Bulletin(NAME, IP_ACTION + key, standing.value, standing.seconds)
        bulletins = (again,) if standing.refresh else ()
        action = {"block": IdpAction.DROP, "close": IdpAction.CLOSE}.get(standing.kind, IdpAction.NONE)
        records = (self._record(Attack(standing.attack, ()), now, standing.rule, "IPS", action, alert=False,
                                message=f"ip-action {standing.kind}"),) if standing.log else ()
        if not action.ends:
            return Opinion(Verdict.PERMIT, records, bulletins=bulletins)
        return Opinion(Verdict.BLOCK, records, block=Block(f"IDP: ip-action after {standing.attack}", ending=_ENDINGS[action]),
                       bulletins=bulletins)

    def inspect(self, piece: Piece) -> Opinion:
        """Search a piece and what was read from it."""
        if piece.direction is Direction.C2S:
            self._sent = piece.start + len(piece.data)
        else:
            self._answered = piece.start + len(piece.data)
        if piece.items:
            self._reads = True
        found, recorder = self._scanner.feed(piece), self._recorder
        if recorder is not None:
            recorder.see(piece)
        elif not found:
            return IGNORE if self._is_blind() else PERMIT
        outcome = _Outcome()
        self._judge(found, piece.direction, piece.now, outcome)
        if recorder is not None:
            outcome.captures = recorder.written()
        return self._opinion(outcome)

    def indifferent(self, direction: Direction) -> bool:
        """Once everything that grows in this direction has been looked at as deep as it is to be."""
        return self._scanner.is_deep(direction) and (self._recorder is None or not self._recorder.wants_more)

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """The application is known, for the log."""
        self._application = application
        return PERMIT

    def secure(self, tls: Secured, now: float) -> Opinion:
        """What the handshakes have told."""
        outcome = _Outcome()
        for direction, context, data in handshake_buffers(tls):
            self._judge([(0, member, None) for member in self._scanner.whole(context, data)], direction, now, outcome)
        return self._opinion(outcome)

    def _is_blind(self) -> bool:
        """Whether nothing can be found any more: no reader finds anything, and the streams are deep enough."""
        return not self._reads and not self._scanner.reads_streams and min(self._sent, self._answered) > UNREAD

    def _judge(self, found: list[Found], direction: Direction, now: float, outcome: _Outcome) -> None:
        """What becomes of the session by what was found, in its order, up to what ends it."""
        for offset, member, exchange in found:
            if outcome.action.ends or outcome.action is IdpAction.IGNORE:
                return
            attack = self._complete(member, exchange, direction)
            if attack is not None and self._is_told(attack, outcome, now):
                self._answer(attack, offset, outcome, now)

    def _opinion(self, outcome: _Outcome) -> Opinion:
        records, bulletins = tuple(outcome.records), tuple(outcome.bulletins)
        if outcome.action.ends:
            block = Block(f"IDP: {outcome.attack}", ending=_ENDINGS[outcome.action])
            return Opinion(Verdict.BLOCK, records, block=block, bulletins=bulletins, captures=outcome.captures)
        verdict = Verdict.IGNORE if outcome.action is IdpAction.IGNORE else Verdict.PERMIT
        if verdict is Verdict.PERMIT and not (records or bulletins or outcome.captures) and outcome.dscp is None:
            return PERMIT
        return Opinion(verdict, records, bulletins=bulletins, captures=outcome.captures, dscp=outcome.dscp)

    def _complete(self, member: int, exchange: int | None, direction: Direction) -> Attack | None:
        """The attack that a member completes, if it is looked for in what goes this way."""
        owner, _, told = self._shared.program.members[member]
        attack = self._shared.program.attacks[owner]
        flow = self._facts.five_tuple
        if (owner not in self._selection.rules or told.direction not in {None, direction}
                or not attack.header.covers(flow, direction)
                or (attack.ports and not any(flow.dport in ports for ports in attack.ports))):
            return None
        complete = self._progress.add(member, exchange)
        return complete if complete is not None and self._marks(complete.bits) else None

    def _marks(self, bits: tuple[Bit, ...]) -> bool:
        """Whether the session has the marks that are asked for; leave those that are to be left."""
        for bit in bits:
            if bit.action in {"isset", "isnotset"} and self._bits.isdisjoint(bit.names) is (bit.action == "isset"):
                return False
        for bit in bits:
            match bit.action:
                case "set":
                    self._bits.update(bit.names)
                case "unset":
                    self._bits.difference_update(bit.names)
                case "toggle":
                    self._bits.symmetric_difference_update(bit.names)
        return True

    def _is_told(self, attack: Attack, outcome: _Outcome, now: float) -> bool:
        """Whether there is something to do about an attack, by its marks and its rate."""
        if attack.silent:
            return False
        rate = attack.rate
        if rate is None:
            return True
        key = counted(attack, rate, self._facts)
        if rate.scope != "session":
            outcome.bulletins.append(Bulletin(NAME, RATE + key, str(os.getpid()), rate.seconds))
        return self._shared.rates.tells(rate, key, now)

    def _answer(self, attack: Attack, offset: int, outcome: _Outcome, now: float) -> None:
        """What the rules say of an attack."""
        owner = self._shared.program.numbers[attack]
        exempt = self._selection.exempt.get(owner)
        if exempt is not None:
            self._shared.counters.count("exempt")
            if exempt.logs:
                outcome.records.append(self._record(attack, now, exempt.name, "EXEMPT", IdpAction.NONE, alert=False))
            return
        rules = self._selection.rules[owner]
        action = heaviest([resolved(rule, attack) for rule in rules])
        self._shared.counters.attack(attack.name, action)
        if action.ends or not outcome.action.ends:
            outcome.action, outcome.attack = action, attack.name
        for rule in rules:
            if rule.packet_log is not None and self._recorder is not None:
                self._recorder.keep(rule.packet_log, attack.name, offset, now)
            outcome.records += self._logged(rule, attack, now)
            outcome.bulletins += self._announced(rule, attack)
            if rule.ip_action is not None and rule.ip_action.log_create:
                outcome.records.append(self._record(attack, now, rule.name, "IPS", IdpAction.NONE, alert=rule.alert,
                                                    message=f"ip-action {rule.ip_action.kind} created"))
            if resolved(rule, attack) is IdpAction.MARK:
                outcome.dscp = rule.codepoint

    def _logged(self, rule: IdpRule, attack: Attack, now: float) -> Iterator[LogRecord]:
        if rule.logs:
            severity = rule.severity or attack.severity
            packet_log = self._recorder.number if rule.packet_log is not None and self._recorder is not None else 0
            yield self._record(attack, now, rule.name, "IPS", resolved(rule, attack), alert=rule.alert, severity=severity,
                               packet_log=packet_log)

    def _announced(self, rule: IdpRule, attack: Attack) -> Iterator[Bulletin]:
        action = rule.ip_action
        if action is not None:
            self._shared.counters.count("ip-action created")
            yield Bulletin(NAME, IP_ACTION + meant(action.target, self._facts),
                           value_of(action, rule.name, attack.name), action.seconds or FOR_GOOD)

    def _record(self, attack: Attack, now: float, rule: str, rulebase: str, action: IdpAction, *, alert: bool,
                severity: Severity | None = None, message: str = "", packet_log: int = 0) -> LogRecord:
        return attack_record(
            self._facts, self._application, attack, epoch=int(self._shared.clock()), policy=self._selection.policy, rule=rule,
            rulebase=rulebase, action=action, severity=severity or attack.severity, alert=alert,
            elapsed=int(now - self._begun), carried=(self._sent, self._answered), packet_log=packet_log, message=message)
