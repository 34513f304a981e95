"""The parts of mails and forms: what Python's email library makes comes out again, in any cut."""

import email.encoders
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.protocols.items import Body, Broken, Complete, Item, Mail, Part
from nf.protocols.mime import LONGEST_HEADER, MOST_PARTS, Envelope, Message
from nf.protocols.reading import Reading
from tests.protocols.reading import content, kinds, merged, of

WAY = Direction.C2S
BINARY = bytes(range(256)) * 4


def parts(data: bytes, cuts: list[int] = (), *, boundary: str = "") -> list[Item]:  # type: ignore[assignment]
    message = Message(WAY, 1, Reading(), envelope=None if boundary else Envelope("SMTP", "a@a.test"), boundary=boundary)
    places = sorted({cut for cut in cuts if cut < len(data)} | {0, len(data)})
    items = [item for start, end in pairwise(places) for item in message.receive(data[start:end], end)]
    return items + message.finish(len(data))


def contents(items: list[Item]) -> list[tuple[str, str, bytes]]:
    return [(part.name, part.mime, content(items, part.exchange, WAY)) for part in of(Part, items)]


def attachment(data: bytes, name: str, encode: object = email.encoders.encode_base64) -> MIMEBase:
    part = MIMEBase("application", "octet-stream")
    part.set_payload(data)
    encode(part)  # type: ignore[operator]
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def mail() -> bytes:
    """Nested twice, with each encoding and a mail in the mail."""
    whole = MIMEMultipart()
    whole["Subject"] = "folded " * 20
    inner = MIMEMultipart("alternative")
    inner.attach(MIMEText("grüße\n", "plain", "utf-8"))
    inner.attach(MIMEText("<b>hi</b>\n", "html"))
    whole.attach(inner)
    whole.attach(attachment(BINARY, "naïve.bin"))
    whole.attach(attachment(b"a=b " * 40 + b"\xff", "q.txt", email.encoders.encode_quopri))
    inside = MIMEMultipart()
    inside.attach(attachment(b"deep", "deep.exe"))
    whole.attach(MIMEMessage(inside))
    return whole.as_bytes().replace(b"\n", b"\r\n")


MAIL = mail()
FORM = (b'preamble\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="C:\\dir\\evil.exe"\r\n'
        b'Content-Type: Application/X-Thing; a=b\r\n\r\nMZ-\r\n--X\r\n--XX \r\n'
        b'Content-Disposition: form-data; name="t"\r\n\r\n\r\n--XX--\r\nepilogue')


def test_what_a_mail_carries_comes_out_of_it() -> None:
    items = parts(MAIL)
    assert contents(items) == [
        ("", "text/plain", "grüße\n".encode()), ("", "text/html", b"<b>hi</b>\r\n"),
        ("naïve.bin", "application/octet-stream", BINARY),
        ("q.txt", "application/octet-stream", b"a=b " * 40 + b"\xff"), ("deep.exe", "application/octet-stream", b"deep")]
    head = items[0]
    assert isinstance(head, Mail)
    assert (head.sender, dict(head.headers)["subject"].split()) == ("a@a.test", ["folded"] * 20)
    assert MAIL[head.start:head.end].endswith(b"\r\n\r\n")
    assert not kinds(items)


@given(st.lists(st.integers(1, len(MAIL)), max_size=30))
def test_no_cut_changes_the_parts_of_a_mail(cuts: list[int]) -> None:
    assert merged(parts(MAIL, cuts)) == merged(parts(MAIL))


def test_a_form_has_the_files_that_are_in_it() -> None:
    items = parts(FORM, boundary="XX")
    assert contents(items) == [("evil.exe", "application/x-thing", b"MZ-\r\n--X"), ("", "text/plain", b"")]
    assert [FORM[one.end:][:4] for one in of(Complete, items)] == [b"\r\n--", b"\r\n--"]


@given(st.lists(st.integers(1, len(FORM)), max_size=30))
def test_no_cut_changes_the_parts_of_a_form(cuts: list[int]) -> None:
    assert merged(parts(FORM, cuts, boundary="XX")) == merged(parts(FORM, boundary="XX"))


@pytest.mark.parametrize("encoded", [b"aGVs\r\nbG8=", b"aGVsbG8", b"aG Vs*bG8=", b"aGU=bGxv", b"aA==ZWxsbw=="])
def test_base64_of_all_sorts(encoded: bytes) -> None:
    for cut in range(1, len(encoded)):
        head = b"Content-Transfer-Encoding: BASE64\r\n\r\n"
        assert contents(parts(head + encoded, [len(head) + cut]))[0][2] == b"hello"


def test_a_mail_without_a_header_s_end_is_all_header_and_one_cut_off_is_broken_off() -> None:
    assert contents(parts(b"Subject: x\r\nContent-Type: text/html")) == [("", "text/html", b"")]
    message = Message(WAY, 1, Reading(), envelope=Envelope("SMTP"))
    items = message.receive(b"a: b\r\n\r\nsome", 12) + message.finish(12, whole=False)
    assert of(Broken, items)


def test_what_is_endless_is_bounded() -> None:
    assert kinds(parts(b"a: b\r\n" * LONGEST_HEADER)) == ["oversized"]
    many = parts(b"--XX\r\n\r\nx\r\n" * (MOST_PARTS + 5), boundary="XX")
    assert kinds(many) == ["flood"]
    assert len(of(Part, many)) == MOST_PARTS
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(100))
    assert contents(parts(deep + b"\r\nx"))


def test_content_that_nobody_wants_is_passed_over() -> None:
    reading = Reading(bodies=False)
    message = Message(WAY, 1, reading, envelope=Envelope("SMTP"))
    items = message.receive(MAIL, len(MAIL)) + message.finish(len(MAIL))
    assert len(of(Part, items)) == len(of(Complete, items)) == 5
    assert not of(Body, items)
