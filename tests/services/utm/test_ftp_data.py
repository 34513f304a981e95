"""FTP's files in connections of their own: announced by one session, scanned on another."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import FiveTuple
from nf.log.records import SessionFacts
from nf.protocols.clamd import BEGIN
from nf.services.utm.ftp_data import MARK
from tests.services.attachments import facts_of
from tests.services.utm.sessions import C2S, FEATURE, S2C, UTM, Box, Session

CLIENT, SERVER = ip_address("10.0.0.1"), ip_address("192.0.2.7")
SCANS = f"""{FEATURE}anti-virus profile v fallback-options default block
{UTM}utm-policy u anti-virus ftp upload-profile v
{UTM}utm-policy u anti-virus ftp download-profile v
"""
PASSIVE, EXTENDED = b"227 at (192,0,2,7,156,64)\r\n", b"229 at (|||40000|)\r\n"


def facts(session_id: int, port: int, client: str = "10.0.0.1") -> SessionFacts:
    return facts_of(FiveTuple(ip_address(client), 50000 + session_id, SERVER, port), session_id)


def logged_in(box: Box) -> Session:
    session = box.session(facts(1, 21), encrypted=False).server(b"220 hi\r\n").client(b"USER a\r\n")
    return session.server(b"230 in\r\n").client(b"EPSV\r\n")


def tell(box: Box, session: Session) -> None:
    """Everything that a session has announced is heard by this worker."""
    for bulletin in session.seen.bulletins:
        box.utm.hear(bulletin, session.now)


def control(box: Box, command: bytes = b"RETR a/virus.com\r\n", passive: bytes = EXTENDED) -> Session:
    session = logged_in(box).server(passive)
    tell(box, session)
    session.wait(0.05).client(command)
    tell(box, session)
    return session.wait(0.05)


def data_connection(box: Box, client: str = "10.0.0.1", port: int = 40000) -> Session:
    return box.session(facts(2, port, client), encrypted=False)


@pytest.mark.parametrize("passive", [EXTENDED, PASSIVE])
def test_a_file_that_is_fetched_is_scanned_to_its_end(passive: bytes) -> None:
    box = Box(SCANS)
    control(box, passive=passive)
    data = data_connection(box).server(b"some", b"thing").end(S2C)
    assert data.seen.asked().startswith(BEGIN)
    assert b"some" in data.seen.asked()
    assert data.seen.passed[S2C] != b"something"
    data.answer(b"stream: Eicar FOUND\0")
    assert data.seen.block is not None
    (name, fields), = data.seen.log()
    assert (name, fields["filename"], fields["source-address"]) == ("AV_VIRUS_DETECTED_MT", "a/virus.com", str(SERVER))


def test_a_clean_one_arrives_and_one_that_is_put_is_the_clients() -> None:
    box = Box(SCANS)
    control(box, b"STOR mine.txt\r\n")
    data = data_connection(box).client(b"some", b"thing").end(C2S).answer(b"stream: OK\0")
    assert data.seen.passed[C2S] == b"something"
    assert data.seen.block is None


def test_reply_and_command_wait_until_all_have_heard() -> None:
    box = Box(SCANS)
    session = logged_in(box).server(EXTENDED).wait(0.05)
    assert EXTENDED not in session.seen.passed[S2C]
    tell(box, session)
    assert session.wait(0.05).seen.passed[S2C].endswith(EXTENDED)
    session.client(b"RETR x\r\n")
    assert session.seen.passed[C2S].endswith(b"EPSV\r\n")
    assert session.wait(2).seen.passed[C2S].endswith(b"RETR x\r\n")  # who has not heard by now will not


@pytest.mark.parametrize(("client", "port", "passive"), [
    ("10.0.0.9", 40000, EXTENDED), ("10.0.0.1", 40001, EXTENDED), ("10.0.0.1", 443, b"229 at (|||443|)\r\n")])
def test_what_nobody_has_announced_is_no_file(client: str, port: int, passive: bytes) -> None:
    box = Box(SCANS)
    control(box, passive=passive)
    assert not data_connection(box, client, port).server(b"something").seen.asks


def test_a_listing_is_no_file_nor_is_what_comes_the_other_way() -> None:
    box = Box(SCANS)
    control(box)
    assert not data_connection(box).client(b"not asked for").seen.asks
    session = control(box, b"LIST\r\n")
    assert all(bulletin.key.startswith(MARK) for bulletin in session.seen.bulletins)
    assert data_connection(box).server(b"a list", b"of files").seen.passed[S2C] == b"a listof files"


@given(st.binary(min_size=1, max_size=60_000), st.lists(st.integers(1, 60_000), max_size=8))
def test_clamd_sees_the_file_however_it_is_cut(content: bytes, cuts: list[int]) -> None:
    box = Box(SCANS)
    control(box)
    data, ends = data_connection(box), [*sorted({cut for cut in cuts if cut < len(content)}), len(content)]
    data.server(*(content[start:end] for start, end in zip([0, *ends], ends, strict=False))).end(S2C)
    sent, said = data.seen.asked().removeprefix(BEGIN), b""
    while (size := int.from_bytes(sent[:4], "big")):
        said, sent = said + sent[4:4 + size], sent[4 + size:]
    assert said == content
    data.answer(b"stream: OK\0")
    assert data.seen.passed[S2C] == content


ACTIVE, EXTENDED_ACTIVE = b"PORT 10,0,0,1,156,64\r\n", b"EPRT |1|10.0.0.1|40000|\r\n"


def active(box: Box, place: bytes, command: bytes = b"RETR a/virus.com\r\n") -> Session:
    """The session that the server opens after these words of the client's."""
    session = logged_in(box).client(place)
    assert not session.seen.passed[C2S].endswith(place) or not session.seen.bulletins
    tell(box, session)
    session.wait(0.05).client(command)
    tell(box, session)
    assert session.wait(0.05).seen.passed[C2S].endswith(place + command)
    flow = FiveTuple(SERVER, 20, CLIENT, 40000)
    return box.session(facts_of(flow, 2), encrypted=False)


@pytest.mark.parametrize("place", [ACTIVE, EXTENDED_ACTIVE])
def test_a_file_that_the_server_comes_with_is_scanned(place: bytes) -> None:
    data = active(Box(SCANS), place).client(b"some", b"thing").end(C2S)
    assert b"some" in data.seen.asked()
    assert data.seen.passed[C2S] != b"something"
    data.answer(b"stream: Eicar FOUND\0")
    (name, fields), = data.seen.log()
    assert (name, fields["filename"], fields["source-address"]) == ("AV_VIRUS_DETECTED_MT", "a/virus.com", str(SERVER))


def test_a_file_that_the_server_comes_for_is_the_clients() -> None:
    data = active(Box(SCANS), ACTIVE, b"STOR mine.txt\r\n").server(b"some", b"thing").end(S2C).answer(b"stream: OK\0")
    assert data.seen.passed[S2C] == b"something"


@pytest.mark.parametrize("place", [b"PORT 10,0,0,9,156,64\r\n", b"PORT 10,0,0,1,1,187\r\n", b"PORT 10,0,0,1,156\r\n",
                                   b"EPRT |1|10.0.0.9|40000|\r\n", b"EPRT |2|x::y::z|40000|\r\n", b"PORT 999,0,0,1,156,64\r\n"])
def test_nobody_opens_a_gate_to_somebody_else(place: bytes) -> None:
    assert not active(Box(SCANS), place).client(b"something").seen.asks
