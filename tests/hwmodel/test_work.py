from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.platform import load_platform
from hwmodel.work import Work

amounts = st.integers(0, 10**9)
works = st.builds(Work, *[amounts] * len(fields(Work)))


@given(works, works, works)
def test_work_adds_up_in_any_order(a: Work, b: Work, c: Work) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Work() == a


@given(works, st.integers(1, 40))
def test_portions_add_up_to_the_whole_and_differ_by_one_at_most(work: Work, parts: int) -> None:
    portions = work.shared(parts)
    assert len(portions) == parts
    assert sum(portions, Work()) == work
    assert max(p.bytes for p in portions) - min(p.bytes for p in portions) <= 1


@given(works, works)
def test_cost_is_linear(a: Work, b: Work) -> None:
    costs = load_platform("srx1600").costs
    assert costs.seconds(a + b) == pytest.approx(costs.seconds(a) + costs.seconds(b))


@pytest.mark.parametrize("name", [field.name for field in fields(Work)])
def test_each_amount_is_priced_by_its_own_figure(name: str) -> None:
    prices = {"packets": 1e-6, "bytes": 1e-9, "sessions": 1e-6, "decrypted_bytes": 1e-9, "inspected_bytes": 1e-9}
    costs = load_platform("srx1600").costs
    figure = {
        "packets": costs.packet_us,
        "bytes": costs.byte_ns,
        "sessions": costs.session_us,
        "full_handshakes": costs.full_handshake_us,
        "resumed_handshakes": costs.resumed_handshake_us,
        "decrypted_bytes": costs.decrypted_byte_ns,
        "inspected_bytes": costs.inspected_byte_ns,
    }[name]
    assert costs.seconds(Work(**{name: 1000})) == pytest.approx(1000 * figure * prices.get(name, 1e-6))
