"""How sessions come in and go out: one fixed address; and any address, with the client's own towards the server."""

import contextlib
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv4Interface, IPv4Network, ip_address

import pytest

from hwmodel.session import FiveTuple
from nf.dataplane.wiring import FixedWiring, TransparentLeg, TransparentWiring, endpoint
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Route, ZoneMap
from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

INSIDE, OUTSIDE, THIRD = (Interface(f"ge-0/0/{number}.0") for number in range(3))
CLIENT = "127.0.0.9"  # a client's address that is not the proxy's own
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def fixed(listen: tuple[str, int], connect: tuple[str, int] = ("127.0.0.1", 9)) -> FixedWiring:
    return FixedWiring(listen, connect, INSIDE, OUTSIDE)


def flow(to: tuple[str, int], port: int = 50000, source: str = CLIENT) -> FiveTuple:
    return FiveTuple(ip_address(source), port, ip_address(to[0]), to[1])


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def peer_of(dialled: socket.SocketType, server: socket.socket) -> tuple[str, int]:
    """Who the server sees."""
    connection, peer = server.accept()
    with connection, closing(dialled):
        until(lambda: dialled.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0, "the connection")
    address: tuple[str, int] = peer
    return address


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_every_client_of_the_one_address_goes_to_the_one_server(address: str) -> None:
    with socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET) as server:
        server.settimeout(10)
        target = server.getsockname()[:2]
        wiring = fixed((address, free_port()), target)
        listener, = (each.socket for each in wiring.listen())
        with listener, socket.create_connection(wiring.listen_at) as client:
            accepted, _ = listener.accept()
            with accepted:
                assert wiring.destination(accepted) == target
            assert (wiring.ingress(0), wiring.egress(0, flow(target))) == (INSIDE, OUTSIDE)
            assert peer_of(wiring.dial(flow(target), OUTSIDE), server)[0] == address
            assert client


def test_an_address_that_is_taken_is_named(server: socket.socket) -> None:
    taken = server.getsockname()
    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{taken[1]}: Address already in use"):
        fixed(taken).listen()


def test_an_address_of_others_is_named() -> None:
    with pytest.raises(OSError, match=r"cannot listen on 192\.0\.2\.1:443: Cannot assign requested address"):
        fixed(("192.0.2.1", 443)).listen()


def test_a_dial_that_fails_at_once() -> None:
    with pytest.raises(OSError, match="E") as failed:
        fixed(("127.0.0.1", 1), ("255.255.255.255", 1)).dial(flow(("255.255.255.255", 1)), OUTSIDE)
    assert failed.value.errno == errno.ENETUNREACH


def legs(*interfaces: Interface) -> tuple[TransparentLeg, ...]:
    return tuple(TransparentLeg("lo", interface, 0) for interface in interfaces)


def test_between_two_legs_without_addresses_it_is_the_other() -> None:
    wiring = TransparentWiring(legs(INSIDE, OUTSIDE), Systems())
    to = flow(("192.0.2.1", 443))
    assert (wiring.egress(0, to), wiring.egress(1, to)) == (OUTSIDE, INSIDE)
    assert (wiring.ingress(0), wiring.ingress(1)) == (INSIDE, OUTSIDE)


def test_subnets_and_routes_lead_to_a_leg() -> None:
    addressed = {name: Interface(name, (IPv4Interface(address),)) for name, address in (
        (INSIDE.name, "10.0.0.1/24"), (OUTSIDE.name, "192.0.2.1/24"), (THIRD.name, "10.1.0.1/24"), ("fxp0.0", "10.9.0.1/24"))}
    zones = ZoneMap(interfaces=addressed, routes=(Route(IPv4Network("198.51.100.0/24"), ip_address("10.1.0.9")),))
    wiring = TransparentWiring(legs(*(addressed[one.name] for one in (INSIDE, OUTSIDE, THIRD))),
                               Systems((LogicalSystem(zone_map=zones),)))
    for address, name in (("192.0.2.7", OUTSIDE.name), ("198.51.100.7", THIRD.name)):
        egress = wiring.egress(0, flow((address, 443)))
        assert egress is not None
        assert egress.name == name
    for address in ("203.0.113.1", "10.9.0.7"):  # nothing leads there; an interface that is no leg does
        assert wiring.egress(0, flow((address, 443))) is None


def test_legs_of_another_system_are_not_there() -> None:
    near, far = (Interface(f"ge-0/0/{number}.0") for number in (4, 5))
    inner = LogicalSystem("one", "logical-system", ZoneMap(interfaces={one.name: one for one in (near, far)}))
    wiring = TransparentWiring(legs(INSIDE, near, OUTSIDE, far), Systems((LogicalSystem(), inner)))
    assert [wiring.egress(leg, flow(("192.0.2.1", 443))) for leg in range(4)] == [OUTSIDE, far, INSIDE, near]


@needs_root
def test_the_server_sees_the_clients_address_and_port(server: socket.socket) -> None:
    wiring, port = TransparentWiring(legs(INSIDE, OUTSIDE), Systems()), free_port()
    assert peer_of(wiring.dial(flow(server.getsockname(), port), OUTSIDE), server) == (CLIENT, port)


@needs_root
def test_a_port_that_an_older_session_holds_is_given_up_and_the_address_kept(server: socket.socket) -> None:
    wiring, port = TransparentWiring(legs(INSIDE, OUTSIDE), Systems()), free_port()
    older = wiring.dial(flow(server.getsockname(), port), OUTSIDE)
    connection, peer = server.accept()
    with connection, closing(older):
        assert peer == (CLIENT, port)
        address, other = peer_of(wiring.dial(flow(server.getsockname(), port), OUTSIDE), server)
    assert address == CLIENT
    assert other != port


@needs_root
@pytest.mark.parametrize(("address", "leg"), [("127.0.0.77", 0), ("127.0.0.77", 1), ("::1", 0), ("::1", 1)])
def test_a_transparent_listener_knows_its_leg_and_where_the_client_wanted_to_go(address: str, leg: int) -> None:
    wiring = TransparentWiring(legs(INSIDE, OUTSIDE), Systems())
    with contextlib.ExitStack() as opened:
        listeners = wiring.listen()
        for each in listeners:
            opened.enter_context(each.socket)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener, = (each.socket for each in listeners if each.leg == leg and each.socket.family == family)
        port = listener.getsockname()[1]
        opened.enter_context(socket.create_connection((address, port)))
        accepted, peer = listener.accept()
        opened.enter_context(accepted)
        assert wiring.destination(accepted) == (address, port)
        assert "ffff" not in peer[0]


@needs_root
def test_an_ipv6_server_sees_the_clients_address_and_port() -> None:
    """The client's address is nobody's on this machine; the answer finds its way in a network namespace alone."""
    story = subprocess.run(["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-c",
                            _IPV6_STORY], capture_output=True, text=True, check=False)
    assert (story.returncode, story.stderr) == (0, "")


_IPV6_STORY = """
import socket, subprocess
from nf.dataplane.wiring import TransparentWiring
from nf.policy.systems import Systems
from tests.dataplane.test_wiring import INSIDE, OUTSIDE, flow, legs, peer_of
subprocess.run("ip -6 route add local 2001:db8::/64 dev lo", shell=True, check=True)
with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
    wiring = TransparentWiring(legs(INSIDE, OUTSIDE), Systems())
    seen = peer_of(wiring.dial(flow(server.getsockname(), 50000, "2001:db8::9"), OUTSIDE), server)
    assert seen[:2] == ("2001:db8::9", 50000), seen
"""


@pytest.mark.parametrize(("address", "text"), [(("127.0.0.1", 443), "127.0.0.1:443"), (("::1", 443), "[::1]:443")])
def test_an_endpoint_in_words(address: tuple[str, int], text: str) -> None:
    assert endpoint(address) == text
