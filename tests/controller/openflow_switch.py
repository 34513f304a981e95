"""The switch's end of an OpenFlow 1.3 connection over a real socket: answers what it is asked, remembers entries."""

import socket
import struct
from typing import Any

from os_ken.ofproto import ofproto_v1_3 as of
from os_ken.ofproto import ofproto_v1_3_parser as parser


class Desc:
    """What os-ken's parsers want to know of a connection."""

    ofproto, ofproto_parser = of, parser


class OpenFlowSwitch:
    """Connects, shakes hands, and then does what the test says."""

    def __init__(self, address: tuple[str, int], dpid: int, ports: tuple[int, ...] = ()) -> None:
        self.dpid, self.ports = dpid, ports
        self.flow_mods: list[Any] = []
        self.meter_mods: list[Any] = []
        self.packet_outs: list[Any] = []
        self.answers_echo = True
        self.socket = socket.create_connection(address, timeout=10)
        self.send(of.OFPT_HELLO, b"")

    def send(self, kind: int, body: bytes, xid: int = 0) -> None:
        """Send one message."""
        self.socket.sendall(struct.pack("!BBHI", 4, kind, 8 + len(body), xid) + body)

    def until(self, wanted: int) -> int:
        """Answer what comes until a message of this type has come; its transaction id."""
        while True:
            header = self._exactly(8)
            _, kind, length, xid = struct.unpack("!BBHI", header)
            data = header + self._exactly(length - 8)
            if kind == of.OFPT_ECHO_REQUEST and self.answers_echo:
                self.send(of.OFPT_ECHO_REPLY, data[8:], xid)
            elif kind == of.OFPT_FEATURES_REQUEST:
                self.send(of.OFPT_FEATURES_REPLY, struct.pack("!QIBB2xII", self.dpid, 0, 254, 0, 0x4F, 0), xid)
            elif kind == of.OFPT_MULTIPART_REQUEST:
                self.send(of.OFPT_MULTIPART_REPLY, struct.pack("!HH4x", of.OFPMP_PORT_DESC, 0) + self._ports(), xid)
            elif kind == of.OFPT_FLOW_MOD:
                self.flow_mods.append(parser.OFPFlowMod.parser(Desc, 4, kind, length, xid, data))
            elif kind == of.OFPT_METER_MOD:
                self.meter_mods.append(struct.unpack_from("!HHIHHII", data, 8))
            elif kind == of.OFPT_PACKET_OUT:
                self.packet_outs.append(data[24:])
            if kind == wanted:
                return xid

    def install(self) -> None:
        """Take the meters, then the entries, and confirm both."""
        self.confirm()
        self.confirm()

    def confirm(self) -> None:
        """Take what comes until the next barrier, and confirm it."""
        self.send(of.OFPT_BARRIER_REPLY, b"", self.until(of.OFPT_BARRIER_REQUEST))

    def refuse(self, xid: int, kind: int = of.OFPET_FLOW_MOD_FAILED, code: int = of.OFPFMFC_TABLE_FULL) -> None:
        """Answer a request with an error; unless told otherwise: the table is full."""
        self.send(of.OFPT_ERROR, struct.pack("!HH", kind, code) + b"\0" * 64, xid)

    def packet_in(self, cookie: int, port: int, frame: bytes) -> None:
        """Send a frame to the controller, as an entry with this cookie would."""
        match = struct.pack("!HHIIxxxx", 1, 12, 0x80000004, port)  # in_port
        header = struct.pack("!IHBBQ", of.OFP_NO_BUFFER, len(frame), 1, 0, cookie)
        self.send(of.OFPT_PACKET_IN, header + match + b"\0\0" + frame)

    def port_status(self, port: int, reason: int, state: int = 0) -> None:
        """Tell that a port has changed."""
        self.send(of.OFPT_PORT_STATUS, struct.pack("!B7x", reason) + self._port(port, state))

    def ended(self) -> bool:
        """Read until the controller closes the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _ports(self) -> bytes:
        return b"".join(self._port(port) for port in self.ports)

    @staticmethod
    def _port(port: int, state: int = 0) -> bytes:
        return struct.pack("!I4x6s2x16s8I", port, bytes(6), f"p{port}".encode(), 0, state, *[0] * 6)
