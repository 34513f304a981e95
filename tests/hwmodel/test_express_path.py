"""Columns of sessions: who is offloaded says the same as for one session, and what is left to SPUs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.engine.offload import any_offloaded, offloaded, spu_packets
from hwmodel.express_path import SPU_PACKETS, exclusion
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import load_platform
from hwmodel.session import ICMP, TCP, UDP
from hwmodel.sessions import DECRYPTED, FRAGMENTED, INSPECTED, OFFLOADABLE, from_columns
from hwmodel.simulate import simulate

ROW = st.tuples(st.sampled_from((TCP, UDP, ICMP)), st.sampled_from((53, 80, 123, 443)),
                st.sets(st.sampled_from((DECRYPTED, INSPECTED, FRAGMENTED, OFFLOADABLE))).map(sum), st.integers(1, 50))


@settings(deadline=None)
@given(st.sampled_from(("srx4600", "srx1600")), st.lists(ROW, min_size=1, max_size=30))
def test_columns_say_what_one_session_says(name: str, rows: list[tuple[int, int, int, int]]) -> None:
    platform = load_platform(name)
    protocol, port, flags, packets = (np.array(column) for column in zip(*rows, strict=True))
    sessions = from_columns(1.0, at=np.zeros(len(rows)), protocol=protocol, server_port=port, flags=flags, packets=packets)
    settings = FlowSettings()
    away = offloaded(sessions, slice(None)) & any_offloaded(platform, settings, sessions)
    seen = spu_packets(sessions, slice(None), away)
    for i, (bits, count) in enumerate(zip(flags, packets, strict=True)):
        reason = exclusion(platform, settings, sessions.flow(i), services=bool(bits & (DECRYPTED | INSPECTED)),
                           fragments=bool(bits & FRAGMENTED))
        assert away[i] == (reason is None and bool(bits & OFFLOADABLE))
        assert seen[i] == (min(count, SPU_PACKETS) if away[i] else count * (2 if bits & FRAGMENTED else 1))


def test_a_simulated_device_with_express_path_is_busy_with_new_sessions_alone() -> None:
    at = np.linspace(0, 9, 1000)
    columns = {"at": at, "life": 0.5, "protocol": UDP, "server_port": 4000, "client_low": np.arange(1000), "packets": 1000,
               "bytes": 10**6, "flags": OFFLOADABLE | 64}
    left, all_of_it = (simulate("srx4600", from_columns(10.0, **columns | {"flags": flags}))
                       for flags in (OFFLOADABLE | 64, 64))
    assert left.totals.work.packets == 1000 * SPU_PACKETS
    assert left.totals.cpu_seconds < all_of_it.totals.cpu_seconds / 20
