"""What every service keeps to: any bytes, any cut, the same end."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.log.records import CloseReason, LogRecord
from nf.services import Engaged, Service, attach_all, available, concerned, load
from tests.services.attachments import VOLUME, attachment
from tests.tls.hello_bytes import pieces

PARTS = st.one_of(st.binary(min_size=1, max_size=60), st.sampled_from([
    b"GET /a?b HTTP/1.1\r\nHost: a.test\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n",
    b"220 mail.test ESMTP\r\n", b"EHLO a\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /" + b"x" * 8200,
    b"SSH-2.0-x\r\n"]))
STREAMS = st.lists(st.tuples(st.sampled_from(Direction), PARTS), min_size=1, max_size=6)
CUTS = st.lists(st.integers(0, 8300), max_size=8)


def attached(name: str) -> Service:
    service = load(name).attach(attachment())
    assert service is not None
    return service


def life(name: str, encrypted: bool, stream: Iterable[tuple[Direction, bytes]]) -> tuple[object, ...]:
    """All that a session shows of its service: what passed, whether it was blocked, what was learnt and logged."""
    inspection = Inspection((attached(name),))
    inspection.mark_encrypted(encrypted)
    passed = dict.fromkeys(Direction, b"")
    records: list[LogRecord] = []
    requests: list[str | None] = []
    for direction, data in stream:
        passage = inspection.receive(direction, data)
        records += passage.records
        requests += [passage.request] * (passage.request is not None)
        for way, piece in passage.data:
            passed[way] += piece
        if passage.blocked:
            return "blocked", inspection.application, records, requests
    ended = inspection.finish(CloseReason.FIN, VOLUME)
    return passed, inspection.done, inspection.application, records, requests, ended


def test_services_are_found_by_their_file_names() -> None:
    assert "apptrack" in available()
    with pytest.raises(KeyError, match=r"no service 'apptrak'; there are: .*apptrack"):
        load("apptrak")


def test_only_active_services_are_attached() -> None:
    class Absent:
        def attach(self, _: object) -> None:
            """Active nowhere."""

    services = (Engaged("absent", Absent()), Engaged("apptrack", load("apptrack")),
                Engaged("unasked", load("apptrack"), asked_by=("utm-policy",)))
    found = attach_all(concerned(services, attachment()), attachment())
    assert [type(service) for service in found] == [type(attached("apptrack"))]


@pytest.mark.parametrize("name", [name for name in available() if load(name).attach(attachment()) is not None])
@given(stream=STREAMS, cuts=CUTS, encrypted=st.booleans())
def test_no_bytes_raise_and_no_cut_changes_the_outcome(
        name: str, stream: list[tuple[Direction, bytes]], cuts: list[int], encrypted: bool) -> None:
    cut = [(direction, piece) for direction, data in stream for piece in pieces(data, cuts)]
    assert life(name, encrypted, cut) == life(name, encrypted, stream)
