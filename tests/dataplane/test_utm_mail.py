"""UTM on SMTP: a name server and clamd that really answer, smtplib as the client."""

import smtplib
import socket
import threading
from collections.abc import Iterator

import dns.message
import dns.rrset
import pytest

from tests.helpers.clamd import EICAR, Clamd
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import LOOPBACK, Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

UTM = """
security { utm {
    default-configuration {
        anti-spam { sbl { apply-macro srxnf { sbl-zone sbl.test; resolver 127.0.0.1:%(resolver)s; } } }
        anti-virus { apply-macro srxnf { clamd unix:%(clamd)s; } }
    }
    feature-profile {
        anti-spam { sbl { profile s { spam-action tag-subject; } } }
        anti-virus { profile v { fallback-options { default block; } } }
    }
    utm-policy u { anti-spam { smtp-profile s; } anti-virus { smtp-profile v; } }
} }
"""


class BlockList:
    """A name server on the loopback that lists whom it is told to."""

    def __init__(self) -> None:
        self.listed: set[str] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, client = self._socket.recvfrom(4096)
            except OSError:
                return
            question = dns.message.from_wire(asked)
            answer = dns.message.make_response(question)
            name = question.question[0].name
            if str(name) in self.listed:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "127.0.0.2"))
            self._socket.sendto(answer.to_wire(), client)

    def close(self) -> None:
        self._socket.close()


class MailServer(Origin):
    """Takes every mail."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[str] = []
        self.serve(self._talk)

    def _talk(self, at: socket.socket) -> None:
        lines = at.makefile("rb")
        at.sendall(b"220 mail.test ESMTP\r\n")
        while line := lines.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                at.sendall(b"354 go on\r\n")
                mail = b"".join(iter(lines.readline, b".\r\n"))
                self.mails.append(mail.decode())
            at.sendall(b"250 ok\r\n" if verb != b"QUIT" else b"221 bye\r\n")


class Post:
    """The proxy, the mail server behind it, the list."""

    def __init__(self, proxy: RunningProxy, server: MailServer, listing: BlockList) -> None:
        self.proxy, self.server, self.listing = proxy, server, listing

    def send(self, mail: str) -> None:
        with smtplib.SMTP(*self.proxy.address, timeout=20) as client:
            client.sendmail("a@ok.test", ["b@x.test"], mail)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki) -> Iterator[Post]:
    directory, server, listing = tmp_path_factory.mktemp("post"), MailServer(), BlockList()
    attached = CONFIGURATION.replace("application-services {", "application-services { utm-policy u;")
    with Clamd(directory) as clamd:
        utm = UTM % {"resolver": listing.port, "clamd": clamd.socket}
        with RunningProxy(directory, pki, server.address, configuration=attached + utm) as proxy:
            yield Post(proxy, server, listing)
            assert proxy.end() == 0
            assert "Traceback" not in proxy.stderr
    server.close()
    listing.close()


@pytest.mark.parametrize(("listed", "subject"), [(False, "Hello"), (True, "***SPAM*** Hello")])
def test_a_listed_clients_mail_is_tagged(post: Post, listed: bool, subject: str) -> None:
    post.listing.listed = {"1.0.0.127.sbl.test."} if listed else set()
    post.server.mails.clear()
    post.send("From: a@ok.test\r\nSubject: Hello\r\n\r\nwords")
    assert post.server.mails == [f"From: a@ok.test\r\nSubject: {subject}\r\n\r\nwords\r\n"]
    if listed:
        until(lambda: any(one["name"] == "ANTISPAM_SPAM_DETECTED_MT" for one in post.proxy.all_records()), "the log tells")


def test_a_mail_with_a_virus_is_refused(post: Post) -> None:
    post.server.mails.clear()
    post.listing.listed = set()
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        post.send(f"From: a@ok.test\r\nSubject: x\r\n\r\n{EICAR.decode()}")
    assert (refused.value.smtp_code, b"Virus found" in refused.value.smtp_error) == (554, True)
    assert not post.server.mails
