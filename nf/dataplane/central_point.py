"""The central-point process: has the chassis place sessions, lends workers numbers for them, keeps the table."""

import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from hwmodel import Chassis
from nf.dataplane import assembly
from nf.dataplane.ageing import Ageing
from nf.dataplane.answers import answer
from nf.dataplane.assembly import Assembly
from nf.dataplane.charging import Charging
from nf.dataplane.cluster import Cluster
from nf.dataplane.control import ControlSocket
from nf.dataplane.device import UNKNOWN, About
from nf.dataplane.duties import Duties
from nf.dataplane.fetcher import Fetcher
from nf.dataplane.heartbeat import Heart
from nf.dataplane.inquiries import Later
from nf.dataplane.learned_bypass import LearnedBypasses
from nf.dataplane.ledger import Ledger
from nf.dataplane.lending import Lending
from nf.dataplane.log_sender import LogSender
from nf.dataplane.loop import Chore, Loop
from nf.dataplane.member import Member
from nf.dataplane.messages import Hear, ReadCrls, Report, Routed
from nf.dataplane.plaintext import PcapServer
from nf.dataplane.reception import Reception
from nf.dataplane.roster import Roster, tell
from nf.dataplane.screening import Screening
from nf.dataplane.shortcuts import Shortcuts
from nf.policy.profile import SslProxyProfile

KEY_LIFETIME: Final = 86_400.0  # seconds; RFC 9325 §3.4 wants ticket keys changed regularly
CRL_INTERVAL: Final = 5.0  # seconds between two looks at the PKI directory
GRACE: Final = 5.0  # seconds that workers have to end

class CentralPointProcess:
    """Owns the chassis, the books and the control socket."""

    def __init__(self, chassis: Chassis, duties: Duties, workers: int, control: Path | None = None,
                 about: About = UNKNOWN) -> None:
        chassis.configure(duties.flow)
        self.chassis = chassis
        self.first_path, self.about = duties.first_path, about
        self.ledger, self.loop = Ledger(), Loop()
        self.started = self.loop.now
        self._board = duties.board
        self._reception = Reception(self, duties.wiring, self._forget)
        self.lending = Lending(self, self._reception)
        self._control = ControlSocket(control, self) if control is not None else None
        self.roster = Roster(self.loop, chassis, self.ledger, duties, workers, self._reported)
        self.crew, self.inquiries = self.roster.crew, self.roster.inquiries
        self.ledger.forgotten = self._over
        self.worker_of = self.roster.worker_of
        self.logs = duties.sinks
        self.learned_bypass = LearnedBypasses(duties.lessons, _profiles(duties), self.crew.tell_all, duties.sinks.write)
        self.screening, self._shortcuts = Screening(duties, duties.sinks.write), Shortcuts(chassis, duties)
        self._charging = Charging(chassis, self.ledger, self._shortcuts, self._forget)
        self._ageing = Ageing(self.loop, chassis, self.ledger.rows, self.end_sessions)
        self.fetcher = Fetcher(self.loop, duties.sinks, about)
        self._children = self.fetcher, PcapServer(self.loop, duties.pcap_over_ip), LogSender(self.loop, duties.sinks)
        self.places = {status.spu: {"fpc": status.fpc, "pic": status.pic} for status in chassis.status(0.0)}
        self._heart: Heart | None = None
        self.cluster: Cluster | None = None
        self._renewal: Assembly | None = None
        self._keys, self._crls = Chore(partial(self.lending.at_rest, self._change_keys)), Chore(self._look_for_crls)

    def run(self, ready: str, heart: Heart | None = None, renewal: Assembly | None = None,
            cluster: Cluster | None = None) -> None:
        """Serve until SIGINT or SIGTERM; `ready` is printed to standard error once sessions are accepted."""
        self._reception.open()
        if self._control is not None:
            self._control.open(self.loop)
        for child in self._children:
            child.start()
        self.roster.start(self._descriptors, self._reception.listeners, self.lending.lost)
        self.loop.stop_on(signal.SIGINT, signal.SIGTERM)
        self.loop.call_on(signal.SIGHUP, partial(self._hang_up, os.isatty(2)))
        self._renewal = renewal
        self.loop.arm(self._keys, KEY_LIFETIME)
        self.loop.arm(self._crls, CRL_INTERVAL)
        self._ageing.start()
        if heart is not None:
            self._heart = heart
            heart.start(self.loop, self.crew.is_there, self.ledger.rows.__contains__, self._settle)
        if heart is not None and cluster is not None:
            self.cluster = cluster
            cluster.start(self, heart)
        self.lending.start()
        tell(ready)
        try:
            self.loop.run()
        finally:
            self._stop()

    def informed(self, then: Callable[[], None]) -> None:
        """Go on as soon as workers have told of the sessions that they have let in."""
        self.lending.informed(then)

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
        """What an operator asked on the control socket."""
        return answer(self, request)

    def _descriptors(self) -> list[int]:
        """Those that no worker may keep."""
        control = self._control.descriptors() if self._control is not None else []
        heart = self._heart.descriptors() if self._heart is not None else []
        fabric = self.cluster.fabric.descriptors() if self.cluster is not None else []
        children = [descriptor for child in self._children for descriptor in child.descriptors()]
        return [*self._reception.descriptors(), *control, *heart, *fabric, *children]

    def _hang_up(self, had_terminal: bool) -> None:
        """SIGHUP says that files have new names or new contents, or that the terminal is gone, which ends everything."""
        if had_terminal and not os.isatty(2):
            return self.loop.stop()
        self.logs.reopen()
        return self.lending.at_rest(self.reload)

    # sessions

    def _reported(self, member: Member, report: Report, descriptors: Sequence[int] = ()) -> None:
        if report.handed:
            self._reception.handed(report.handed, descriptors)
        for accepted in report.accepted:
            self._reception.entered(member, accepted)
        for opened in report.opened:
            self.ledger.opened(opened)
        for progress in report.progress:
            self._charging.progressed(progress, self.loop.now)
        for taught in report.taught:
            self.learned_bypass.taught(taught, self.ledger, self.loop.now)
        told = [one for one in report.told if not one.session or one.session in self.ledger.rows]
        if told:
            self._board.put(told, self.loop.now)
            self.crew.tell_all(Hear(told))
        for routed in report.routed:
            self._route(routed)
        if report.closed:
            self._charging.ended(report.closed, self.loop.now)
        for reply in report.replies:
            self.inquiries.replied(reply)
        self.lending.heard(member, stopped=report.stopped)

    def _route(self, routed: Routed) -> None:
        """The controller moves sessions; on one address there is none, and nowhere else to go."""
        row, waits = self.ledger.rows.get(routed.session_id), False
        if row is not None and self._heart is not None:
            self.ledger.counters["moved to another way"] += 1
            waits = self._heart.routed(routed.session_id, row.session.c2s.five_tuple, routed.egress, routed.instance,
                                       first=routed.first)
        if routed.first and not waits:
            self._settle(routed.session_id)

    def _settle(self, session_id: int) -> None:
        """Whether or not its way is made, a session need not wait for it any longer."""
        row = self.ledger.rows.get(session_id)
        if row is not None:
            self.crew.settle(self.worker_of[row.session.spu], session_id)

    def end_sessions(self, session_ids: Iterable[int], silent: float | None = None) -> None:
        """Have these sessions ended by their workers, which report them closed."""
        by_worker: defaultdict[int, list[int]] = defaultdict(list)
        for session_id in session_ids:
            row = self.ledger.rows.get(session_id)
            if row is not None:
                row.cleared = True
                by_worker[self.worker_of[row.session.spu]].append(session_id)
        for index, its in by_worker.items():
            self.crew.end(index, its, silent)
        self.crew.flush()

    def _over(self, session_id: int) -> None:
        """What services have said of a session holds no longer."""
        if session_id in self._board.of_sessions:
            self.crew.tell_all(Hear(self._board.over(session_id)))

    def _forget(self, session_id: int) -> None:
        if self._heart is not None:
            self._heart.closed(session_id)
        self.ledger.forget(session_id)
        self.chassis.close(session_id, self.loop.now)

    # another configuration

    def renew(self, duties: Duties, about: About) -> None:
        """Go on with other duties: new workers for new sessions, while the old ones see theirs to their end."""
        self.roster.renew(duties)
        self.chassis.configure(duties.flow)
        self.screening.renew(duties)
        self._shortcuts.renew(duties)
        self.first_path, self.about, self._reception.wiring = duties.first_path, about, duties.wiring
        self.learned_bypass.profiles = _profiles(duties)
        self.fetcher.renew(about)
        if self._heart is not None:
            self._heart.digest = bytes.fromhex(about.digest)

    def reload(self) -> None:
        """Read the configuration and the PKI directory again; what is wrong in them leaves everything as it was."""
        try:
            found = None if self._renewal is None else self._renewal.read_again()
            if found is not None:
                self.renew(*found)
        except assembly.FAILURES as error:
            tell(f"srxnf: {assembly.describe(error)}\nsrxnf: not reloaded, everything goes on as before")
        else:
            tell("srxnf: reloaded" if found is not None else "srxnf: configuration and PKI directory are the same as before")

    def _look_for_crls(self) -> None:
        store = None if self._renewal is None else self._renewal.new_crls()
        if store is not None:
            self.about = replace(self.about, store=store)
            self.crew.tell_all(ReadCrls(str(store.directory)))
            tell("srxnf: CRLs have been read again")
        self.loop.arm(self._crls, CRL_INTERVAL)

    def _change_keys(self) -> None:
        """Tickets are sealed with other keys from now on: a key that leaks tells little."""
        self.loop.arm(self._keys, KEY_LIFETIME)
        if self._renewal is not None:
            with contextlib.suppress(OSError):
                self.renew(*self._renewal.parts())

    def _stop(self) -> None:
        if self.cluster is not None:
            self.cluster.stop()
        if self._heart is not None:
            self._heart.stop()
        self._reception.stop()
        deadline = time.monotonic() + GRACE
        self.crew.stop(lambda: time.monotonic() < deadline)
        for child in self._children:
            child.stop()
        if self._control is not None:
            self._control.close()
        self.loop.close()


def _profiles(duties: Duties) -> dict[str, SslProxyProfile]:
    return {profile.key: profile for system in duties.first_path.systems.all for profile in system.ssl_profiles.values()}
