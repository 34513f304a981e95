"""What translation and screens add, in the documented order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.features import Nat, Screen, nat_packets, with_features
from hwmodel.platform import Kind, load_platform

NATS = st.frozensets(st.sampled_from(Nat))


def test_a_static_match_leaves_the_later_look_up_out() -> None:
    assert nat_packets(set(Nat)) == 8
    assert nat_packets(set(Nat), {Nat.STATIC}) == 6
    assert nat_packets(set(Nat), {Nat.SOURCE}) == 12
    assert nat_packets(set(Nat), {Nat.REVERSE_STATIC, Nat.SOURCE}) == 6


@given(NATS, NATS, st.frozensets(st.sampled_from(Screen)))
def test_features_never_make_it_cheaper(rules: frozenset[Nat], hits: frozenset[Nat], screens: frozenset[Screen]) -> None:
    plain = load_platform("vsrx-2cpu")
    dearer = with_features(plain, rules=rules, hits=hits & rules, screens=screens)
    assert dearer.costs.session_us >= plain.costs.session_us
    assert dearer.costs.packet_us == pytest.approx(plain.costs.packet_us * (1 + 0.05 * len(screens)))


def test_what_was_added_is_called_assumed() -> None:
    plain = load_platform("srx1600")
    dearer = with_features(plain, screens={Screen.SYN_FLOOD})
    assert dearer.figures["costs.packet_us"].kind is Kind.ASSUMED
    assert dearer.figures["costs.session_us"] == plain.figures["costs.session_us"]
    assert with_features(plain) == plain
