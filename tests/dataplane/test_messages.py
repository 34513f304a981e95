"""Messages between the central point and its workers: back as they were, and always small enough for one packet."""

import socket

from hypothesis import given
from hypothesis import strategies as st

from nf.dataplane.crew import _MESSAGE
from nf.dataplane.messages import (
    BATCH,
    ENDINGS,
    NEWS,
    Agreed,
    Assign,
    Closed,
    EndSessions,
    Opened,
    Progress,
    Report,
    decode_orders,
    decode_report,
    encode,
)

IDS, PORTS, COUNTS = st.integers(1, 2**32), st.integers(0, 65535), st.integers(0, 2**63)
NAMES = st.text(max_size=63)  # the longest name of a policy or zone
ADDRESSES = st.ip_addresses().map(str)
ASSIGNMENTS = st.lists(st.builds(Assign, IDS, st.integers(0, 9), ADDRESSES, PORTS, ADDRESSES, PORTS), max_size=BATCH)
OPENED = st.lists(
    st.builds(Opened, IDS, *[NAMES] * 4, COUNTS, *[NAMES] * 4, st.booleans(), st.floats(0)), max_size=BATCH)
CLOSED = st.lists(st.builds(Closed, IDS, NAMES, NAMES, COUNTS, COUNTS, COUNTS), max_size=BATCH)
AGREED = st.none() | st.builds(Agreed, NAMES, NAMES, NAMES)
PROGRESS = st.lists(
    st.builds(Progress, IDS, *[COUNTS] * 5, *[st.floats(0)] * 2, *[NAMES] * 5, AGREED, AGREED), max_size=NEWS)


@given(ASSIGNMENTS)
def test_assignments_come_back(assignments: list[Assign]) -> None:
    assert decode_orders(encode(assignments)) == assignments


@given(st.lists(IDS, max_size=ENDINGS))
def test_endings_come_back_and_are_no_assignments(session_ids: list[int]) -> None:
    assert decode_orders(encode(EndSessions(session_ids))) == EndSessions(session_ids)


@given(OPENED, CLOSED, PROGRESS)
def test_reports_come_back(opened: list[Opened], closed: list[Closed], progress: list[Progress]) -> None:
    assert decode_report(encode(Report(opened, closed, progress))) == Report(opened, closed, progress)


def test_the_largest_report_is_one_packet() -> None:
    name = "\U0001f600" * 63
    interface = "xe-11/3/47.16385"
    opened = Opened(2**63, name, name, name, name, 2**32, interface, interface, name, name, False, 1e300)
    agreed = Agreed("TLSv1.3", name, "\\xff" * 255)
    progress = Progress(2**63, *[2**63] * 5, 1e300, 1e300, *["handshake-timeout"] * 4, "x" * 253, agreed, agreed)
    report = Report([opened] * BATCH, [Closed(2**63, name, name, *[2**63] * 3)] * BATCH, [progress] * NEWS)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.send(encode(report))
        received, _, flags, _ = theirs.recvmsg(_MESSAGE)
    assert not flags & socket.MSG_TRUNC
    assert decode_report(received) == report
