"""Files on their way: the same events whatever carries them, in any cut."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.items import Item
from nf.protocols.transfers import Begun, Data, Ended, Event, File, Transfers, Typed
from tests.protocols.reading import C2S, S2C, Said, found, merged
from tests.protocols.test_http2 import SESSION as HTTP2
from tests.protocols.test_mail_sessions import FTP, IMAP, POP3, SMTP
from tests.protocols.test_mime import FORM

EXE = b"MZ" + bytes(1000)
ZIPPED = gzip.compress(EXE)
HTTP: Said = [
    (C2S, b"GET /d/evil.exe?x HTTP/1.1\r\nHost: a.test\r\n\r\nHEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n"
          b"PUT /up/b.txt HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello"
          b"POST /form HTTP/1.1\r\nHost: a.test\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: %d\r\n\r\n"
          % len(FORM) + FORM),
    (S2C, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED)
     + ZIPPED
     + b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
     + b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=c.bin\r\n\r\nuntil the end")]


def events(items: list[Item]) -> list[Event]:
    return list(Transfers().follow(items))


def files(said: Said) -> list[tuple[File, str, bytes, bool]]:
    """Each with its type, what came of it, and whether that was all."""
    told = events(found(said))
    out = []
    for file in [event.file for event in told if isinstance(event, Begun)]:
        own = [event for event in told if event.file == file]
        end = next(event for event in own if isinstance(event, Ended))
        data = b"".join(event.data for event in own if isinstance(event, Data))
        assert end.size == len(data)
        out.append((file, next((event.type for event in own if isinstance(event, Typed)), "-"), data, end.whole))
    return out


def test_files_of_http() -> None:
    assert [(one.upload, one.name, one.mime, one.url, one.size, one.message, kind, data, whole)
            for one, kind, data, whole in files(HTTP)] == [
        (True, "b.txt", "", "a.test/up/b.txt", 5, 3, "", b"hello", True),
        (True, "evil.exe", "application/x-thing", "a.test/form", None, 4, "exe", b"MZ-\r\n--X", True),
        (False, "evil.exe", "text/plain", "a.test/d/evil.exe?x", len(ZIPPED), 1, "exe", EXE, True),
        (False, "c.bin", "", "a.test/form", None, 4, "", b"until the end", True)]


def test_files_of_http2() -> None:
    assert [(one.upload, one.exchange, data) for one, _, data, _ in files(HTTP2)] == [
        (True, 3, b"hello world"), (False, 1, b"hello " * 9), (False, 3, b""), (False, 2, b"pushed")]


def test_files_of_mails_have_their_envelope() -> None:
    sent, fetched = files(SMTP), files(POP3) + files(IMAP)[:1]
    assert [(one.protocol, one.upload, one.name, one.sender, one.recipients) for one, *_ in sent] == [
        ("SMTP", True, "a.txt", "a@a.test", ("b@b.test", "c@b.test")), ("SMTP", True, "a.txt", "", ("d@b.test",))]
    assert [(one.protocol, one.upload, one.name) for one, *_ in fetched] == [("POP3", False, "a.txt"), ("IMAP", False, "a.txt")]
    assert {data for *_, data, _ in sent + fetched} == {b".dot\r\n..\r\nend\r\n"}


def test_of_ftp_s_files_the_name_is_known() -> None:
    assert [(one.protocol, one.upload, one.direction, one.name, kind, whole) for one, kind, _, whole in files(FTP)] == [
        ("FTP", False, S2C, "evil.exe", "-", False)]


def test_a_file_that_is_broken_off_is_not_whole() -> None:
    said = [(C2S, HTTP[0][1][:60]), (S2C, HTTP[1][1][:100])]
    assert [whole for *_, whole in files(said)] == [False]


@given(st.sampled_from([HTTP, HTTP2, SMTP, POP3, IMAP]), st.data())
def test_no_cut_changes_what_becomes_of_files(said: Said, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(1, sum(len(piece) for _, piece in said)), max_size=12))
    cut, whole = ([event for event in events(merged(items)) if not isinstance(event, Data)]
                  for items in (found(said, places), found(said)))
    assert cut == whole
    types = ([event for event in events(items) if isinstance(event, Typed)] for items in (found(said, places), found(said)))
    assert sorted(next(types), key=repr) == sorted(next(types), key=repr)
