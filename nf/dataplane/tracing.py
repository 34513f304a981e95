"""Traces of sessions (Junos: `services ssl traceoptions`, `enable-flow-tracing`): a line for each event, command, step.

Whether a session is traced is decided once, when it begins: the others run on the plain `Connection`. What is said of
data is how much there is; no key, and not a byte of what peers say to each other, goes into a trace.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import SocketType
from typing import Any, Final, cast

from OpenSSL import SSL

from nf.dataplane.connection import Connection
from nf.dataplane.host import Host
from nf.dataplane.leg import Leg
from nf.dataplane.trace_text import describe
from nf.flow.entry import SessionEntry
from nf.policy.profile import SslProxyProfile
from nf.policy.tracing import LEVELS, TraceOptions
from nf.sinks import LogFile, Rotation, Tally
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Event
from nf.sslproxy.session import SslProxySession
from nf.tls.end import register

_DETAIL, _EXTENSIVE, _VERBOSE = (LEVELS.index(level) for level in ("detail", "extensive", "verbose"))
_DATA: Final = frozenset({"Plaintext", "Deliver"})  # one for each piece of data: only when everything is wanted
_SUBJECTS: Final = {
    "Initiate": "initiation", "InitiationDone": "initiation", "InitiationFailed": "initiation", "Judge": "initiation",
    "Judged": "initiation", "Terminate": "termination", "TerminationDone": "termination", "TerminationFailed": "termination",
    "InterdictionFailed": "termination"}
_CLIENT, _SERVER = ("SSL-T", "termination"), ("SSL-I", "initiation")


def tracer(options: TraceOptions, profiles: Mapping[str, SslProxyProfile], directory: Path,
           present: "Tracer | None" = None) -> "Tracer | None":
    """The tracer of a device, None where nothing is to be traced; OSError where the file cannot be written.

    The present one goes on where it would be the same: all generations of workers then turn one file over together.
    """
    wanted = not options.only_selected or any(profile.enable_flow_tracing for profile in profiles.values())
    made = None if not wanted else present if present is not None and present.options == options else Tracer(options, directory)
    if present is not None and present is not made:
        present.close()
    if made is not None:
        made.configured(profiles)
    return made


class Tracer:
    """Made before the workers fork; writes whole lines to one file that turns over."""

    def __init__(self, options: TraceOptions, directory: Path) -> None:
        self.options = options
        self.path = directory / options.file.name
        self.level = LEVELS.index(options.level)
        self._match = re.compile(options.file.match) if options.file.match is not None else None
        rotation = Rotation.read(options.file.size, options.file.files)
        mode = 0o644 if options.file.world_readable else 0o640
        self._tally = Tally(1)
        self._file = LogFile(self.path, rotation, self._tally, 0, mode)

    def close(self) -> None:
        """Give the descriptors back; workers have their own."""
        self._file.close()
        self._tally.close()

    def begin(self, host: Host, entry: SessionEntry, client: SocketType) -> Connection:
        """The connection of a session, traced where that is wanted."""
        profile = entry.plan.profile
        if profile is None or not self.options.wants(entry.five_tuple, selected=profile.enable_flow_tracing):
            return Connection(host, entry, client)
        return TracedConnection(host, entry, client, self)

    def configured(self, profiles: Mapping[str, SslProxyProfile]) -> None:
        """What the profiles say, once, at the start."""
        for profile in profiles.values():
            if profile.enable_flow_tracing or not self.options.only_selected:
                self.write("cli-configuration", describe(profile))

    def write(self, subject: str, line: str) -> None:
        """A line with the present time, where lines on this subject are wanted and this one matches."""
        if subject in self.options.subjects:
            whole = f"{datetime.now(UTC):%b %d %H:%M:%S.%f} {line}"
            if self._match is None or self._match.search(whole):
                self._file.write(f"{whole}\n".encode())


class TracedMachine:
    """A session's state machine, every event and command of which is written down."""

    def __init__(self, machine: SslProxySession, tracer: Tracer, name: str) -> None:
        self._machine, self._tracer, self._name = machine, tracer, name

    def receive(self, event: Event) -> list[Command]:
        """Take one event and answer what to do."""
        before = self._machine.state
        commands = self._machine.receive(event)
        after = self._machine.state
        step = before.value if after is before else f"{before.value} -> {after.value}"
        self._write(event, f"{step}: {describe(event)}")
        if self._tracer.level >= _DETAIL:
            for command in commands:
                self._write(command, f"    {describe(command)}")
        return commands

    def fail(self) -> list[Command]:
        """The proxy itself has failed."""
        self._tracer.write("proxy", f"{self._name} {self._machine.state.value}: internal error")
        return self._machine.fail()

    def _write(self, fact: Event | Command, line: str) -> None:
        kind = type(fact).__name__
        if kind not in _DATA or self._tracer.level >= _VERBOSE:
            self._tracer.write(_SUBJECTS.get(kind, "proxy"), f"{self._name} {line}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)


class TracedConnection(Connection):
    """A connection whose machine and whose handshakes are written down."""

    def __init__(self, host: Host, entry: SessionEntry, client: SocketType, tracer: Tracer) -> None:
        super().__init__(host, entry, client)
        facts, flow = entry.facts, entry.five_tuple
        self._tracer, self._name = tracer, f"session {facts.session_id}"
        self._stepped: list[Leg] = []  # those whose steps are written down
        self._machine = cast("SslProxySession", TracedMachine(self._machine, tracer, self._name))
        profile = entry.plan.profile
        tracer.write("proxy", f"{self._name} <{flow.src}/{flow.sport}->{flow.dst}/{flow.dport}> policy {facts.policy_name} "
                              f"<{facts.source_zone}:{facts.source_interface}->{facts.destination_zone}:"
                              f"{facts.destination_interface}> profile {'none' if profile is None else profile.key}")

    def _handshake(self, leg: Leg, done: Callable[..., None], failed: Callable[..., Any], _mask: int = 0) -> None:
        if self._tracer.level >= _EXTENSIVE and leg.tls is not None and leg not in self._stepped:
            self._stepped.append(leg)
            label, subject = _CLIENT if leg is self._client else _SERVER
            register(leg.tls)
            leg.tls.set_info_callback(partial(_step, self._tracer, subject, f"{self._name} {label}"))
        super()._handshake(leg, done, failed)


def _step(tracer: Tracer, subject: str, name: str, tls: SSL.Connection, where: int, code: int) -> None:
    """A step of a handshake, or an alert: OpenSSL's own words for it."""
    if where & SSL.SSL_CB_ALERT:
        way = "received" if where & SSL.SSL_CB_READ else "sent"
        tracer.write(subject, f"{name}: alert {way}: {code & 0xFF} ({'fatal' if code >> 8 == 2 else 'warning'})")
    elif where & (SSL.SSL_CB_LOOP | SSL.SSL_CB_HANDSHAKE_DONE):
        tracer.write(subject, f"{name}: {tls.get_state_string().decode('ascii', 'replace')}")
