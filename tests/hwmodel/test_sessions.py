from ipaddress import IPv6Address

import numpy as np
import pytest

from hwmodel.session import UDP, FiveTuple
from hwmodel.sessions import from_columns, merged


def test_one_value_stands_for_all_and_what_is_not_named_is_zero() -> None:
    sessions = from_columns(5.0, at=[0.0, 1.0], life=2.0)
    assert len(sessions) == 2
    assert list(sessions.life) == [2.0, 2.0]
    assert sessions.packets.dtype == np.int64
    assert not sessions.packets.any()


def test_a_flow_is_its_five_tuple() -> None:
    address = IPv6Address("2001:db8:1::7")
    sessions = from_columns(1.0, at=[0.0], client_low=7, client_high=int(address) >> 64, server_low=9,
                            server_high=int(address) >> 64, v6=True, client_port=1024, server_port=53, protocol=UDP)
    assert sessions.flow(0) == FiveTuple(address, 1024, IPv6Address("2001:db8:1::9"), 53, UDP)


def test_merging_keeps_rows_whole_and_sorts_by_time() -> None:
    both = merged([from_columns(5.0, at=[0.0, 3.0], bytes=1), from_columns(9.0, at=[1.0], bytes=2)])
    assert list(both.at) == [0.0, 1.0, 3.0]
    assert list(both.bytes) == [1, 2, 1]
    assert both.duration == 9.0


def test_faster_brings_them_closer_and_leaves_them_their_lives() -> None:
    faster = from_columns(8.0, at=[0.0, 4.0], life=3.0).faster(2)
    assert (list(faster.at), list(faster.life), faster.duration) == ([0.0, 2.0], [3.0, 3.0], 4.0)


def test_columns_need_times() -> None:
    with pytest.raises(KeyError):
        from_columns(1.0, life=1.0)
