"""What the controller asks of a switch, as OpenFlow 1.3 messages: to carry these entries and no older ones."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, TypeAlias

from nf.controller.cookies import MARK, MARK_MASK, cookie, of_purpose, stale
from nf.controller.events import Datapath
from nf.controller.intents import Field, Goto, Intent, Output, Purpose, SetField, Tell, WriteMetadata
from nf.controller.pipeline import METERS
from nf.controller.render import value_text

of: Any = import_module("os_ken.ofproto.ofproto_v1_3")  # os-ken's messages are made at run time and have no types
parser: Any = import_module("os_ken.ofproto.ofproto_v1_3_parser")
Message: TypeAlias = Any


def forget(datapath: Datapath, generation: int) -> Iterator[Message]:
    """The messages that remove every entry of ours of another generation."""
    return (_delete(datapath, value, mask) for value, mask in stale(generation))


def add(datapath: Datapath, intents: Iterable[Intent], generation: int) -> Iterator[Message]:
    """The messages that add entries; one that is there already keeps its counters (OpenFlow 1.3.5 §6.4)."""
    return (flow_mod(datapath, intent, cookie(intent, generation)) for intent in intents)


def remove(datapath: Datapath, purposes: Iterable[Purpose]) -> Iterator[Message]:
    """The messages that remove every entry of ours with one of these purposes."""
    return (_delete(datapath, *of_purpose(purpose)) for purpose in purposes)


def remove_matching(datapath: Datapath, purpose: Purpose, fields: Iterable[Field]) -> Message:
    """The message that removes every entry of ours with this purpose whose match says this, or this and more."""
    message = _delete(datapath, *of_purpose(purpose))
    message.match = _match(fields)
    return message


def until_idle(datapath: Datapath, intents: Iterable[Intent], generation: int, seconds: int) -> Iterator[Message]:
    """The messages that add entries, which the switch removes by itself when no packet has met them for some seconds."""
    for message in add(datapath, intents, generation):
        message.idle_timeout = seconds
        yield message


def remove_one(datapath: Datapath, intent: Intent) -> Message:
    """The message that removes one entry and no other."""
    message = parser.OFPFlowMod(datapath, table_id=intent.table, command=of.OFPFC_DELETE_STRICT, priority=intent.priority,
                                out_port=of.OFPP_ANY, out_group=of.OFPG_ANY, match=_match(intent.match))
    message.cookie, message.cookie_mask = of_purpose(intent.purpose)
    return message


def lasting(datapath: Datapath, intent: Intent, generation: int, seconds: int) -> Message:
    """The message that adds an entry, which the switch removes by itself after some seconds."""
    message = flow_mod(datapath, intent, cookie(intent, generation))
    message.hard_timeout = seconds
    return message


def meters(datapath: Datapath) -> Iterator[Message]:
    """The messages that leave a switch with our meters; one that is there already is changed, not made anew."""
    for number, rate in METERS.items():
        for command in (of.OFPMC_ADD, of.OFPMC_MODIFY):
            yield parser.OFPMeterMod(datapath, command, of.OFPMF_PKTPS | of.OFPMF_BURST, number,
                                     [parser.OFPMeterBandDrop(rate=rate, burst_size=rate)])


def packet_out(datapath: Datapath, port: int, frame: bytes) -> Message:
    """The message that sends a frame out of a port."""
    return parser.OFPPacketOut(datapath, of.OFP_NO_BUFFER, of.OFPP_CONTROLLER, [parser.OFPActionOutput(port)], frame)


def withdraw(datapath: Datapath) -> Message:
    """The message that removes every entry of ours; with fail mode secure, the switch then drops everything."""
    return _delete(datapath, MARK, MARK_MASK)


def barrier(datapath: Datapath) -> Message:
    """The message whose reply says that all before it has been done (OpenFlow 1.3.5 §7.3.8)."""
    return parser.OFPBarrierRequest(datapath)


def flow_mod(datapath: Datapath, intent: Intent, number: int) -> Message:
    """The message that adds one entry with its cookie."""
    return parser.OFPFlowMod(datapath, cookie=number, table_id=intent.table, priority=intent.priority,
                             match=_match(intent.match), instructions=_instructions(intent))


def refusal(error: Message) -> str:
    """A switch's error message in words: type and code by their OpenFlow names."""
    return (f"{of.ofp_error_type_to_str(error.type)} {of.ofp_error_code_to_str(error.type, error.code)}"
            if error.type != of.OFPET_EXPERIMENTER else f"experimenter error {error.exp_type}")


def is_harmless(error: Message) -> bool:
    """Whether an error says no more than that a meter was there before."""
    return bool((error.type, error.code) == (of.OFPET_METER_MOD_FAILED, of.OFPMMFC_METER_EXISTS))


def carries(port: Message) -> bool:
    """Whether a port, as a switch describes it, can carry packets."""
    return not port.config & of.OFPPC_PORT_DOWN and not port.state & of.OFPPS_LINK_DOWN


def _delete(datapath: Datapath, value: int, mask: int) -> Message:
    return parser.OFPFlowMod(datapath, cookie=value, cookie_mask=mask, table_id=of.OFPTT_ALL, command=of.OFPFC_DELETE,
                             out_port=of.OFPP_ANY, out_group=of.OFPG_ANY, match=parser.OFPMatch())


def _match(fields: Iterable[Field]) -> Message:
    return parser.OFPMatch(**{field.name: _match_value(field) for field in fields})


def _match_value(field: Field) -> object:
    value = _user(field.name, field.value)
    return value if field.mask is None else (value, _user(field.name, field.mask))


def _user(name: str, value: int) -> object:
    """As os-ken wants it: addresses as text, everything else as a number."""
    return value_text(name, value) if name.startswith(("ipv", "arp_", "eth_s", "eth_d")) else value


def _instructions(intent: Intent) -> list[Message]:
    actions: list[Message] = []
    rest: list[Message] = []
    for each in intent.instructions:
        match each:
            case SetField(name, value):
                actions.append(parser.OFPActionSetField(**{name: _user(name, value)}))
            case Output(port):
                actions.append(parser.OFPActionOutput(port))
            case Tell(meter):
                rest += [parser.OFPInstructionMeter(meter)] * bool(meter)
                actions.append(parser.OFPActionOutput(of.OFPP_CONTROLLER, of.OFPCML_NO_BUFFER))
            case WriteMetadata(value, mask):
                rest.append(parser.OFPInstructionWriteMetadata(value, mask))
            case Goto(number):
                rest.append(parser.OFPInstructionGotoTable(number))
    applied = [parser.OFPInstructionActions(of.OFPIT_APPLY_ACTIONS, actions)] if actions else []
    return [*applied, *rest]
