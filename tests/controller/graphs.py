"""Networks of several switches, drawn at random: connected, with loops and parallel links, the NF anywhere."""

from collections import Counter

from hypothesis import strategies as st

from nf.controller.topology import Leg, NetworkFunction, Place, Switch, Topology
from tests.controller.networks import TRUST, UNTRUST, host

CLIENTS, SERVERS = (1, 2), (3, 4)


class _Ports:
    """Ports are given out one after the other on each switch."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def at(self, switch: str) -> Place:
        self.used[switch] += 1
        return Place(switch, self.used[switch])


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Up to six switches, two clients, two servers, an NF with two legs that may share a port."""
    names = [f"s{number}" for number in range(1, draw(st.integers(1, 6)) + 1)]
    somewhere = st.sampled_from(names)
    pairs = [(draw(st.sampled_from(names[:index])), names[index]) for index in range(1, len(names))]  # a tree
    pairs += [(a, b) for a, b in draw(st.lists(st.tuples(somewhere, somewhere), max_size=5)) if a != b]
    ports = _Ports()
    links = tuple((ports.at(a), ports.at(b)) for a, b in draw(st.permutations(pairs)))
    hosts, edge = [], []
    for number in (*CLIENTS, *SERVERS):
        place = ports.at(draw(somewhere))
        hosts.append(host(number, place.switch, place.port))
        edge.append((place, TRUST if number in CLIENTS else UNTRUST))
    arm = ports.at(draw(somewhere))
    other = arm if draw(st.booleans()) else ports.at(draw(somewhere))
    nf = NetworkFunction("srx1", (Leg(TRUST, 0x20, arm), Leg(UNTRUST, 0x21, other)))
    switches = tuple(Switch(name, index, {it.port: interface for it, interface in edge if it.switch == name})
                     for index, name in enumerate(names, 1))
    return Topology(switches, tuple(hosts), links, nf)
