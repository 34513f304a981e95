"""The first path: zones and policy to a session entry with its plan, or to a refusal."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from msgspec import structs

from hwmodel.session import FiveTuple
from nf.flow.entry import Refusal, SessionEntry
from nf.flow.first_path import FirstPath
from nf.policy.match import AddressMatch, Application, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Action, ApplicationServices, Policy, PolicyTable
from nf.policy.profile import AppTracking, NonSslThreshold, SslProxyProfile
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone, ZoneMap
from nf.services import Engaged, load
from nf.sslproxy.plan import Plan, Timeouts
from nf.sslproxy.reasons import Reason
from tests.services.attachments import FACTS, FLOW, POLICY, TRUST, UNTRUST, untracked

IN, OUT, STRAY = Interface("ge-0/0/0.0"), Interface("ge-0/0/1.0"), Interface("ge-0/0/9.0")
PROFILE = SslProxyProfile("fp", whitelist=AddressMatch(("bank",), (ip_network("203.0.113.128/25"),)))
BANK = structs.replace(FLOW, dst=ip_address("203.0.113.200"))
HTTPS = ApplicationTerm(6, destination_ports=PortRange(443, 443))
PROXIED = replace(POLICY, services=ApplicationServices(ssl_proxy=True, ssl_proxy_profile="fp"),
                  application=ApplicationMatch(("junos-https",), (Application("junos-https", (HTTPS,)),)))
APPTRACK = (Engaged("apptrack", load("apptrack")),)


def path(*policies: Policy, default: Action = Action.DENY, tracked: bool = True,
         others: tuple[LogicalSystem, ...] = ()) -> FirstPath:
    trust = TRUST if tracked else untracked(TRUST)
    zones = ZoneMap({"trust": trust, "untrust": UNTRUST})
    box = LogicalSystem(zone_map=zones, policies=PolicyTable(policies, default), ssl_profiles={"fp": PROFILE})
    return FirstPath(Systems((box, *others)), APPTRACK)


def admitted(first_path: FirstPath, flow: FiveTuple = FLOW) -> SessionEntry:
    entry = first_path.admit(23, flow, IN, OUT)
    assert isinstance(entry, SessionEntry)
    return entry


def timed(seconds: int | None) -> Policy:
    return replace(PROXIED, application=ApplicationMatch(("slow",), (Application("slow", (HTTPS,), seconds),)))


def test_permitted_session_carries_what_the_policy_says() -> None:
    entry = admitted(path(PROXIED))
    assert (entry.five_tuple, entry.policy, entry.egress) == (FLOW, PROXIED, OUT)
    assert entry.facts == FACTS
    assert entry.plan == Plan(FACTS, PROFILE)
    assert entry.plan.decrypts
    assert entry.inspection.active


@pytest.mark.parametrize(("policy", "tracked", "flow", "reason"), [
    (POLICY, True, FLOW, Reason.NO_PROFILE), (PROXIED, False, FLOW, Reason.NO_SERVICE),
    (PROXIED, True, BANK, Reason.WHITELISTED), (POLICY, True, BANK, Reason.NO_PROFILE)])
def test_what_keeps_a_session_from_being_decrypted(policy: Policy, tracked: bool, flow: FiveTuple,
                                                   reason: Reason) -> None:
    plan = admitted(path(policy, tracked=tracked), flow).plan
    assert plan.bypass is reason
    assert not plan.decrypts


def test_disabled_app_tracking_attaches_no_service() -> None:
    first_path = path(PROXIED)
    untracking = replace(first_path.systems.root, app_tracking=AppTracking(disable=True))
    assert not admitted(replace(first_path, systems=Systems((untracking,)))).inspection.active


INNER = LogicalSystem(
    "one", "logical-system",
    ZoneMap({"trust": Zone("trust", ("ge-0/0/2.0",)), "untrust": Zone("untrust", ("ge-0/0/3.0",))}),
    PolicyTable((replace(POLICY, name="own"),)), {"fp": replace(PROFILE, logical_system="one")})
IN_ONE, OUT_ONE = Interface("ge-0/0/2.0"), Interface("ge-0/0/3.0")


def test_a_session_is_of_the_system_that_it_came_in_by() -> None:
    first_path = path(PROXIED, others=(INNER,))
    assert first_path.admit(1, FLOW, IN, OUT).facts.logical_system == "root-logical-system"
    inner = first_path.admit(2, FLOW, IN_ONE, OUT_ONE)
    assert isinstance(inner, SessionEntry)
    assert (inner.facts.logical_system, inner.policy.name) == ("one", "own")


@pytest.mark.parametrize(("ingress", "egress"), [(IN, OUT_ONE), (IN_ONE, OUT), (OUT, IN_ONE)])
def test_nothing_crosses_from_one_system_to_another(ingress: Interface, egress: Interface) -> None:
    everywhere = replace(POLICY, from_zones=(), to_zones=(), is_global=True)
    open_inside = replace(INNER, policies=PolicyTable((everywhere,), Action.PERMIT))
    refusal = path(everywhere, default=Action.PERMIT, others=(open_inside,)).admit(1, FLOW, ingress, egress)
    assert isinstance(refusal, Refusal)
    assert (refusal.action, refusal.policy, refusal.facts.destination_zone) == (Action.DENY, None, "N/A")


def test_profiles_of_the_box_and_of_a_system() -> None:
    shared = replace(INNER, policies=PolicyTable((PROXIED,)), ssl_profiles={"fp": PROFILE})
    own = replace(INNER, policies=PolicyTable((PROXIED,)))
    for system, key in ((shared, "fp"), (own, "one:fp")):
        entry = path(others=(system,)).admit(1, FLOW, IN_ONE, OUT_ONE)
        assert isinstance(entry, SessionEntry)
        assert entry.plan.profile is not None
        assert entry.plan.profile.key == key


@pytest.mark.parametrize("action", [Action.DENY, Action.REJECT])
def test_refusing_policy_is_named(action: Action) -> None:
    policy = replace(POLICY, action=action)
    assert path(policy, POLICY).admit(23, FLOW, IN, OUT) == Refusal(structs.replace(FACTS, service_name="None"), action, policy)


def test_without_a_policy_the_default_decides() -> None:
    facts = structs.replace(FACTS, policy_name="default-policy", service_name="None")
    assert path().admit(23, FLOW, IN, OUT) == Refusal(facts, Action.DENY, None)
    entry = admitted(path(default=Action.PERMIT))
    assert entry.facts == facts
    assert entry.plan == Plan(facts, None, Reason.NO_PROFILE)
    assert entry.created() == ()


def test_sixth_version_addresses_fall_under_permit_all_too() -> None:
    flow = FiveTuple(ip_address("2001:db8::1"), 1, ip_address("2001:db8::2"), 2, 17)
    assert admitted(path(default=Action.PERMIT), flow).policy.action is Action.PERMIT


@pytest.mark.parametrize(("ingress", "egress", "zones"), [
    (STRAY, OUT, ("N/A", "untrust")), (IN, STRAY, ("trust", "N/A")), (STRAY, STRAY, ("N/A", "N/A"))])
@pytest.mark.parametrize("default", [Action.DENY, Action.PERMIT])
def test_interfaces_outside_every_zone_take_no_traffic(ingress: Interface, egress: Interface, zones: tuple[str, str],
                                                       default: Action) -> None:
    everywhere = replace(POLICY, from_zones=(), to_zones=(), is_global=True)
    refusal = path(everywhere, default=default).admit(23, FLOW, ingress, egress)
    assert isinstance(refusal, Refusal)
    assert (refusal.action, refusal.policy) == (Action.DENY, None)
    assert (refusal.facts.source_zone, refusal.facts.destination_zone) == zones


@pytest.mark.parametrize(("seconds", "idle"), [(None, 1800.0), (60, 60.0), (0, float("inf"))])
def test_the_application_sets_the_idle_time(seconds: int | None, idle: float) -> None:
    assert admitted(path(timed(seconds))).plan.timeouts == Timeouts(idle=idle)


def test_services_are_named_only_after_predefined_applications() -> None:
    assert admitted(path(PROXIED)).facts.service_name == "junos-https"
    assert admitted(path(timed(60))).facts.service_name == "None"


def test_thresholds_and_deadlines_reach_the_plan() -> None:
    threshold, timeouts = NonSslThreshold(2, 90), Timeouts(0.5, 1, 2, 3)
    plan = admitted(replace(path(PROXIED), threshold=threshold, timeouts=timeouts)).plan
    assert (plan.threshold, plan.timeouts) == (threshold, timeouts)
