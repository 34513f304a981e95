"""A small chassis for tests: an SRX5400's shape with few sessions, so that tables fill."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from hwmodel.platform import Platform, Role, SpuSpec, load_platform
from hwmodel.session import FiveTuple, Packet


def small_platform(
    capacities: Sequence[int] = (8, 16, 8), *, central_point: bool = True, wings: int = 1000
) -> Platform:
    """Flow SPUs of those capacities from FPC0.PIC1 on, and a dedicated central point at FPC0.PIC0."""
    head = [SpuSpec(0, 0, Role.CENTRAL_POINT, 1, 0)] if central_point else []
    flow = [SpuSpec(place // 4, place % 4, Role.FLOW, 2, size) for place, size in enumerate(capacities, 1)]
    return replace(load_platform("srx5400-2spc2"), spus=(*head, *flow), wings_per_np=wings, hash_entries=64)


def flow(client: int = 0, server: int = 0, version: int = 4) -> FiveTuple:
    """A distinct TCP flow for each client (address and port) and server."""
    near, far = ("10.0.0.1", "198.18.0.1") if version == 4 else ("2001:db8:1::1", "2001:db8:2::1")
    return FiveTuple(ip_address(near) + client // 4, 1024 + client, ip_address(far) + server, 443)


def syn(client: int = 0, server: int = 0, version: int = 4) -> Packet:
    """The packet that opens that flow."""
    return Packet(flow(client, server, version))
