"""What was seen in a lab, as frozen facts: by clients, by servers, in the log, in the switch, on the SPUs."""

from typing import Any

import msgspec


class ClientView(msgspec.Struct, frozen=True):
    """One attempt of one visit; issuer, versions and body are empty where it did not get so far."""

    visit: str
    client: str
    exit: int
    error: str = ""
    issuer: str = ""
    tls: str = ""
    cipher: str = ""
    resumed: bool = False  # the last TLS session took up an earlier one
    http: str = ""
    status: int = 0
    size: int = 0  # bytes of the body
    sha256: str = ""
    text: str = ""  # the body's beginning
    local: str = ""  # address/port of the client's end


class ServerView(msgspec.Struct, frozen=True):
    """One request in an origin's access log."""

    origin: str
    port: int
    source: str
    request: str
    protocol: str = ""  # TLS version, empty in clear
    cipher: str = ""
    reused: str = ""  # nginx's word: r for a TLS session that took up an earlier one, else a dot


class FlowEntry(msgspec.Struct, frozen=True):
    """A flow entry of a switch with its counters; `meaning` says which policy it is of and what for."""

    switch: str
    table: int
    cookie: int
    priority: int
    packets: int
    octets: int
    match: str
    actions: str
    meaning: str = ""


class SpuRow(msgspec.Struct, frozen=True):
    """An SPU as the network function shows it."""

    name: str
    current: int = 0
    maximum: int = 0
    created: int = 0
    failed: int = 0
    cpu: float = 0.0  # per cent
    worker: int | None = None  # the process that runs its flows


class ConnectionView(msgspec.Struct, frozen=True):
    """A TCP connection in the captures: its ends as address/port on the client's leg, and on the server's where it got."""

    client: str
    server: str
    onward_client: str = ""
    onward_server: str = ""

    @property
    def kept(self) -> bool:
        """Whether both legs show the same ends."""
        return (self.client, self.server) == (self.onward_client, self.onward_server)


class Passage(msgspec.Struct, frozen=True):
    """A TCP connection in the captures of a switch's ports, and the octets of its data that have passed each way."""

    switch: str
    client: str  # address/port
    server: str  # its name
    to_server: int
    to_client: int


class RequestView(msgspec.Struct, frozen=True):
    """An HTTP request that was read on a leg, client or server, by its path."""

    leg: str
    path: str


class Observation(msgspec.Struct, frozen=True):
    """Everything seen while a scenario ran; `served` is the SHA-256 of each file that the origins serve, by path."""

    scenario: str
    platform: str
    clients: tuple[ClientView, ...] = ()
    connections: tuple[ConnectionView, ...] = ()
    passages: tuple[Passage, ...] = ()
    servers: tuple[ServerView, ...] = ()
    log: tuple[dict[str, Any], ...] = ()
    flows: tuple[FlowEntry, ...] = ()
    spus: tuple[SpuRow, ...] = ()
    served: dict[str, str] = {}
    counters: dict[str, int] = {}  # the network function's
    read: tuple[RequestView, ...] = ()  # out of TLS, in the captures
    trace: tuple[str, ...] = ()  # the network function's
    shown: tuple[tuple[str, ...], ...] = ()  # what each of the operators' commands has said
    said: tuple[str, ...] = ()  # by the controller, to its operator
    daemons: tuple[tuple[str, ...], ...] = ()  # what each of the daemons has said
