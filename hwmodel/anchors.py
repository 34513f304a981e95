"""Anchors: the SPU where fragments meet, and the one of a tunnel; a packet may have to cross the fabric from there.

Fragments after the first have no ports, so addresses and protocol alone find their reassembly point. An IPsec tunnel
lives on the SPU that its outer packets lead to. A packet that is not its session's SPU's yet costs the anchor one
fast-path packet more (assumed) and crosses the fabric.
"""

from hwmodel.session import FiveTuple, Packet


def three_tuple(flow: FiveTuple) -> FiveTuple:
    """A flow without its ports, as a network processor sees its fragments."""
    return FiveTuple(flow.src, 0, flow.dst, 0, flow.proto)


def anchor_flow(packet: Packet) -> FiveTuple | None:
    """The flow that leads a packet to its anchor; None when it needs none."""
    if packet.outer is not None:
        return three_tuple(packet.outer)
    return three_tuple(packet.five_tuple) if packet.fragment else None
