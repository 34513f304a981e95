"""Topologies, policies and packets for the tests of this room."""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address, ip_network

from hwmodel.session import FiveTuple
from nf.config.configuration import Configuration
from nf.controller.topology import Host, Leg, NetworkFunction, Place, Switch, Topology
from nf.policy.match import AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, ApplicationServices, Policy, PolicyTable
from nf.policy.zones import Zone, ZoneMap

TRUST, UNTRUST, DMZ = "ge-0/0/0.0", "ge-0/0/1.0", "ge-0/0/2.0"
BEHIND = "192.0.2.0/24", "2001:db8:f::/48"  # what the router h9 leads to
SYN, SYN_ACK, ACK_ONLY = 0x02, 0x12, 0x10
ANYWHERE = AddressMatch(("any",), (ip_network("0.0.0.0/0"), ip_network("::/0")))
ANY_APPLICATION = ApplicationMatch(("any",), (Application("any", (ApplicationTerm(),)),))
NO_SERVICES, EVERY_PORT = ApplicationServices(), PortRange()
PROXIED = ApplicationServices(ssl_proxy=True, ssl_proxy_profile="p")
ZONES = ZoneMap({"trust": Zone("trust", (TRUST,)), "untrust": Zone("untrust", (UNTRUST,)), "dmz": Zone("dmz", (DMZ,))})


def host(number: int, switch: str, port: int, *more: str) -> Host:
    """A host with an IPv4 and an IPv6 address that end in its number."""
    own = (ip_network(f"10.0.0.{number}"), ip_network(f"2001:db8::{number}"), *map(ip_network, more))
    return Host(f"h{number}", number, own, Place(switch, port))


def _legs(*places: Place) -> NetworkFunction:
    names = (TRUST, UNTRUST, DMZ)
    return NetworkFunction("srx1", tuple(Leg(name, 0x20 + n, place)
                                         for n, (name, place) in enumerate(zip(names, places, strict=True))))


ONE = Topology(
    (Switch("s1", 1, {1: TRUST, 2: UNTRUST, 3: DMZ, 4: TRUST}),),
    (host(1, "s1", 1), host(2, "s1", 2), host(3, "s1", 3), host(4, "s1", 4), host(9, "s1", 2, *BEHIND)),
    (), _legs(Place("s1", 11), Place("s1", 12), Place("s1", 13)))
TWO = Topology(
    (Switch("s1", 1, {1: TRUST, 4: TRUST}), Switch("s2", 2, {1: UNTRUST, 2: DMZ}), Switch("s3", 3)),
    (host(1, "s1", 1), host(2, "s2", 1), host(3, "s2", 2), host(4, "s1", 4), host(9, "s2", 1, *BEHIND)),
    ((Place("s1", 20), Place("s3", 21)), (Place("s3", 22), Place("s2", 20))),
    _legs(Place("s1", 11), Place("s3", 12), Place("s2", 13)), paths={"RI1": ()})

OTHER_NODE = NetworkFunction("srx2", (Leg(TRUST, 0x30, Place("s2", 31)), Leg(UNTRUST, 0x31, Place("s2", 32)),
                                      Leg(DMZ, 0x32, Place("s1", 33))), 1)
PAIR = replace(TWO, nf=replace(TWO.nf, node=0), others=(OTHER_NODE,))  # a chassis cluster


def tcp_term(low: int, high: int | None = None, sports: PortRange = EVERY_PORT) -> ApplicationTerm:
    """A TCP application with these destination ports."""
    return ApplicationTerm(6, sports, PortRange(low, high or low))


def applications(*terms: ApplicationTerm) -> ApplicationMatch:
    """An application match of these terms."""
    return ApplicationMatch(("app",), (Application("app", terms),))


def policy(name: str, action: Action = Action.PERMIT, services: ApplicationServices = NO_SERVICES, *,
           application: ApplicationMatch = ANY_APPLICATION, source: AddressMatch = ANYWHERE,
           destination: AddressMatch = ANYWHERE, zones: tuple[str, str] = ("trust", "untrust")) -> Policy:
    """A policy from trust to untrust unless told otherwise."""
    return Policy(name, (zones[0],), (zones[1],), source, destination, application, action, services)


def configuration(policies: Iterable[Policy], default: Action = Action.DENY) -> Configuration:
    """A configuration with three zones and these policies."""
    return Configuration(zone_map=ZONES, policies=PolicyTable(tuple(policies), default))


def packet(flow: FiveTuple, flags: int = SYN, **more: int) -> dict[str, int]:
    """A packet of a flow as the fields that a switch sees."""
    version = flow.src.version
    ports = {6: "tcp", 17: "udp"}.get(flow.proto)
    fields = {"eth_src": 0xAA, "eth_dst": 0xBB, "eth_type": 0x0800 if version == 4 else 0x86DD, "ip_proto": flow.proto,
              f"ipv{version}_src": int(flow.src), f"ipv{version}_dst": int(flow.dst)}
    if ports:
        fields |= {f"{ports}_src": flow.sport, f"{ports}_dst": flow.dport}
    if flow.proto == 6:
        fields["tcp_flags"] = flags
    return fields | more


def flow(source: str, destination: str, dport: int = 443, sport: int = 40000, proto: int = 6) -> FiveTuple:
    """A flow between two addresses."""
    return FiveTuple(ip_address(source), sport, ip_address(destination), dport, proto)


def owner(topology: Topology, address: object) -> Host:
    """The host that owns an address, by the longest prefix."""
    owning = [(network.prefixlen, h) for h in topology.hosts for network in h.addresses if address in network]
    return max(owning, key=lambda pair: pair[0])[1]


def interface(topology: Topology, h: Host) -> str:
    """The interface that a host is behind."""
    return next(s.ports[h.place.port] for s in topology.switches if s.name == h.place.switch)
