"""The topology file (TOML) becomes a Topology, or a TopologyError that names the file and the key."""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_network
from typing import Literal, TypeVar

import msgspec

from nf.controller.topology import Host, IpNetwork, Kind, Leg, NetworkFunction, Place, Switch, Topology, TopologyError

_MAX_PORT = 0xFFFFFF00  # OFPP_MAX, OpenFlow 1.3.5 §7.2.1: higher numbers are reserved ports
_LEG = "leg"
_NODES = (0, 1)  # of a chassis cluster
_BOTH = 2  # legs of a function that is passed through
_PART = TypeVar("_PART")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is an error."""


class _Switch(_Part, frozen=True):
    name: str
    dpid: int
    ports: dict[int, str]


class _Host(_Part, frozen=True):
    name: str
    mac: str
    ip: str | list[str]
    switch: str
    port: int


class _Link(_Part, frozen=True):
    ends: tuple[str, str]


class _Leg(_Part, frozen=True):
    switch: str
    port: int
    interface: str = ""
    mac: str = ""


class _Nf(_Part, frozen=True):
    name: str
    legs: list[_Leg]
    node: int | None = None
    kind: Literal["srx", "wire", "proxy"] = "srx"


class _Path(_Part, frozen=True):
    instance: str
    via: list[str]


class _File(_Part, frozen=True):
    switch: list[_Switch]
    host: list[_Host] = []
    link: list[_Link] = []
    nf: list[_Nf] = []
    path: list[_Path] = []


def load(text: str, origin: str) -> Topology:
    """Read a topology file's text; raises TopologyError."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File, str_keys=True)
    except tomllib.TOMLDecodeError as error:
        raise TopologyError(origin, "", f"not TOML: {error}") from None
    except msgspec.ValidationError as error:
        # msgspec says where as `$.switch[0].dpid`, or as `key` in `$.switch[0].ports`.
        message, _, where = str(error).partition(" - at ")
        raise TopologyError(origin, where.rpartition("$")[2].strip(".`"), message.replace("`", "'")) from None
    return _Reader(origin, file).topology()


class _Reader:
    """Turns the file's parts into facts and checks what the parts say of each other."""

    def __init__(self, origin: str, file: _File) -> None:
        self.origin, self.file = origin, file
        self.switches = {part.name: part for part in file.switch}
        self.taken: dict[Place, str] = {}

    def topology(self) -> Topology:
        """Everything, checked."""
        if not self.file.switch:
            raise self._fault("switch", "expected at least one [[switch]]")
        self._no_twin("switch", "name", (part.name for part in self.file.switch))
        self._no_twin("switch", "dpid", (part.dpid for part in self.file.switch))
        switches = self._each("switch", self.file.switch, self._switch)
        links = self._each("link", self.file.link, self._link)
        functions = self._each("nf", self.file.nf, self._nf)
        hosts = self._each("host", self.file.host, self._host)
        nodes = [each for each in functions if each.kind is Kind.SRX]
        self._no_twin("nf", "name", [*self.switches, *(each.name for each in functions)])
        self._cluster(nodes)
        self._no_twin("host", "name", (host.name for host in hosts))
        stations: list[Host | Leg] = [*hosts, *(leg for function in functions for leg in function.legs)]
        self._no_twin("host and leg", "mac", (f"{station.mac:012x}" for station in stations if station.mac))
        self._no_twin("host", "ip", (network for host in hosts for network in host.addresses))
        self._no_twin("path", "instance", (part.instance for part in self.file.path))
        paths = dict(self._each("path", self.file.path, self._path))
        first = min(nodes, key=lambda each: each.node or 0, default=None)
        others = tuple(each for each in functions if each is not first)
        return Topology(switches, hosts, links, first, self.origin, paths, others)

    def _each(self, key: str, parts: Iterable[_PART], read: Callable[[str, _PART], "_Fact"]) -> tuple["_Fact", ...]:
        return tuple(read(f"{key}[{index}]", part) for index, part in enumerate(parts))

    def _switch(self, key: str, part: _Switch) -> Switch:
        if not 0 <= part.dpid < 1 << 64:
            raise self._fault(f"{key}.dpid", f"{part.dpid} is no datapath id; expected 0 to 2^64-1")
        for port, interface in part.ports.items():
            self._take(f"{key}.ports", Place(part.name, port), f"edge port {interface}")
        return Switch(part.name, part.dpid, part.ports)

    def _link(self, key: str, part: _Link) -> tuple[Place, Place]:
        ends = []
        for text in part.ends:
            name, _, port = text.rpartition(":")
            if not (name and port.isdecimal()):
                raise self._fault(f"{key}.ends", f"'{text}': expected SWITCH:PORT, such as 's1:5'")
            ends.append(Place(name, int(port)))
            self._take(f"{key}.ends", ends[-1], "link")
        if ends[0].switch == ends[1].switch:
            raise self._fault(f"{key}.ends", f"both ends are on switch '{ends[0].switch}'")
        return ends[0], ends[1]

    def _path(self, key: str, part: _Path) -> tuple[str, tuple[str, ...]]:
        functions = [each.name for each in self.file.nf if each.kind != "srx"]
        for name in part.via:
            if name not in self.switches and name not in functions:
                raise self._fault(f"{key}.via", f"'{name}' is not there; expected {_either([*self.switches, *functions])}")
        self._no_twin(f"{key}.via", "function", (name for name in part.via if name in functions))
        return part.instance, tuple(part.via)

    def _nf(self, key: str, part: _Nf) -> NetworkFunction:
        kind = Kind[part.kind.upper()]
        if kind is not Kind.WIRE:
            self._no_twin(f"{key}.legs", "interface", (leg.interface for leg in part.legs))
        if kind is not Kind.SRX and len(part.legs) != _BOTH:
            raise self._fault(f"{key}.legs", f"{len(part.legs)} legs: a {part.kind} has two, the clients' side first")
        if part.node not in ({None, *_NODES} if kind is Kind.SRX else {None}):
            raise self._fault(f"{key}.node", f"{part.node}: expected 0 or 1, a node of the chassis cluster")
        read = {Kind.SRX: self._leg, Kind.WIRE: self._end, Kind.PROXY: self._foreign_leg}[kind]
        return NetworkFunction(part.name, self._each(f"{key}.legs", part.legs, read), part.node, kind)

    def _end(self, key: str, part: _Leg) -> Leg:
        if part.interface or part.mac:
            raise self._fault(key, "the leg of a wire has a switch and a port, and nothing else")
        place = Place(part.switch, part.port)
        self._take(key, place, "a wire's leg")
        return Leg("", 0, place)

    def _cluster(self, functions: Sequence[NetworkFunction]) -> None:
        """Where there are several, they are the two nodes of a chassis cluster."""
        if [each.node for each in functions] not in ([], [None], [0, 1], [1, 0]):
            raise self._fault("nf", "expected one network function, or the two of a chassis cluster with node = 0 and node = 1")
        if len({frozenset(leg.interface for leg in each.legs) for each in functions}) > 1:
            raise self._fault("nf", "the nodes of a chassis cluster have legs of the same interfaces")
        self._no_twin("nf.legs", "port", (place for each in functions for place in {leg.place for leg in each.legs}))

    def _leg(self, key: str, part: _Leg) -> Leg:
        interfaces = {name for switch in self.file.switch for name in switch.ports.values()}
        if part.interface not in interfaces:
            expected = _either(sorted(interfaces))
            raise self._fault(f"{key}.interface", f"'{part.interface}' is no edge port's; expected {expected}")
        return self._foreign_leg(key, part)

    def _foreign_leg(self, key: str, part: _Leg) -> Leg:
        """One whose interface is not for this file to judge."""
        if not part.interface:
            raise self._fault(f"{key}.interface", "expected the function's own name of it")
        place = Place(part.switch, part.port)
        if not self.taken.get(place, "").startswith(_LEG):  # legs may share a port: their MAC addresses differ
            self._take(key, place, f"{_LEG} {part.interface}")
        return Leg(part.interface, self._mac(f"{key}.mac", part.mac), place)

    def _host(self, key: str, part: _Host) -> Host:
        switch = self.switches.get(part.switch)
        if switch is None:
            raise self._fault(f"{key}.switch", f"'{part.switch}' is not there; expected {_either(self.switches)}")
        if part.port not in switch.ports:
            edge = _either(map(str, sorted(switch.ports)))
            raise self._fault(f"{key}.port", f"{part.port} is no edge port of '{switch.name}'; expected {edge}")
        texts = [part.ip] if isinstance(part.ip, str) else part.ip
        addresses = tuple(self._address(f"{key}.ip", text) for text in texts)
        return Host(part.name, self._mac(f"{key}.mac", part.mac), addresses, Place(part.switch, part.port))

    def _take(self, key: str, place: Place, use: str) -> None:
        if place.switch not in self.switches:
            raise self._fault(key, f"switch '{place.switch}' is not there; expected {_either(self.switches)}")
        if not 1 <= place.port <= _MAX_PORT:
            raise self._fault(key, f"port {place.port}: expected 1 to {_MAX_PORT:#x}")
        if place in self.taken:
            raise self._fault(key, f"port {place} is already in use as {self.taken[place]}")
        self.taken[place] = use

    def _mac(self, key: str, text: str) -> int:
        if not re.fullmatch(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", text):
            raise self._fault(key, f"'{text}' is no MAC address; expected six bytes such as 00:00:00:00:00:01")
        value = int(text.replace(":", ""), 16)
        if value >> 40 & 1 or not value:
            raise self._fault(key, f"'{text}' is no station's MAC address; expected a unicast one")
        return value

    def _address(self, key: str, text: str) -> IpNetwork:
        try:
            return ip_network(text)
        except ValueError:
            raise self._fault(key, f"'{text}': expected an IP address, or a prefix without host bits") from None

    def _no_twin(self, key: str, what: str, values: Iterable[object]) -> None:
        seen: set[object] = set()
        for value in values:
            if value in seen:
                raise self._fault(key, f"{what} {value!s} is there twice")
            seen.add(value)

    def _fault(self, key: str, message: str) -> TopologyError:
        return TopologyError(self.origin, key, message)


_Fact = TypeVar("_Fact")


def _either(names: Iterable[str]) -> str:
    return " or ".join(f"'{name}'" for name in names) or "none at all"
