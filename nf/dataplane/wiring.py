"""How sessions come in and go out: on one fixed address without root, or transparently with TPROXY."""

import errno
import socket
import sys
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from socket import SocketType  # the bare one beneath socket.socket, which costs less
from typing import Final, Protocol

from hwmodel.session import FiveTuple, IpAddress
from nf.policy.systems import Systems
from nf.policy.zones import Interface

to_address = lru_cache(4096)(ip_address)  # of those in sight

BACKLOG: Final = 4096
ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 - a leg's listeners get only what nft hands over
_IP_TRANSPARENT: Final = 19
_TCP_INFO: Final = 11
_IPV6_TRANSPARENT: Final = 75


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket, and the index of the leg that its sessions come in by."""

    leg: int
    socket: socket.socket

    @property
    def waiting(self) -> int:
        """How many connections can be accepted at once (Linux: `tcpi_unacked` of a listening socket)."""
        return int.from_bytes(self.socket.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 28)[24:], sys.byteorder)

    def accept(self) -> tuple[SocketType, tuple[str, int]]:
        """The next connection, and its peer's address and port; without what socket.socket.accept makes of it."""
        descriptor, peer = self.socket._accept()  # type: ignore[attr-defined]  # noqa: SLF001 - it has no other name
        family = socket.AF_INET if len(peer) == 2 else socket.AF_INET6
        return SocketType(family, socket.SOCK_STREAM, 0, descriptor), (peer[0], peer[1])


class Wiring(Protocol):
    """What the central point listens on, and how a worker reaches servers."""

    def listen(self) -> list[Listener]:
        """The listening sockets of every leg; OSError names the address that could not be had."""

    def destination(self, accepted: SocketType) -> tuple[str, int]:
        """Where the client wanted to go."""

    def ingress(self, leg: int) -> Interface:
        """The interface that a leg is."""

    def egress(self, leg: int, flow: FiveTuple) -> Interface | None:
        """The interface towards the flow's destination, None where nothing leads there."""

    def dial(self, flow: FiveTuple, egress: Interface) -> SocketType:
        """A non-blocking socket on its way to the flow's destination; OSError when that fails at once."""


@dataclass(frozen=True, slots=True)
class FixedWiring:
    """Clients come to one address, and every session goes to one other: no root, no routing, no transparency."""

    listen_at: tuple[str, int]
    connect_to: tuple[str, int]
    inside: Interface
    outside: Interface

    def listen(self) -> list[Listener]:
        return [Listener(0, _listener(self.listen_at))]

    def destination(self, accepted: SocketType) -> tuple[str, int]:
        return self.connect_to

    def ingress(self, leg: int) -> Interface:
        return self.inside

    def egress(self, leg: int, flow: FiveTuple) -> Interface | None:
        return self.outside

    def dial(self, flow: FiveTuple, egress: Interface) -> SocketType:
        return _connect(_stream(flow.dst), self.connect_to)


@dataclass(frozen=True, slots=True)
class TransparentLeg:
    """A network device of ours, the logical interface that it is, and the port that TPROXY sends its packets to.

    The port is the same for IPv4 and IPv6, with a listener of its own for each.
    """

    device: str
    interface: Interface
    port: int


@dataclass(frozen=True, slots=True)
class TransparentWiring:
    """Sessions of any address come in on any leg, and leave on another with the client's address and port."""

    legs: tuple[TransparentLeg, ...]
    systems: Systems

    def listen(self) -> list[Listener]:
        addresses = ANY_ADDRESS if has_ipv6() else ANY_ADDRESS[:1]
        return [Listener(index, _listener((address, leg.port), leg.device))
                for index, leg in enumerate(self.legs) for address in addresses]

    def destination(self, accepted: SocketType) -> tuple[str, int]:
        address, port = accepted.getsockname()[:2]
        return address, port

    def ingress(self, leg: int) -> Interface:
        return self.legs[leg].interface

    def egress(self, leg: int, flow: FiveTuple) -> Interface | None:
        """By the subnets and routes of the leg's own system; between two legs of it without addresses, the other one."""
        system = self.systems.of(self.legs[leg].interface.name)
        towards = system.zone_map.interface_towards(flow.dst)
        if towards is not None and any(towards.name == other.interface.name for other in self.legs):
            return towards
        others = [other.interface for index, other in enumerate(self.legs)
                  if index != leg and self.systems.of(other.interface.name) is system]
        return others[0] if len(others) == 1 else None

    def dial(self, flow: FiveTuple, egress: Interface) -> SocketType:
        device = next(leg.device for leg in self.legs if leg.interface.name == egress.name)
        try:
            return _connect(_spoofing(flow, device, flow.sport), (str(flow.dst), flow.dport))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
                raise
        # The client's port is still held by an older session of the same ends: keep its address, give up its port.
        return _connect(_spoofing(flow, device, 0), (str(flow.dst), flow.dport))


def flow_between(client: tuple[str, int], server: tuple[str, int]) -> FiveTuple:
    """What a client has opened; addresses and ports."""
    return FiveTuple(to_address(client[0]), client[1], to_address(server[0]), server[1])


def has_ipv6() -> bool:
    """Whether the kernel speaks IPv6 in this network namespace."""
    return Path("/proc/sys/net/ipv6").exists()


def _listener(address: tuple[str, int], device: str | None = None) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its connections inherit it
        if listener.family == socket.AF_INET6:  # else IPv4 clients would come to it as ::ffff:a.b.c.d
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if device is not None:
            _make_transparent(listener, device)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        where = endpoint(address) + (f" on {device}" if device else "")
        raise OSError(error.errno, f"cannot listen on {where}: {error.strerror}") from error
    return listener


def endpoint(address: tuple[str, int]) -> str:
    """Address and port in words (RFC 5952 §6)."""
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"


def _spoofing(flow: FiveTuple, device: str, port: int) -> SocketType:
    sock = _stream(flow.dst)
    try:
        _make_transparent(sock, device)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((str(flow.src), port))
    except OSError:
        sock.close()
        raise
    return sock


def _make_transparent(sock: SocketType, device: str) -> None:
    """Bound to its device, so that replies leave where the packets came in whatever the routing table says."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_TRANSPARENT, 1)
    else:
        sock.setsockopt(socket.SOL_IP, _IP_TRANSPARENT, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())


def _stream(address: IpAddress) -> SocketType:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    return SocketType(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)


def _connect(sock: SocketType, address: tuple[str, int]) -> SocketType:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = sock.connect_ex(address)
    if code not in (0, errno.EINPROGRESS):
        sock.close()
        raise OSError(code, errno.errorcode.get(code, str(code)))
    return sock
