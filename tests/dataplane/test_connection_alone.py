"""A connection in this process, on a loop of the test's own: what must hold whatever comes how fast."""

import socket
import struct
import threading
from collections.abc import Mapping
from ipaddress import ip_address

from hwmodel.session import FiveTuple
from nf import services
from nf.config import load
from nf.dataplane.assembly import DEFAULT_PLATFORM, engines_of
from nf.dataplane.certificates import SslEngine
from nf.dataplane.connection import Connection
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Closed
from nf.dataplane.responders import Responders
from nf.dataplane.watchdog import Watchdog
from nf.dataplane.wiring import FixedWiring
from nf.flow.entry import SessionEntry
from nf.flow.first_path import FirstPath
from nf.log.records import LogRecord
from nf.pki import PkiStore
from nf.policy.policies import Action, PolicyTable
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone, ZoneMap
from nf.sslproxy.events import Timer
from nf.sslproxy.reasons import Reason
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import DEADLINE, Origin, echo, ended
from tests.helpers.running_proxy import CONFIGURATION

MICROSECONDS = 200_000
INSIDE, OUTSIDE = Interface("ge-0/0/0.0"), Interface("ge-0/0/1.0")


class Host:
    """A worker's place for one session."""

    def __init__(self, wiring: FixedWiring, engines: Mapping[str, SslEngine]) -> None:
        self.loop = Loop()
        self.watchdog = Watchdog()
        self.mirrors = None
        self.wiring, self.engines = wiring, engines
        self.responders = Responders(self.loop, self.log)
        self.over: list[str] = []

    def log(self, records: tuple[LogRecord, ...]) -> None:
        assert records is not None

    def recall(self, entry: SessionEntry, profile: str, server_name: str | None) -> Reason | None:
        assert entry, (profile, server_name)
        return None

    def learn(self, entry: SessionEntry, profile: str, reason: Reason, server_name: str | None) -> None:
        raise AssertionError(entry, profile, reason, server_name)

    def closed(self, connection: Connection, summary: Closed) -> None:
        self.over.append(summary.reason)


def test_a_dial_that_fails_at_once_leaves_no_deadline_behind() -> None:
    """It ends the session within the command that asked for it; those after it come too late."""
    host = Host(FixedWiring(("127.0.0.1", 0), ("255.255.255.255", 9), Interface("a"), Interface("b")), {})
    zones = ZoneMap(zones={name: Zone(name, (name,)) for name in "ab"})
    flow = FiveTuple(ip_address("192.0.2.1"), 1, ip_address("255.255.255.255"), 9)
    system = LogicalSystem(zone_map=zones, policies=PolicyTable(default=Action.PERMIT))
    entry = FirstPath(Systems((system,)), ()).admit(1, flow, Interface("a"), Interface("b"))
    assert isinstance(entry, SessionEntry)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        connection = Connection(host, entry, listener.accept()[0])
        connection.start()
        assert ended(client) == "reset"
    assert host.over == ["server-unreachable"]
    assert connection.slot is None


def test_a_session_that_has_moved_makes_no_room() -> None:
    """What the chassis knows of who is silent may be a second old."""
    origin = Origin()
    origin.serve(echo)
    host = Host(FixedWiring(("127.0.0.1", 0), origin.address, INSIDE, OUTSIDE), {})
    zones = ZoneMap(zones={"a": Zone("a", (INSIDE.name,)), "b": Zone("b", (OUTSIDE.name,))})
    system = LogicalSystem(zone_map=zones, policies=PolicyTable(default=Action.PERMIT))
    flow = FiveTuple(ip_address("192.0.2.1"), 1, ip_address(origin.address[0]), origin.address[1])
    entry = FirstPath(Systems((system,)), ()).admit(1, flow, INSIDE, OUTSIDE)
    assert isinstance(entry, SessionEntry)
    with socket.create_server(("127.0.0.1", 0)) as listener, \
            socket.create_connection(listener.getsockname(), DEADLINE) as client:
        connection = Connection(host, entry, listener.accept()[0])
        connection.start()
        connection.age_out(DEADLINE)
        assert not host.over
        connection.age_out(0.0)
        assert ended(client) == "reset"
    assert host.over == [Reason.EARLY_AGEOUT.value]
    origin.close()


def waiting(sock: socket.socket) -> socket.socket:
    """Every read waits a while for the peer, as if it answered before we ask."""
    sock.setblocking(True)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, MICROSECONDS))
    return sock


class Waiting(FixedWiring):
    """Servers that answer at once."""

    def dial(self, flow: FiveTuple, egress: Interface) -> socket.socket:
        return waiting(super().dial(flow, egress))


def test_handshakes_that_are_done_at_once_leave_the_idle_deadline(pki: LoopbackPki) -> None:
    """Both end within the command that began the first; its own deadline must not replace the later one."""
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    configuration, store = load(CONFIGURATION, "srx.conf"), PkiStore.load(pki.directory / "pki")
    host = Host(Waiting(("127.0.0.1", 0), origin.address, INSIDE, OUTSIDE), engines_of(configuration, store, DEFAULT_PLATFORM))
    flow = FiveTuple(ip_address("192.0.2.1"), 1, ip_address(origin.address[0]), origin.address[1])
    entry = FirstPath(configuration.systems, services.engage(configuration.systems)).admit(1, flow, INSIDE, OUTSIDE)
    assert isinstance(entry, SessionEntry)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=DEADLINE)
        connection = Connection(host, entry, waiting(listener.accept()[0]))
    answers: list[bytes] = []

    def visit() -> None:
        with pki.client_context().wrap_socket(client, server_hostname=NAME) as tls:
            tls.sendall(b"hello")
            answers.append(tls.recv(9))

    visitor = threading.Thread(target=visit)
    visitor.start()
    connection.start()
    while not answers:
        host.loop._turn()
    visitor.join()
    assert answers == [b"hello"]
    assert connection._timer is Timer.IDLE
    connection.abandon()
    origin.close()
