from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.platform import load_platform
from hwmodel.work import HANDSHAKES, Work

TOTALS = [field.name for field in fields(Work) if field.name != "kinds"]
P256 = "handshake:tls1.3-p-256"
amounts = st.integers(0, 10**9)
kinds = st.dictionaries(st.sampled_from([P256, "record:aes-128-gcm", "service:idp"]), st.integers(1, 10**9))
works = st.builds(Work, *[amounts] * len(TOTALS), kinds=kinds)


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
    costs = replace(load_platform("srx1600").costs, kinds={P256: 700.0, "service:idp": 9.0})
    assert costs.seconds(a + b) == pytest.approx(costs.seconds(a) + costs.seconds(b))


@pytest.mark.parametrize("name", TOTALS)
def test_each_amount_is_priced_by_its_own_figure(name: str) -> None:
    prices = {"packets": 1e-6, "bytes": 1e-9, "sessions": 1e-6, "decrypted_bytes": 1e-9, "inspected_bytes": 1e-9}
    costs = replace(load_platform("srx1600").costs, message_us=7.0)
    figure = {
        "packets": costs.packet_us,
        "bytes": costs.byte_ns,
        "sessions": costs.session_us,
        "full_handshakes": costs.full_handshake_us,
        "resumed_handshakes": costs.resumed_handshake_us,
        "decrypted_bytes": costs.decrypted_byte_ns,
        "inspected_bytes": costs.inspected_byte_ns,
        "messages": costs.message_us,
    }[name]
    assert costs.seconds(Work(**{name: 1000})) == pytest.approx(1000 * figure * prices.get(name, 1e-6))


def test_a_kind_with_a_price_costs_that_instead_of_its_total() -> None:
    costs = replace(load_platform("srx1600").costs, kinds={P256: 700.0, "record:aes-128-gcm": 3.0})
    assert costs.seconds(Work(full_handshakes=2, kinds={P256: 1})) == pytest.approx(700e-6 + costs.full_handshake_us * 1e-6)
    assert costs.seconds(Work(decrypted_bytes=10, kinds={"record:aes-128-gcm": 10})) == pytest.approx(30e-9)


def test_a_kind_without_a_price_costs_its_total() -> None:
    costs = load_platform("srx1600").costs
    for name in HANDSHAKES[1:]:
        took_up = name in {"tls1.2-resumed", "tls1.3-resumed"}
        work = Work(full_handshakes=not took_up, resumed_handshakes=took_up, kinds={f"handshake:{name}": 1})
        assert costs.seconds(work) * 1e6 == pytest.approx(costs.handshake_us(name, resumed=took_up))
