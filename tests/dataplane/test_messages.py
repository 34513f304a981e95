"""Messages between the central point and its workers: back as they were, and always small enough for one packet."""

import socket

from hypothesis import given
from hypothesis import strategies as st

from nf.dataplane.crew import _MESSAGE
from nf.dataplane.messages import BATCH, Assign, Closed, Opened, Report, decode_orders, decode_report, encode

IDS, PORTS, COUNTS = st.integers(1, 2**32), st.integers(0, 65535), st.integers(0, 2**63)
NAMES = st.text(max_size=63)  # the longest name of a policy or zone
ADDRESSES = st.ip_addresses().map(str)
ASSIGNMENTS = st.lists(st.builds(Assign, IDS, st.integers(0, 9), ADDRESSES, PORTS, ADDRESSES, PORTS), max_size=BATCH)
OPENED = st.lists(st.builds(Opened, IDS, NAMES, NAMES, NAMES, NAMES), max_size=BATCH)
CLOSED = st.lists(st.builds(Closed, IDS, NAMES, NAMES, COUNTS, COUNTS, COUNTS), max_size=BATCH)


@given(ASSIGNMENTS)
def test_assignments_come_back(assignments: list[Assign]) -> None:
    assert decode_orders(encode(assignments)) == assignments


@given(OPENED, CLOSED)
def test_reports_come_back(opened: list[Opened], closed: list[Closed]) -> None:
    assert decode_report(encode(Report(opened, closed))) == Report(opened, closed)


def test_the_largest_report_is_one_packet() -> None:
    name = "\U0001f600" * 63
    report = Report([Opened(2**32, name, name, name, name)] * BATCH, [Closed(2**32, name, name, *[2**63] * 3)] * BATCH)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.send(encode(report))
        received, _, flags, _ = theirs.recvmsg(_MESSAGE)
    assert not flags & socket.MSG_TRUNC
    assert decode_report(received) == report
