from dataclasses import replace

import pytest

from hwmodel import distribution as distributions
from hwmodel.chassis import Chassis, FastPath, FirstPath, Refusal, Refused
from hwmodel.platform import PlatformError, Role, available, load_platform
from hwmodel.session import Packet, Session
from hwmodel.work import Work
from tests.hwmodel.hardware import flow, small_platform, syn


def opened(chassis: Chassis, client: int) -> Session:
    placement = chassis.receive(syn(client), 0.0)
    assert isinstance(placement, FirstPath)
    return placement.session


@pytest.mark.parametrize("name", available())
def test_every_platform_carries_a_session_from_first_packet_to_close(name: str) -> None:
    chassis = Chassis(load_platform(name))
    session = opened(chassis, 1)
    assert chassis.receive(Packet(flow(1), opens=False), 0.1) == FastPath(session)
    assert chassis.receive(Packet(flow(1).reversed(), opens=False), 0.2) == FastPath(session)
    assert chassis.session(session.id) is session
    assert chassis.charge(session.id, Work(sessions=1), 0.3) == pytest.approx(chassis.platform.costs.session_us / 1e6)
    assert chassis.close(session.id, 0.4) is session
    assert (chassis.sessions(), chassis.wings(), chassis.close(session.id, 0.5)) == ((), 0, None)
    assert chassis.charge(session.id, Work(sessions=1), 0.6) == 0.0


def test_what_opens_no_session_is_refused_by_the_syn_check() -> None:
    placement = Chassis(small_platform()).receive(Packet(flow(), opens=False), 0.0)
    assert isinstance(placement, Refused)
    assert placement.reason is Refusal.NOT_AN_OPENER
    assert placement.spu in (1, 2, 3)


def test_a_full_spu_refuses_although_others_have_room() -> None:
    chassis = Chassis(small_platform((20, 20)))
    refused = [p for p in (chassis.receive(syn(n), 0.0) for n in range(40)) if isinstance(p, Refused)]
    assert refused
    [full] = {placement.spu for placement in refused}
    assert {placement.reason for placement in refused} == {Refusal.SESSION_TABLE_FULL}
    for status in chassis.status(0.0)[1:]:
        expected = (20, len(refused)) if status.spu == full else (20 - len(refused), 0)
        assert (status.sessions, status.failed) == expected


def test_a_wing_that_found_no_room_in_the_cache_still_reaches_its_session() -> None:
    chassis = Chassis(small_platform(wings=2))
    opened(chassis, 1)
    second = opened(chassis, 2)
    assert chassis.wings() == 2
    assert chassis.receive(Packet(flow(2).reversed(), opens=False), 0.0) == FastPath(second)


def test_a_reply_through_another_network_processor_installs_its_wing_there() -> None:
    chassis = Chassis(replace(small_platform(), network_processors=2))
    session = opened(chassis, 1)
    reply = Packet(flow(1).reversed(), opens=False)
    assert chassis.receive(reply, 0.0, ingress=1) == FastPath(session)
    assert chassis.wings() == 3
    chassis.close(session.id, 1.0)
    assert chassis.wings() == 0
    assert isinstance(chassis.receive(reply, 1.0, ingress=1), Refused)


def test_a_failed_spu_loses_its_own_sessions_and_its_indices_go_to_the_living() -> None:
    chassis = Chassis(small_platform((100, 100, 100)))
    before = [opened(chassis, client) for client in range(60)]
    lost = chassis.fail(2, 1.0)
    assert set(lost) == {session for session in before if session.spu == 2}
    assert set(chassis.sessions()) == {session for session in before if session.spu != 2}
    assert {opened(chassis, client).spu for client in range(100, 160)} == {1, 3}
    assert chassis.fail(2, 2.0) == ()
    chassis.restore(2, 3.0)
    again = [chassis.receive(packet, 3.0) for packet in map(syn, range(200, 260))]
    owners = {placement.session.spu for placement in again if isinstance(placement, FirstPath)}
    assert owners == {1, 2, 3}


def test_with_a_reset_every_session_is_lost() -> None:
    chassis = Chassis(small_platform((100, 100, 100)), reset_on_spu_failure=True)
    before = {opened(chassis, client) for client in range(60)}
    assert set(chassis.fail(2, 1.0)) == before
    assert (chassis.sessions(), chassis.wings()) == ((), 0)
    assert {opened(chassis, client).spu for client in range(60)} == {1, 3}


@pytest.mark.parametrize("distribution", distributions.available())
def test_without_a_living_spu_nothing_is_placed(distribution: str) -> None:
    chassis = Chassis(load_platform("vsrx-2cpu"), distribution)
    chassis.fail(0, 0.0)
    assert chassis.receive(syn(), 0.0) == Refused(Refusal.NO_LIVE_SPU)
    chassis.restore(0, 1.0)
    assert isinstance(chassis.receive(syn(), 1.0), FirstPath)


@pytest.mark.parametrize("distribution", distributions.available())
def test_without_the_central_point_sessions_go_on_and_no_new_ones_come(distribution: str) -> None:
    chassis = Chassis(small_platform(), distribution)
    session = opened(chassis, 1)
    assert chassis.fail(0, 0.0) == ()
    assert chassis.receive(Packet(flow(1)), 0.0) == FastPath(session)
    placement = chassis.receive(syn(2), 0.0)
    assert isinstance(placement, Refused)
    assert placement.reason is Refusal.NO_CENTRAL_POINT
    # tables still lead a packet to an SPU, which may open nothing; without them it gets nowhere
    chooser = getattr(distributions.load(distribution), "chooser", None)
    assert (placement.spu is None) == (chooser is distributions.Chooser.CENTRAL_POINT)
    chassis.restore(0, 1.0)
    assert isinstance(chassis.receive(syn(2), 1.0), FirstPath)


def test_status_shows_places_roles_and_the_central_points_own_count() -> None:
    chassis = Chassis(small_platform((8, 16)))
    session = opened(chassis, 1)
    chassis.charge(session.id, Work(packets=1000), 0.5)
    cp, *flow_spus = chassis.status(1.0)
    assert (cp.fpc, cp.pic, cp.role, cp.alive) == (0, 0, Role.CENTRAL_POINT, True)
    assert (cp.sessions, cp.max_sessions, cp.cp_sessions, cp.cp_max_sessions) == (0, 0, 1, 24)
    assert [(spu.fpc, spu.pic, spu.max_sessions, spu.cp_max_sessions) for spu in flow_spus] == [
        (0, 1, 8, 0),
        (0, 2, 16, 0),
    ]
    owner = chassis.status(1.0)[session.spu]
    assert (owner.sessions, owner.created, owner.work) == (1, 1, Work(packets=1000))
    assert owner.cpu_percent == pytest.approx(0.1, abs=0.05)
    assert chassis.history(session.spu, 1.0).sessions[0] == 1


def test_unknown_names_are_told() -> None:
    with pytest.raises(PlatformError):
        load_platform("nosuch")
