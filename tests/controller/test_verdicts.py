"""What becomes of a policy's packets while the NF is down, on the way there and back, and what is told of denied ones."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nf.controller import pipeline
from nf.controller.intents import Goto, Intent, Output, Purpose, Tell, WriteMetadata
from nf.controller.steering import Nobody, decide, unmetered, wanted
from nf.controller.verdicts import diverts, fail_mode
from nf.policy.match import ApplicationTerm, PortRange
from nf.policy.policies import Action, FailMode, Policy
from tests.controller.fake_switch import CONTROLLER, FakeNetwork
from tests.controller.networks import (
    ACK_ONLY,
    ANYWHERE,
    NO_SERVICES,
    ONE,
    PAIR,
    PROXIED,
    applications,
    configuration,
    flow,
    owner,
    packet,
    policy,
    tcp_term,
)
from tests.controller.test_steering import OPEN, TERMS, ZONE_LISTS, World, fate, flows, separate

MODES = st.sampled_from(FailMode)
FAILING = st.lists(st.builds(
    Policy, st.just("p"), ZONE_LISTS, ZONE_LISTS, st.just(ANYWHERE), st.just(ANYWHERE),
    st.lists(TERMS, min_size=1, max_size=2).map(lambda t: applications(*t)), st.sampled_from(Action),
    st.sampled_from([NO_SERVICES, PROXIED, PROXIED]), fail_mode=MODES, dynamic_applications=OPEN), max_size=4)


def failed(it):
    """What TCP meets under a diverting policy while the NF is down; what is always rejected does not pass then."""
    may_pass = it.is_open or it.action is Action.PERMIT
    passes = may_pass and it.fail_mode is FailMode.OPEN
    assert fail_mode(it) is (FailMode.OPEN if passes else FailMode.CLOSED)
    return Action.PERMIT if passes else Action.DENY


def as_if_down(config):
    """The same policies, with what each becomes while the NF is down written out."""
    policies = [replace(it, services=NO_SERVICES, action=failed(it), dynamic_applications=()) if diverts(it) else it
                for it in config.policies.policies]
    return replace(config, policies=replace(config.policies, policies=tuple(policies)))


@settings(max_examples=30, deadline=None)
@given(FAILING.map(configuration), st.lists(flows(6), min_size=1, max_size=6))
def test_while_the_nf_is_down_a_diverting_policy_permits_or_denies(config, ways):
    expected = World(as_if_down(config), ONE)
    intents = decide(config, ONE, nf_up=False)
    assert pipeline.faults(intents) == []
    network = FakeNetwork(intents, ONE)
    for way in ways:
        if separate(ONE, way):
            leaving = network.send(owner(ONE, way.src).place, packet(way))
            assert not {each.place.port for each in leaving} & {11, 12, 13}
            assert ("permit" if leaving and leaving[0].place.port else "deny") == expected.fate(way)


def fates(tables: dict[int, list[Intent]], in_port: int, sent: dict[str, int], table: int = 0) -> set[frozenset[int]]:
    """Every set of ports that a packet may leave by where entries of one priority overlap."""
    fitting = [it for it in tables[table]
               if all(field.name in sent and field.accepts(sent[field.name]) for field in it.match)]
    top = max(it.priority for it in fitting)
    found = set()
    for entry in (it for it in fitting if it.priority == top):
        state, ports, following = dict(sent), set(), None
        for each in entry.instructions:
            match each:
                case WriteMetadata(value, mask):
                    state["metadata"] = state["metadata"] & ~mask | value
                case Output(port):
                    ports.add(port)
                case Tell():
                    ports.add(CONTROLLER)
                case Goto(number):
                    following = number
        found |= fates(tables, in_port, state, following) if following is not None else {frozenset(ports - {in_port})}
    return found


@settings(max_examples=30, deadline=None)
@given(FAILING.map(configuration), st.lists(flows(6), min_size=1, max_size=4), st.sampled_from([0x02, ACK_ONLY]))
def test_between_the_nfs_two_states_a_packet_meets_what_the_one_or_the_other_says_or_nothing(config, ways, flags):
    up, down = wanted(config, ONE).states.values()
    tables: dict[str, dict[int, list[Intent]]] = {}
    for name, entries in (("up", up), ("down", down), ("between", {*up, *down})):
        tables[name] = {number: [it for it in entries if it.table == number] for number in range(len(pipeline.TABLES))}
    for way in ways:
        if separate(ONE, way):
            at = owner(ONE, way.src).place.port
            sent = {**packet(way, flags), "in_port": at, "metadata": 0}
            allowed = fates(tables["up"], at, sent) | fates(tables["down"], at, sent) | {frozenset()}
            assert fates(tables["between"], at, sent) <= allowed


@settings(deadline=None)
@given(FAILING.map(configuration))
def test_the_change_between_the_states_is_told_by_purposes_alone(config):
    both = wanted(config, ONE)
    for state, before in itertools.permutations(both.states, 2):
        after = {it.key: it for it in both.states[before]} | {it.key: it for it in both.new(1, state, before)}
        gone = both.over(state)
        left = {it for it in after.values() if it.purpose not in gone}
        assert left == set(both.states[state])


@settings(deadline=None)
@given(FAILING.map(configuration))
def test_so_is_the_change_between_the_nodes_of_a_cluster(config):
    nodes = wanted(config, PAIR)
    for state, before in itertools.permutations(nodes.states, 2):
        after = {it.key: it for it in nodes.states[before]} | {
            it.key: it for switch in PAIR.switches for it in nodes.new(switch.dpid, state, before)}
        gone = nodes.over(state)
        left = {it for it in after.values() if it.purpose not in gone}
        expected = set(nodes.states[state])
        assert expected <= left if state is Nobody.UNDECIDED else left == expected


def test_a_switch_without_meters_gets_the_same_entries_but_is_told_to_tell_nothing_of_denials():
    refusing = replace(policy("no", Action.REJECT), log_init=True)
    up = decide(configuration([refusing]), ONE)
    plain = [unmetered(intent) for intent in up]
    assert [intent.key for intent in plain] == [intent.key for intent in up]
    told = {intent.purpose: intent.instructions for intent in plain if intent != up[plain.index(intent)]}
    assert told == {Purpose.HEARTBEAT: (Tell(0),), Purpose.REFUSED: (), Purpose.REPLY_REFUSED: ()}


def test_what_a_policy_denies_with_a_log_or_rejects_is_told_where_it_would_be_dropped():
    dns = applications(ApplicationTerm(17, destination_ports=PortRange(53, 53)), tcp_term(53))
    noted = replace(policy("p", Action.DENY, application=dns), log_init=True)
    for denied in (policy("p", Action.REJECT, application=dns), noted):
        config = configuration([denied])
        for proto, told in ((6, Purpose.REFUSED), (17, Purpose.REPLY_REFUSED)):
            way = flow("10.0.0.1", "10.0.0.2", 53, proto=proto)
            assert [(out.place.port, out.met[-1]) for out in fate(config, way)] == [(CONTROLLER, told)]
        assert fate(config, flow("10.0.0.1", "10.0.0.2", 53), ACK_ONLY) == []
        assert fate(config, flow("10.0.0.1", "10.0.0.2", 54, proto=17)) == []
    quiet = configuration([policy("p", Action.DENY, application=dns)])
    assert fate(quiet, flow("10.0.0.1", "10.0.0.2", 53)) == []
    assert not any(intent.purpose in {Purpose.REFUSED, Purpose.REPLY_REFUSED} for intent in decide(quiet, ONE))


def test_a_heartbeat_is_told_from_a_leg_and_from_nowhere_else():
    network = FakeNetwork(decide(configuration([]), ONE), ONE)
    sent = {"eth_src": 1, "eth_dst": 2, "eth_type": 0x88B5}
    told = {port: network.switches["s1"].send(port, sent)[0] for port in (1, 2, 3, 4, 11, 12, 13)}
    assert {port for port, leaving in told.items() if leaving} == {11, 12, 13}
    assert all(leaving == [(CONTROLLER, sent)] for port, leaving in told.items() if port > 10)


def test_tcp_whose_application_decides_is_diverted_and_other_protocols_go_on_to_the_next_policy():
    unified = replace(policy("unified", Action.DENY), dynamic_applications=("junos:HTTP",))
    config = configuration([unified, policy("rest")])
    world = World(config, ONE)
    assert world.fate(flow("10.0.0.1", "10.0.0.2")) == world.view(flow("10.0.0.1", "10.0.0.2")) == "divert"
    assert world.fate(flow("10.0.0.1", "10.0.0.2", proto=17)) == "permit"


def test_what_is_rejected_over_tls_is_diverted_and_other_protocols_are_rejected_here():
    config = configuration([policy("no", Action.REJECT, PROXIED)])
    world = World(config, ONE)
    assert world.fate(flow("10.0.0.1", "10.0.0.2")) == "divert"
    told = fate(config, flow("10.0.0.1", "10.0.0.2", proto=17))
    assert [(out.place.port, out.met[-1]) for out in told] == [(CONTROLLER, Purpose.REPLY_REFUSED)]
