"""What a scenario expects to be seen, as frozen facts: by clients and servers, in the log, the switches and the captures."""

from typing import Annotated, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of a scenario file: no key but its own, words joined by hyphens."""


class OriginSees(Fact, frozen=True):
    """What must be in an origin's access log; None is not asked."""

    requests: int | None = None
    sources: tuple[str, ...] | None = None  # every client address that it saw, in order of first sight
    protocols: tuple[str, ...] | None = None  # TLS versions, likewise
    ciphers: tuple[str, ...] | None = None
    resumed: int | None = None  # requests in TLS sessions that took up an earlier one


class VisitSees(Fact, frozen=True):
    """What a client must see; texts between slashes are regular expressions, None is not asked."""

    exit: int | Literal["failure"] = 0  # the client program's exit status; failure is any but 0
    error: str | None = None
    issuer: str | None = None
    status: int | None = None
    http: str | None = None
    tls: str | None = None
    cipher: str | None = None
    resumed: bool | None = None
    text: str | None = None  # of the body
    body: Literal["as-served"] | None = None


class LogLine(Fact, frozen=True):
    """A message that the network function must log: exactly `count` times, or at least once."""

    name: str
    count: int | None = None
    fields: dict[str, str] = {}


class Kept(Fact, frozen=True):
    """So many connections of a client, and no other of it, must be in the captures with the same ends on both legs."""

    client: str  # its address
    connections: Count


class Passed(Fact, frozen=True):
    """So many connections to a server must be in the captures of a switch's ports with data both ways, and no more."""

    switch: str  # or a function that paths lead through
    server: str  # the host's name
    connections: int
    least: int = 1  # octets to the client, of each


class Read(Fact, frozen=True):
    """HTTP requests that must be readable in a leg's capture with the network function's key log."""

    leg: Literal["client", "server"]
    request: str  # its path
    count: int | None = None  # exactly so many times, or at least once


class TraceLine(Fact, frozen=True):
    """A line of the trace, exactly `count` times, or at least once."""

    line: str
    count: int | None = None


class FlowCount(Fact, frozen=True):
    """A policy's flow entries for one purpose that must have counted packets, or none; on one switch or on all."""

    entry: str  # matched against the entry's description
    switch: str | None = None
    packets: bool = True
    least: Count = 1  # so many packets


class Said(Fact, frozen=True):
    """A line that the controller must say: exactly `count` times, or at least once."""

    line: str
    count: int | None = None


class Shown(Fact, frozen=True):
    """An operator's command at a network function, at the end, and lines that it must say."""

    command: str
    says: tuple[Said, ...]
    on: str = "srx1"


class SpuCount(Fact, frozen=True):
    """How many sessions the SPUs must have created together, on how many SPUs and by how many workers at least.

    `band` is a probability: each SPU's number must be in the interval around its share by capacity, with equal tails,
    that so much of a binomial distribution falls in.
    """

    sessions: int | None = None
    used: int = 0
    workers: int = 0
    refused: int | None = None  # by the SPUs, for want of room
    band: Share | None = None
