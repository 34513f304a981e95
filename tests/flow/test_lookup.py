"""What is remembered of a flow is what looking it up again would find."""

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.flow.lookup import REMEMBERED, Lookup
from nf.flow.terms import Terms
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, Policy, PolicyTable
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone, ZoneMap

INSIDE, OUTSIDE, ELSEWHERE = Interface("ge-0/0/0.0"), Interface("ge-0/0/1.0"), Interface("ge-0/0/2.0")
EVERYWHERE = AddressMatch((ANY,), (ip_network("0.0.0.0/0"),))
ZONES = ZoneMap({zone: Zone(zone, (leg.name,)) for zone, leg in (("trust", INSIDE), ("untrust", OUTSIDE))})


def policy(name: str, destination: str, term: ApplicationTerm) -> Policy:
    return Policy(name, ("trust",), ("untrust",), EVERYWHERE, AddressMatch((destination,), (ip_network(destination),)),
                  ApplicationMatch((name,), (Application(name, (term,)),)), Action.PERMIT)


PERMIT_ALL = policy("all", "0.0.0.0/0", ApplicationTerm())
WEB = policy("web", "198.51.100.0/25", ApplicationTerm(6, destination_ports=PortRange(443, 443)))
LOW = policy("low", "198.51.100.128/25", ApplicationTerm(6, source_ports=PortRange(0, 1023)))
addresses = st.sampled_from([ip_address(f"198.51.100.{last}") for last in (1, 2, 129, 130)])
flows = st.builds(FiveTuple, addresses, st.sampled_from([9, 1023, 1024]), addresses, st.sampled_from([80, 443]))
places = st.tuples(flows, st.sampled_from([INSIDE, ELSEWHERE]), st.sampled_from([OUTSIDE, ELSEWHERE]))


def terms(system: LogicalSystem, source: Zone, destination: Zone, found: Policy | None, flow: FiveTuple) -> Terms:
    return Terms(system, source, destination, (str(flow.src), str(flow.dst)), found, "none" if found is None else found.name)


@given(st.sets(st.sampled_from([WEB, LOW]).map(lambda one: one.name)), st.sampled_from([Action.DENY, Action.PERMIT]),
       st.lists(places, max_size=20))
def test_it_finds_what_a_new_one_finds(names: set[str], default: Action, visits: list[tuple[FiveTuple, Interface, Interface]]
                                       ) -> None:
    table = PolicyTable(tuple(one for one in (WEB, LOW) if one.name in names), default)
    systems = Systems((LogicalSystem(zone_map=ZONES, policies=table),))
    lookup = Lookup(systems, PERMIT_ALL, terms)
    for visit in visits:
        assert lookup.find(*visit) == Lookup(systems, PERMIT_ALL, terms).find(*visit)


def test_what_is_remembered_is_bounded() -> None:
    lookup = Lookup(Systems((LogicalSystem(zone_map=ZONES, policies=PolicyTable((WEB,))),)), PERMIT_ALL, terms)
    for number in range(REMEMBERED + 9):
        flow = FiveTuple(ip_address("192.0.2.1"), 1024, ip_address(number), 443)
        assert lookup.find(flow, INSIDE, OUTSIDE).policy is None
    assert len(lookup) <= REMEMBERED
