from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.sessions import DECRYPTED, INSPECTED, OPENS, RESUMED, TLS, Sessions
from hwmodel.workload import RateState, SizeClass, Spread, Workload, draw

PLAIN = Workload(arrival_rate=2000.0, duration=20.0)
SPREADS = [Spread("constant"), Spread("exponential"), Spread("uniform"), Spread("lognormal", 1.0), Spread("pareto", 2.5)]


def share(sessions: Sessions, bits: int) -> float:
    return float(np.mean(sessions.flags & bits == bits))


@given(
    seed=st.integers(0, 1 << 32), rate=st.floats(0.1, 500), gaps=st.sampled_from(SPREADS), lives=st.sampled_from(SPREADS),
    final=st.floats(0, 500), ipv6=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_sessions_come_in_order_within_the_duration_and_again_from_the_same_seed(
    seed: int, rate: float, gaps: Spread, lives: Spread, final: float, ipv6: float
) -> None:
    workload = Workload(
        arrival_rate=rate, duration=4.0, start=1.0, gaps=gaps, lives=lives, final_rate=final, ipv6_share=ipv6, clients=5)
    sessions, again = draw(workload, seed), draw(workload, seed)
    assert np.all(np.diff(sessions.at) >= 0)
    assert np.all((sessions.at >= 1) & (sessions.at < 4))
    assert np.all(sessions.life >= 0)
    assert all(np.array_equal(getattr(sessions, name), getattr(again, name)) for name in ("at", "life", "client_low", "flags"))
    assert {sessions.flow(i).src.version for i in range(len(sessions))} <= {4, 6}


@pytest.mark.parametrize("gaps", SPREADS)
def test_the_rate_is_the_one_asked_for_whatever_the_gaps(gaps: Spread) -> None:
    assert len(draw(replace(PLAIN, gaps=gaps), 1)) == pytest.approx(40_000, rel=0.05)


def test_poisson_counts_vary_as_much_as_they_are_many() -> None:
    counts = np.bincount((draw(PLAIN, 2).at * 100).astype(int))
    assert np.var(counts) / np.mean(counts) == pytest.approx(1.0, abs=0.1)


def test_a_markov_modulated_rate_varies_more() -> None:
    bursty = replace(PLAIN, duration=200.0, states=(RateState(100, 1.0), RateState(1000, 1.0)))
    at = draw(bursty, 3).at
    counts = np.bincount((at * 10).astype(int))
    assert len(at) == pytest.approx(200 * 550, rel=0.15)
    assert np.var(counts) / np.mean(counts) > 10


def test_a_ramp_grows_evenly() -> None:
    at = draw(replace(PLAIN, arrival_rate=0.001, final_rate=4000.0), 4).at
    assert len(at) == pytest.approx(40_000, rel=0.03)
    assert np.mean(at < 10) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("lives", SPREADS)
def test_lives_have_the_mean_asked_for(lives: Spread) -> None:
    assert draw(replace(PLAIN, lives=lives), 5).life.mean() == pytest.approx(4.0, rel=0.05)


def test_a_44_kb_transaction_takes_43_packets() -> None:
    sessions = draw(PLAIN, 6)
    assert set(sessions.packets) == {43}
    assert set(sessions.bytes) == {45_056}


def test_packets_follow_the_mix_and_a_half_open_session_has_one() -> None:
    mixed = replace(PLAIN, protocol="udp", packet_sizes=(SizeClass(64, 7), SizeClass(570, 4), SizeClass(1518, 1)))
    assert set(draw(replace(mixed, sizes=(SizeClass(354_000),)), 7).packets) == {1000}  # 354.2 bytes in the mean
    assert set(draw(replace(PLAIN, half_open=True), 7).packets) == {1}


def test_shares_decide_what_is_decrypted_resumed_and_inspected() -> None:
    some = replace(PLAIN, tls_share=0.5, decrypted_share=0.5, resumed_share=0.25, inspected_share=0.5, ipv6_share=0.5)
    sessions = draw(some, 8)
    assert share(sessions, OPENS) == 1
    assert share(sessions, TLS) == pytest.approx(0.5, abs=0.02)
    assert share(sessions, TLS | DECRYPTED) == share(sessions, DECRYPTED) == pytest.approx(0.25, abs=0.02)
    assert share(sessions, DECRYPTED | RESUMED) == share(sessions, RESUMED) == pytest.approx(0.0625, abs=0.01)
    assert share(sessions, INSPECTED) == pytest.approx(0.75 * 0.5, abs=0.02)
    assert sessions.v6.mean() == pytest.approx(0.5, abs=0.02)
    assert np.all((sessions.client_high > 0) == sessions.v6)


def test_sizes_come_by_weight() -> None:
    sizes = draw(replace(PLAIN, sizes=(SizeClass(0, 3.0), SizeClass(1_000_000, 1.0))), 9).bytes
    assert np.mean(sizes == 0) == pytest.approx(0.75, abs=0.02)


def test_addresses_come_from_the_pools() -> None:
    sessions = draw(replace(PLAIN, clients=3, servers=2), 10)
    assert {str(sessions.flow(i).src) for i in range(100)} == {"10.0.0.1", "10.0.0.2", "10.0.0.3"}
    assert {str(sessions.flow(i).dst) for i in range(100)} == {"198.18.0.1", "198.18.0.2"}
    assert sessions.client_port.min() >= 1024


def test_parts_are_one_load_in_order() -> None:
    elephant = replace(PLAIN, sessions=1, sizes=(SizeClass(10**10),))
    sessions = draw(replace(PLAIN, parts=(PLAIN, elephant)), 11)
    assert np.all(np.diff(sessions.at) >= 0)
    assert list(np.flatnonzero(sessions.bytes == 10**10)) == [0]


def test_faster_is_more_of_the_same() -> None:
    twice = replace(PLAIN, parts=(PLAIN, replace(PLAIN, sessions=3))).faster(2)
    assert (twice.parts[0].arrival_rate, twice.parts[1].sessions) == (4000, 3)
