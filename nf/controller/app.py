"""The os-ken applications: their handlers do nothing but hand events over."""
# mypy: allow-untyped-calls, allow-untyped-decorators
# (os-ken has no types)

from collections.abc import Callable
from importlib import import_module
from typing import Any

from nf.controller import native_hub

native_hub.mend()  # os-ken's other modules take over what they find in the hub, so this comes first

from os_ken.base.app_manager import OSKenApp  # noqa: E402
from os_ken.controller.handler import DEAD_DISPATCHER, MAIN_DISPATCHER, set_ev_cls  # noqa: E402
from os_ken.controller.ofp_handler import OFPHandler  # noqa: E402
from os_ken.ofproto import ofproto_v1_3  # noqa: E402

from nf.controller.events import BarrierReply, Event, Joined, Left, PacketIn, PortChanged, Refused  # noqa: E402
from nf.controller.openflow import carries, is_harmless, refusal  # noqa: E402

ofp_event: Any = import_module("os_ken.controller.ofp_event")  # makes its classes at run time


class Handshake(OFPHandler):
    """os-ken's own hello, features and echo handlers, without the listeners that it would open by itself."""

    def start(self) -> None:
        """Handle events, and listen nowhere."""
        OSKenApp.start(self)


class Steering(OSKenApp):
    """Hands every event that matters to `put`, from where the thread that owns the state takes it."""

    OFP_VERSIONS: Any = (ofproto_v1_3.OFP_VERSION,)

    def __init__(self, put: Callable[[Event], None]) -> None:
        super().__init__()
        self._put = put

    @set_ev_cls(ofp_event.EventOFPStateChange, [MAIN_DISPATCHER, DEAD_DISPATCHER])
    def state_change(self, event: Any) -> None:
        """A switch is ready to be told something, or is gone."""
        datapath = event.datapath
        if event.state == DEAD_DISPATCHER:
            self._put(Left(datapath, len(datapath.unreplied_echo_requests) > datapath.max_unreplied_echo_requests))
        else:
            self._put(Joined(datapath))

    @set_ev_cls(ofp_event.EventOFPBarrierReply, MAIN_DISPATCHER)
    def barrier_reply(self, event: Any) -> None:
        """A switch has done what it was told."""
        self._put(BarrierReply(event.msg.datapath, event.msg.xid))

    @set_ev_cls(ofp_event.EventOFPErrorMsg, MAIN_DISPATCHER)
    def error_message(self, event: Any) -> None:
        """A switch has refused something."""
        if not is_harmless(event.msg):
            self._put(Refused(event.msg.datapath, refusal(event.msg)))

    @set_ev_cls(ofp_event.EventOFPPortStatus, MAIN_DISPATCHER)
    def port_status(self, event: Any) -> None:
        """A port has come, gone or changed."""
        port = event.msg.desc
        there = event.msg.reason != ofproto_v1_3.OFPPR_DELETE
        self._put(PortChanged(event.msg.datapath, port.port_no, there and carries(port)))

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def packet_in(self, event: Any) -> None:
        """An entry has sent a packet here."""
        message = event.msg
        self._put(PacketIn(message.datapath, message.cookie, message.match.get("in_port", 0), bytes(message.data)))
