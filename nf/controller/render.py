"""Flow entries as text that `ovs-ofctl add-flows` reads, with a comment that says what each is for."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from nf.config.configuration import Configuration
from nf.controller.cookies import cookie, describe
from nf.controller.intents import Field, Goto, Instruction, Intent, Output, SetField, Tell
from nf.controller.pipeline import PORTS
from nf.controller.topology import Topology

_IPV4 = {"ipv4_src", "ipv4_dst", "arp_spa", "arp_tpa"}
_IPV6 = {"ipv6_src", "ipv6_dst", "ipv6_nd_target"}
_MAC = {"eth_src", "eth_dst"}
_HEX = {"eth_type", "metadata", "tcp_flags"}
# ovs-ofctl's own spelling where it differs from OpenFlow's (ovs-fields(7)).
_OVS_NAMES = {"icmpv4_type": "icmp_type", "icmpv4_code": "icmp_code", "ipv4_src": "nw_src",
              "ipv4_dst": "nw_dst", "ip_proto": "nw_proto", "ipv6_nd_target": "nd_target", "eth_src": "dl_src",
              "eth_dst": "dl_dst", "eth_type": "dl_type"}


def entries(intents: Iterable[Intent], current: int, configuration: Configuration, topology: Topology) -> Iterator[str]:
    """Every entry of a generation as one line, under a heading for each switch, in the order of a packet's walk."""
    all_of_them = list(intents)
    for switch in topology.switches:
        own = sorted((i for i in all_of_them if i.dpid == switch.dpid), key=lambda i: (i.table, -i.priority))
        yield f"# switch {switch.name}, datapath id {switch.dpid}: {len(own)} entries"
        for intent in own:
            number = cookie(intent, current)
            yield f"{entry(intent, number)}  # {describe(number, configuration)}"


def entry(intent: Intent, number: int) -> str:
    """One entry with its cookie."""
    match = "".join(f",{_field(field)}" for field in intent.match)
    actions = ",".join(map(_instruction, intent.instructions)) or "drop"
    return f"cookie={number:#x},table={intent.table},priority={intent.priority}{match} actions={actions}"


def ovs_name(name: str) -> str:
    """A field's name as Open vSwitch's tools spell it."""
    return _OVS_NAMES.get(name, name)


def value_text(name: str, value: int) -> str:
    """A field's value as OpenFlow tools write it."""
    if name in _IPV4:
        return str(IPv4Address(value))
    if name in _IPV6:
        return str(IPv6Address(value))
    if name in _MAC:
        return ":".join(f"{byte:02x}" for byte in value.to_bytes(6))
    return hex(value) if name in _HEX else str(value)


def _field(field: Field) -> str:
    name = ovs_name(field.name)
    if field.mask is None:
        return f"{name}={value_text(field.name, field.value)}"
    write = _hex if field.name in PORTS else value_text  # a mask of ports reads better in hexadecimal
    return f"{name}={write(field.name, field.value)}/{write(field.name, field.mask)}"


def _hex(_: str, value: int) -> str:
    return hex(value)


def _instruction(instruction: Instruction) -> str:
    if isinstance(instruction, SetField):
        return f"set_field:{value_text(instruction.name, instruction.value)}->{instruction.name}"
    if isinstance(instruction, Output):
        return f"output:{instruction.port}"
    if isinstance(instruction, Tell):
        return f"meter:{instruction.meter},CONTROLLER:65535" if instruction.meter else "CONTROLLER:65535"
    if isinstance(instruction, Goto):
        return f"goto_table:{instruction.table}"
    return f"write_metadata:{instruction.value:#x}/{instruction.mask:#x}"
