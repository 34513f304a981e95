from dataclasses import replace

import pytest

from hwmodel.platform import SessionIds, load_platform
from hwmodel.session import Direction
from hwmodel.spu import Spu
from hwmodel.work import Work
from tests.hwmodel.hardware import flow, small_platform


def spu(capacity: int = 4, ids: SessionIds = SessionIds.DECIMAL) -> Spu:
    platform = replace(small_platform((capacity,)), session_ids=ids)
    return Spu(1, platform.spus[1], platform)


def test_a_session_has_two_opposite_wings() -> None:
    session = spu().create(flow(), 0.0)
    assert session is not None
    assert session.c2s.five_tuple == session.s2c.five_tuple.reversed() == flow()
    assert (session.c2s.direction, session.s2c.direction) == (Direction.C2S, Direction.S2C)
    assert session.spu == 1


def test_identifiers_are_numbered_in_the_platform_familys_way() -> None:
    decimal, upper = spu().create(flow(), 0.0), spu(ids=SessionIds.UPPER_32).create(flow(), 0.0)
    assert decimal is not None
    assert decimal.id == 10_000_001  # FPC0 PIC1
    assert upper is not None
    assert upper.id == (2 << 32) + 1
    [vsrx] = load_platform("vsrx-2cpu").spus
    first = Spu(0, vsrx, load_platform("vsrx-2cpu")).create(flow(), 0.0)
    assert first is not None
    assert first.id == (1 << 32) + 1


def test_identifiers_in_use_are_skipped_when_numbers_come_round() -> None:
    unit = spu()
    unit._id_block = 4  # three numbers, so that they come round at once
    kept = unit.create(flow(0), 0.0)
    assert kept is not None
    for client in range(1, 9):
        other = unit.create(flow(client), 0.0)
        assert other is not None
        assert other.id != kept.id
        unit.close(other, 0.0)


def test_a_full_table_fails_the_session_and_counts_it() -> None:
    unit = spu(2)
    assert unit.create(flow(0), 0.0)
    assert unit.create(flow(1), 0.0)
    assert unit.create(flow(2), 0.0) is None
    assert (len(unit), unit.created, unit.failed) == (2, 2, 1)


def test_an_ipv6_session_takes_two_slots() -> None:
    unit = spu(4)
    first = unit.create(flow(0, version=6), 0.0)
    assert unit.create(flow(1, version=6), 0.0)
    assert unit.create(flow(2), 0.0) is None
    assert first is not None
    unit.close(first, 0.0)
    assert unit.create(flow(3), 0.0)
    assert unit.create(flow(4), 0.0)
    assert unit.create(flow(5), 0.0) is None


def test_load_is_cpu_asked_for_over_cpu_there_is() -> None:
    unit = spu()  # two threads
    packets = round(1e6 / 1.17)  # one second of one thread
    assert unit.charge(Work(packets=packets), 5.5) == pytest.approx(1, rel=1e-6)
    status = unit.status(6.0)
    assert status.load == pytest.approx(0.5, rel=1e-6)
    assert status.cpu_percent == 50.0
    assert unit.status(9.0).load == 0.0


def test_an_overloaded_spu_says_so_and_prints_no_more_than_100_percent() -> None:
    unit = spu()
    unit.charge(Work(packets=10_000_000), 3.0)
    status = unit.status(4.0)
    assert status.load > 5
    assert status.cpu_percent == 100.0
    assert unit.create(flow(), 4.0) is not None


def test_creation_rate_is_the_average_of_96_seconds() -> None:
    unit = spu(1000)
    for client in range(960):
        unit.create(flow(client), client / 10)
    assert unit.status(96.0).creation_rate == pytest.approx(10)
    assert unit.status(144.0).creation_rate == pytest.approx(4.9, abs=0.1)
    assert unit.status(300.0).creation_rate == 0.0


def test_ipv6_sessions_are_counted_apart() -> None:
    unit = spu(1000)
    sessions = [unit.create(flow(client, version=version), 50.0) for client in range(48) for version in (4, 6)]
    assert (unit.status(96.0).ipv6_sessions, unit.status(96.0).ipv6_creation_rate) == (48, pytest.approx(0.5))
    assert sessions[1] is not None
    unit.close(sessions[1], 97.0)
    assert unit.status(97.0).ipv6_sessions == 47


def test_history_is_sixty_seconds_newest_first() -> None:
    unit = spu()
    session = unit.create(flow(), 10.0)
    assert session is not None
    unit.charge(Work(packets=10_000_000), 11.0)
    unit.close(session, 12.0)
    history = unit.history(13.0)
    assert (len(history.sessions), len(history.cpu_percent)) == (60, 60)
    assert history.sessions[:5] == (0, 0, 1, 1, 0)
    assert history.cpu_percent[:4] == (0.0, 0.0, 100.0, 0.0)


def test_failure_empties_the_table_and_keeps_the_counters() -> None:
    unit = spu(1)
    unit.create(flow(0), 0.0)
    unit.create(flow(1), 0.0)
    unit.fail(7.0)
    assert (len(unit), unit.alive, unit.created, unit.failed) == (0, False, 1, 1)
    unit.restore(8.0)
    assert unit.create(flow(2), 8.0)
    status = unit.status(9.0)
    assert (status.alive, status.since, status.peak_sessions) == (True, 8.0, 1)
