"""The box's pieces at work in one chassis: offload, drop-flows, limits, anchors, the classic central point, ageing."""

import dataclasses

import pytest
from msgspec.structs import replace

from hwmodel.chassis import Chassis, FastPath, FirstPath, Refusal, Refused
from hwmodel.express_path import Exclusion, offloads
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import load_platform
from hwmodel.session import ICMP, UDP, Packet, Session
from hwmodel.work import Work
from tests.hwmodel.hardware import flow, small_platform, syn


def opened(chassis: Chassis, packet: Packet, now: float = 0.0) -> Session:
    placement = chassis.receive(packet, now)
    assert isinstance(placement, FirstPath)
    return placement.session


def spent(chassis: Chassis) -> float:
    return sum(status.cpu_seconds for status in chassis.status(1.0))


def test_an_offloaded_session_costs_its_spu_no_packets() -> None:
    chassis = Chassis(load_platform("srx4600"))
    session = opened(chassis, syn(1))
    assert chassis.offload(session.id) is None
    assert chassis.charge(session.id, Work(packets=1000, bytes=10**6), 0.5) == 0.0
    assert (chassis.offloaded_packets.total(), chassis.offloaded().total(), spent(chassis)) == (1000, 1, 0.0)
    chassis.close(session.id, 1.0)
    assert chassis.offloaded().total() == 0


@pytest.mark.parametrize(("packet", "words", "reason"), [
    (Packet(replace(flow(), proto=UDP, dport=53)), {}, Exclusion.PORT),
    (Packet(replace(flow(), proto=UDP, dport=123)), {}, Exclusion.PORT),
    (Packet(replace(flow(), proto=UDP)), {}, None),
    (Packet(replace(flow(), proto=ICMP)), {}, Exclusion.PROTOCOL),
    (syn(), {"services": True}, Exclusion.SERVICES),
    (syn(), {"fragments": True}, Exclusion.FRAGMENTS),
])
def test_what_is_not_offloaded_says_why(packet: Packet, words: dict[str, bool], reason: Exclusion | None) -> None:
    chassis = Chassis(load_platform("srx4600"))
    assert chassis.offload(opened(chassis, packet).id, **words) is reason


def test_offload_needs_a_platform_a_setting_and_room() -> None:
    fixed, off = Chassis(load_platform("srx1600")), FlowSettings(services_offload=False)
    assert fixed.offload(opened(fixed, syn()).id) is Exclusion.PLATFORM
    disabled = Chassis(load_platform("srx4600"), settings=off)
    assert disabled.offload(opened(disabled, syn()).id) is Exclusion.DISABLED
    small = Chassis(dataclasses.replace(load_platform("srx4600"), wings_per_np=3))
    assert small.offload(opened(small, syn(1)).id) is None
    assert small.offload(opened(small, syn(2)).id) is Exclusion.CACHE_FULL
    assert offloads(load_platform("srx4600"))
    assert not offloads(load_platform("srx4600"), off)
    assert not offloads(load_platform("srx1600"))


def test_a_denied_flow_is_dropped_for_a_while_and_only_so_many_are() -> None:
    chassis = Chassis(small_platform((20,)))
    assert chassis.deny(flow(1), 0.0)
    assert chassis.deny(flow(2), 0.0)
    assert not chassis.deny(flow(3), 0.0)  # 10 % of 20
    assert chassis.receive(syn(1), 3.9) == Refused(Refusal.DROP_FLOW, 1)
    assert chassis.drop_flows().total() == 2
    assert isinstance(chassis.receive(syn(1), 4.0), FirstPath)
    assert chassis.deny(flow(3), 4.0)


@pytest.mark.parametrize(("settings", "reason"), [
    (FlowSettings(source_limit=2), Refusal.SOURCE_LIMIT),
    (FlowSettings(destination_limit=2), Refusal.DESTINATION_LIMIT),
])
def test_an_address_has_no_more_sessions_than_its_limit(settings: FlowSettings, reason: Refusal) -> None:
    chassis = Chassis(small_platform((100,)), settings=settings)
    first, _ = opened(chassis, syn(0)), opened(chassis, syn(1))
    assert chassis.receive(syn(2), 0.0) == Refused(reason, 1)  # clients 0 to 3 share an address
    chassis.close(first.id, 1.0)
    assert isinstance(chassis.receive(syn(2), 1.0), FirstPath)


def test_fragments_meet_by_addresses_alone_and_may_cross_the_fabric() -> None:
    chassis = Chassis(small_platform((100, 100, 100)))
    sessions = [opened(chassis, syn(client)) for client in range(4)]  # one pair of addresses
    before = spent(chassis)
    for client in range(4):
        chassis.receive(Packet(flow(client), fragment=True), 0.5)
    assert spent(chassis) - before == pytest.approx(4 * chassis.platform.costs.packet_us / 1e6)
    [anchor] = {status.spu for status in chassis.status(0.5) if status.cpu_seconds}
    assert chassis.fabric_hops == sum(session.spu != anchor for session in sessions)


def test_with_affinity_a_tunnels_sessions_are_on_its_anchor() -> None:
    outer = replace(flow(7), proto=50)
    packets = [replace(syn(client), outer=outer) for client in range(20)]
    apart = Chassis(small_platform((100,) * 3))
    bound = Chassis(small_platform((100,) * 3), settings=FlowSettings(session_affinity=True))
    assert len({opened(apart, packet).spu for packet in packets}) == 3
    assert len({opened(bound, packet).spu for packet in packets}) == 1
    assert (apart.fabric_hops > 0, bound.fabric_hops) == (True, 0)


def test_a_classic_central_point_works_for_every_session_and_has_a_table_of_its_own() -> None:
    chassis = Chassis(small_platform((100,)), settings=FlowSettings(classic_central_point=True))
    opened(chassis, syn(1))
    host, owner = chassis.status(1.0)
    assert (host.cp_max_sessions, owner.cpu_seconds) == (9_000_000, 0.0)
    assert host.cpu_seconds == pytest.approx(2 * chassis.platform.costs.packet_us / 1e6)
    chassis._central_point.capacity = 1
    assert chassis.receive(syn(2), 0.0) == Refused(Refusal.CENTRAL_POINT_FULL, 1)


def test_translation_may_part_the_points_that_match_a_sessions_wings() -> None:
    chassis = Chassis(small_platform((100,) * 3))
    plain = opened(chassis, syn(1))
    assert len(set(chassis.distributed_central_points(plain))) == 1
    translated = [opened(chassis, replace(syn(2 + n), reply=flow(100 + n).reversed())) for n in range(20)]
    assert any(len(set(chassis.distributed_central_points(session))) == 2 for session in translated)
    reply = Packet(translated[0].s2c.five_tuple, opens=False)
    assert chassis.receive(reply, 0.1) == FastPath(translated[0])


def test_a_one_way_udp_flow_takes_one_wing_until_it_is_answered() -> None:
    chassis = Chassis(load_platform("srx4600"))
    packet = Packet(replace(flow(), proto=UDP))
    session = opened(chassis, packet)
    assert chassis.wings() == 1
    chassis.receive(Packet(packet.five_tuple.reversed()), 0.1)
    assert chassis.wings() == 2
    chassis.close(session.id, 0.2)
    opened(chassis, syn())
    assert chassis.wings() == 2


def test_idle_sessions_and_idle_wings_age() -> None:
    chassis = Chassis(small_platform((100,)))
    tcp, udp = opened(chassis, syn(1)), opened(chassis, Packet(replace(flow(2), proto=UDP)))
    assert chassis.age(59.0) == ()
    assert chassis.age(60.0) == (udp,)
    assert (chassis.sessions(), chassis.wings()) == ((tcp,), 0)
    assert chassis.receive(Packet(flow(1), opens=False), 61.0) == FastPath(tcp)
    assert chassis.wings() == 1
    assert chassis.age(1861.0) == (tcp,)


def test_the_wings_of_a_silent_session_go_and_come_back_with_its_next_packet() -> None:
    chassis = Chassis(small_platform((100,)))
    silent, busy = opened(chassis, syn(1)), opened(chassis, syn(2))
    chassis.charge(busy.id, Work(packets=1), 30.0)
    chassis.age_wings(60.0)
    assert (chassis.wings(), len(chassis.sessions())) == (2, 2)
    chassis.charge(silent.id, Work(bytes=1), 61.0)
    assert chassis.wings() == 2
    chassis.charge(silent.id, Work(packets=1), 62.0)
    assert chassis.wings() == 4
    chassis.close(silent.id, 63.0)
    chassis.age_wings(90.0)
    assert chassis.wings() == 0
