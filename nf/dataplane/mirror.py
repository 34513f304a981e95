"""Copies of what decrypted sessions carry, as TCP without TLS: onto an interface (Junos: `mirror-decrypt-traffic`), into a
pcapng file, to clients of PCAP-over-IP.

Addresses and ports are the session's own. A copy is never the session's business: what does not fit somewhere is lost
there, and the session goes on.
"""

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from hwmodel.session import Direction, FiveTuple
from nf.policy.profile import SslProxyProfile
from nf.protocols.tcp_frames import MTU, TcpFrames

INTERFACE: Final = "srxnf decrypted"  # what it is called in files and streams
_BROADCAST: Final = b"\xff" * 6


class Output(Protocol):
    """Where frames go."""

    def write(self, frames: Sequence[bytes]) -> None:
        """Take them, or lose them."""


class Wire:
    """A network device, by a packet socket; OSError where there is none, or no right to it."""

    def __init__(self, device: str) -> None:
        self._device, self._has_failed = device, False
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self._socket.setblocking(False)
            self._socket.bind((device, 0))
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"mirror on {device}") from error
        self.address: bytes = self._socket.getsockname()[4]
        self.mtu = int(Path(f"/sys/class/net/{device}/mtu").read_text())

    def write(self, frames: Sequence[bytes]) -> None:
        """Send them; the first that cannot be sent is told of."""
        try:
            for frame in frames:
                self._socket.send(frame)
        except OSError as error:
            if not self._has_failed:
                sys.stderr.write(f"srxnf: mirrored packets are lost on {self._device}: {error.strerror}\n")
                sys.stderr.flush()
            self._has_failed = True


class Copy:
    """One session on its way to one output; `is_after` says that services have let pass what is copied."""

    def __init__(self, frames: TcpFrames, output: Output, *, is_after: bool = False) -> None:
        self.is_after = is_after
        self._frames, self._output = frames, output
        output.write(frames.open())

    def say(self, direction: Direction, data: bytes) -> None:
        """More of one direction."""
        self._output.write(self._frames.data(direction, data))

    def end(self, *, is_reset: bool) -> None:
        """The session is over."""
        if is_reset:
            self._output.write(self._frames.reset(Direction.C2S))
        else:
            self._output.write([*self._frames.finish(Direction.C2S), *self._frames.finish(Direction.S2C)])


class Mirrors:
    """Made before the workers fork: `outputs` get every decrypted session, `wires` by interface what profiles send there."""

    def __init__(self, outputs: Sequence[Output] = (), wires: Mapping[str, Wire] | None = None) -> None:
        self._outputs, self._wires = outputs, wires or {}

    def copies(self, flow: FiveTuple, profile: SslProxyProfile) -> tuple[Copy, ...]:
        """Those of a session that begins to be decrypted."""
        mirror, found = profile.mirror, [Copy(TcpFrames(flow), output) for output in self._outputs]
        wire = self._wires.get(mirror.interface or "") if mirror is not None else None
        if mirror is not None and wire is not None:
            towards = _mac_address(mirror.destination_mac_address)
            frames = TcpFrames(flow, wire.address, wire.address, towards, min(wire.mtu, MTU))
            found.append(Copy(frames, wire, is_after=mirror.only_after_security_policies_enforcement))
        return tuple(found)


def mirrors(outputs: Sequence[Output], profiles: Sequence[SslProxyProfile], devices: Mapping[str, str]) -> Mirrors | None:
    """What a device mirrors, None for nothing; a profile whose interface is no device of ours is told of.

    `devices` are network devices by the logical interfaces that they are.
    """
    wires: dict[str, Wire] = {}
    for profile in profiles:
        name = (profile.mirror.interface or "") if profile.mirror is not None else ""
        if name in devices and name not in wires:
            wires[name] = Wire(devices[name])
        elif name and name not in wires:
            sys.stderr.write(f"srxnf: profile {profile.key}: nothing is mirrored: no network device is {name} "
                             f"(srxnf nf --interface DEVICE={name})\n")
    return Mirrors(outputs, wires) if outputs or wires else None


def _mac_address(text: str | None) -> bytes:
    return _BROADCAST if text is None else bytes.fromhex(text.replace(":", ""))
