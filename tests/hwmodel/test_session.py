from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction, FiveTuple
from tests.hwmodel.hardware import flow

ports = st.integers(0, 65535)
flows = st.builds(FiveTuple, st.ip_addresses(), ports, st.ip_addresses(), ports, st.integers(0, 255))


@given(flows)
def test_seen_from_both_ends_it_is_the_same_flow(there: FiveTuple) -> None:
    back = there.reversed()
    assert (back.src, back.sport, back.dst, back.dport, back.proto) == (
        there.dst,
        there.dport,
        there.src,
        there.sport,
        there.proto,
    )
    assert back.reversed() == there


def test_directions_are_opposites() -> None:
    assert Direction.C2S.opposite is Direction.S2C
    assert Direction.S2C.opposite is Direction.C2S


def test_a_five_tuple_reads_as_junos_logs_write_it() -> None:
    assert str(flow()) == "10.0.0.1/1024->198.18.0.1/443;6"
