from dataclasses import replace
from random import Random

import pytest

from hwmodel.work import Work
from hwmodel.workload import SizeClass, Workload, arrivals

PLAIN = Workload(arrival_rate=200.0, duration=20.0)


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # a repeatable experiment, not a secret


def test_arrivals_come_in_order_at_the_rate_and_within_the_duration() -> None:
    times = [arrival.at for arrival in arrivals(PLAIN, seeded(1))]
    assert times == sorted(times)
    assert times[-1] < 20
    assert abs(len(times) - 4000) < 5 * 4000**0.5


def test_lives_have_the_mean_asked_for() -> None:
    lives = [arrival.life for arrival in arrivals(PLAIN, seeded(2))]
    assert sum(lives) / len(lives) == pytest.approx(4.0, rel=0.1)


def test_a_44_kb_transaction_takes_43_packets() -> None:
    arrival = next(arrivals(replace(PLAIN, tls_share=0.0), seeded(3)))
    assert arrival.opening.packets + arrival.data.packets == 43
    assert arrival.data == Work(packets=36, bytes=45_056, inspected_bytes=45_056)


def test_shares_decide_what_is_decrypted_resumed_and_inspected() -> None:
    shares = replace(PLAIN, tls_share=0.5, decrypted_share=0.5, resumed_share=0.25, inspected_share=0.5, ipv6_share=0.5)
    seen = list(arrivals(shares, seeded(4)))
    opening = sum((arrival.opening for arrival in seen), Work())
    data = sum((arrival.data for arrival in seen), Work())
    assert opening.sessions == len(seen)
    assert (opening.full_handshakes + opening.resumed_handshakes) * 45_056 == data.decrypted_bytes
    assert opening.resumed_handshakes / len(seen) == pytest.approx(0.5 * 0.5 * 0.25, abs=0.03)
    assert data.decrypted_bytes / data.bytes == pytest.approx(0.25, abs=0.04)
    assert data.inspected_bytes / data.bytes == pytest.approx(0.75 * 0.5, abs=0.04)
    versions = [arrival.packet.five_tuple.src.version for arrival in seen]
    assert versions.count(6) / len(seen) == pytest.approx(0.5, abs=0.04)


def test_sizes_come_by_weight() -> None:
    mixed = replace(PLAIN, sizes=(SizeClass(0, 3.0), SizeClass(1_000_000, 1.0)))
    sizes = [arrival.data.bytes for arrival in arrivals(mixed, seeded(5))]
    assert sizes.count(0) / len(sizes) == pytest.approx(0.75, abs=0.04)


def test_addresses_come_from_the_pools() -> None:
    few = [arrival.packet.five_tuple for arrival in arrivals(replace(PLAIN, clients=3, servers=2), seeded(6))]
    assert len({flow.src for flow in few}) == 3
    assert len({flow.dst for flow in few}) == 2
    assert all(1024 <= flow.sport <= 65535 for flow in few)
