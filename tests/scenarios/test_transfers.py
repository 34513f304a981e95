"""The lab's mail and file servers, with curl and the standard library's clients."""

import ftplib
import io
import smtplib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.transfers import Attend, Files, take_mail


def served(attend: Attend) -> int:
    """A port where one client is attended."""
    listener = socket.create_server(("127.0.0.1", 0))

    def attend_one() -> None:
        client, _ = listener.accept()
        with listener, client:
            attend(client)

    threading.Thread(target=attend_one, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def ftp(tmp_path: Path) -> Iterator[ftplib.FTP]:
    (tmp_path / "there").write_bytes(b"its bytes")
    with ftplib.FTP(timeout=5) as client:  # noqa: S321 - on the loopback
        client.connect("127.0.0.1", served(Files(tmp_path).attend))
        client.login()
        yield client


def test_mail_is_taken_and_its_subject_told() -> None:
    with smtplib.SMTP("127.0.0.1", served(take_mail), timeout=5) as client:
        client.ehlo()
        client.mail("a@example.test")
        client.rcpt("b@example.test")
        assert client.data("Subject: lunch\r\n\r\nAt noon?\r\n") == (250, b"taken: Subject: lunch")


@pytest.mark.parametrize("modern", [True, False])
def test_files_are_fetched_and_put(ftp: ftplib.FTP, tmp_path: Path, modern: bool) -> None:
    ftp.af = socket.AF_INET6 if modern else socket.AF_INET  # which makes the client say EPSV
    heard = io.BytesIO()
    ftp.retrbinary("RETR there", heard.write)
    assert heard.getvalue() == b"its bytes"
    ftp.storbinary("STOR new", io.BytesIO(b"more"))
    assert (tmp_path / "new").read_bytes() == b"more"


def test_what_is_not_there_or_not_known(ftp: ftplib.FTP, tmp_path: Path) -> None:
    with pytest.raises(ftplib.error_perm, match="550"):
        ftp.retrbinary("RETR nothing", print)
    with pytest.raises(ftplib.error_perm, match="502"):
        ftp.sendcmd("MLSD")
    ftp.delete("there")
    assert not (tmp_path / "there").exists()
