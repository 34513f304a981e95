"""Sessions that go over to TLS, with the standard library's clients and plain servers; what an attacker adds does not cross."""

import ftplib
import imaplib
import poplib
import smtplib
import socket
import ssl
from collections.abc import Callable

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import DEADLINE, ended
from tests.helpers.waiting import until

ANSWERS = {
    "EHLO": "250-mail\r\n250 STARTTLS\r\n", "NOOP": "250 ok\r\n", "QUIT": "221 bye\r\n", "STARTTLS": "220 go on\r\n",
    "AUTH": "234 go on\r\n", "PBSZ": "200 ok\r\n", "PROT": "200 ok\r\n", "PASS": "+OK\r\n",
    "CAPA": "+OK\r\nSTLS\r\n.\r\n", "STLS": "+OK go on\r\n",
    "CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n", "LOGOUT": "* BYE bye\r\n{tag} OK done\r\n"}
UPGRADES = {"STARTTLS", "AUTH", "STLS"}


def server(network: Network, greeting: str, **other: str) -> Callable[[socket.socket], None]:
    """Greets, answers each command, and speaks TLS after the one that asks for it; notes what it has read of each."""
    def serve(at: socket.socket) -> None:
        at.sendall(greeting.encode())
        reader = at.makefile("rb", buffering=0)
        while line := reader.readline():
            network.origin.received.append((b"tls " if isinstance(at, ssl.SSLSocket) else b"plain ") + line.strip())
            words = line.decode().split()
            tag, verb = (words[0], words[1]) if greeting[0] == "*" else ("", words[0])
            answer = (ANSWERS | other).get(verb.upper(), "250 ok\r\n")
            answer = f"{tag} OK go on\r\n" if tag and verb.upper() == "STARTTLS" else answer.format(tag=tag)
            at.sendall(answer.encode())
            if verb.upper() in UPGRADES and "go on" in answer:
                at = network.pki.origin_context().wrap_socket(at, server_side=True)
                reader = at.makefile("rb", buffering=0)
    return serve


def issuer(tls: ssl.SSLSocket) -> str:
    names = tls.getpeercert()["issuer"]
    return next(value for name in names for key, value in name if key == "commonName")


def smtp(network: Network) -> str:
    with smtplib.SMTP(*network.proxy.address, local_hostname="a.test", timeout=DEADLINE) as mail:
        mail._host = NAME  # the name that goes out as SNI
        mail.starttls(context=network.pki.client_context())
        mail.noop()
        return issuer(mail.sock)


def imap(network: Network) -> str:
    class Named(imaplib.IMAP4):
        host = property(lambda _: NAME, lambda _, value: None)

        def _create_socket(self, timeout):
            return network.proxy.connect()

    with Named() as mail:
        mail.starttls(network.pki.client_context())
        return issuer(mail.sock)


def pop3(network: Network) -> str:
    mail = poplib.POP3(*network.proxy.address, timeout=DEADLINE)
    mail.host = NAME
    mail.stls(network.pki.client_context())
    mail.pass_("secret")
    found = issuer(mail.sock)
    mail.close()
    return found


def ftp(network: Network) -> str:
    with ftplib.FTP_TLS(context=network.pki.client_context(), timeout=DEADLINE) as files:  # noqa: S321 - it is what is tested
        files.connect(*network.proxy.address)
        files.host = NAME
        files.auth()
        files.voidcmd("NOOP")
        return issuer(files.sock)


@pytest.mark.parametrize(("client", "greeting", "verb"), [
    (smtp, "220 mail.test ESMTP\r\n", b"NOOP"), (ftp, "220 ftp.test\r\n", b"NOOP"), (pop3, "+OK ready\r\n", b"PASS"),
    (imap, "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n", b"LOGOUT")], ids=["smtp", "ftp", "pop3", "imap"])
def test_clients_go_over_to_tls_and_are_decrypted(network: Network, client: Callable[[Network], str], greeting: str,
                                                  verb: bytes) -> None:
    network.origin.serve(server(network, greeting))
    assert client(network) == "SRX SSL proxy CA"
    assert any(line.startswith(b"tls ") and verb in line.upper() for line in network.origin.received)
    closed = until(lambda: [one for one in network.proxy.all_records() if one["name"] == "APPTRACK_SESSION_CLOSE"], "its end")
    assert closed[0]["encrypted"] == "Yes"
    assert until(lambda: network.proxy.counters().get("decrypted"), "its treatment")


def test_a_client_that_does_not_trust_the_proxy_sees_its_certificate(network: Network) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n"))
    with smtplib.SMTP(*network.proxy.address, timeout=DEADLINE) as mail:
        mail._host = NAME
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.starttls(context=ssl.create_default_context())


def dialogue(network: Network, *said: bytes) -> socket.socket:
    """A client that has said this, and each time has waited for an answer."""
    client = network.proxy.connect()
    client.recv(4096)
    for line in said:
        client.sendall(line)
        if line is not said[-1]:
            client.recv(4096)
    return client


@pytest.mark.parametrize("smuggled", [b"STARTTLS\r\nRSET\r\n", b"STARTTLS\r\nx", b"starttls \nMAIL FROM:<a@a.test>\r\n"])
def test_commands_behind_the_request_end_the_session_and_reach_nobody(network: Network, smuggled: bytes) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n"))
    with dialogue(network, b"EHLO a\r\n", smuggled) as client:
        assert ended(client) == "reset"
        assert "policy violation: bytes in the clear" in network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"]
    assert network.origin.received == [b"plain EHLO a"]
    assert until(lambda: network.proxy.counters().get("dropped: starttls-injection"), "its reason")


def test_a_servers_bytes_behind_its_answer_end_the_session(network: Network) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n", STARTTLS="220 go on\r\n250 smuggled\r\n"))
    with dialogue(network, b"EHLO a\r\n", b"STARTTLS\r\n") as client:
        assert ended(client) == "reset"


def test_what_is_no_tls_after_the_answer_ends_the_session(network: Network) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n"))
    with dialogue(network, b"EHLO a\r\n", b"STARTTLS\r\n") as client:
        assert client.recv(99) == b"220 go on\r\n"
        client.sendall(b"MAIL FROM:<a@a.test>\r\n")
        assert ended(client) == "reset"
    assert network.origin.received == [b"plain EHLO a", b"plain STARTTLS"]
    assert until(lambda: network.proxy.counters().get("dropped: no-tls-after-starttls"), "its reason")


def test_a_client_that_leaves_instead_ends_the_session_on_both_sides(network: Network) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n"))
    client = dialogue(network, b"EHLO a\r\n", b"STARTTLS\r\n")
    assert client.recv(99) == b"220 go on\r\n"
    client.close()
    until(network.proxy.is_idle, "the session is over")


def test_a_refused_request_leaves_a_plain_session(network: Network) -> None:
    network.origin.serve(server(network, "220 mail.test\r\n", STARTTLS="454 not now\r\n"))
    with dialogue(network, b"EHLO a\r\n", b"STARTTLS\r\n", b"QUIT\r\n") as client:
        assert client.recv(99) == b"221 bye\r\n"
        client.shutdown(socket.SHUT_WR)
        assert ended(client) == "clean"
        assert network.proxy.record("APPTRACK_SESSION_CLOSE", client)["encrypted"] == "No"
    assert until(lambda: network.proxy.counters().get("unfinished: undetermined"), "its reason")
