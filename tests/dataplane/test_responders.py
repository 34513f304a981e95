"""OCSP responders asked from a worker's loop: over real HTTP, once at a time, and whatever they answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from nf.dataplane import ocsp_post
from nf.dataplane.loop import Loop
from nf.dataplane.responders import UNDER_WAY, Responders
from nf.log.records import LogRecord
from nf.pki.question import Question
from tests.helpers.waiting import until
from tests.pki.factory import LEAF, MIDDLE

OK = b"HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n"


def signed(request: bytes, *, repeat: bool = True) -> bytes:
    """What an honest responder says to what was posted."""
    asked = ocsp.load_der_ocsp_request(request)
    now = datetime.now(UTC)
    builder = (ocsp.OCSPResponseBuilder().add_response(LEAF.certificate, MIDDLE.certificate, hashes.SHA1(),  # noqa: S303
                                                       ocsp.OCSPCertStatus.GOOD, now, now + timedelta(hours=1), None, None)
               .responder_id(ocsp.OCSPResponderEncoding.HASH, MIDDLE.certificate))
    for extension in asked.extensions if repeat else ():
        builder = builder.add_extension(extension.value, critical=False)
    return OK + builder.sign(MIDDLE.key, hashes.SHA256()).public_bytes(Encoding.DER)


class Responder:
    """On the loopback; `answer` makes what is said of each body that is posted."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer, self.requests = answer, list[bytes]()
        self.may = threading.Event()
        self.may.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._attend, args=(client,), daemon=True).start()

    def _attend(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as said:
            size = 0
            for line in said:
                if line == b"\r\n":
                    break
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            posted = said.read(size)
            if size and len(posted) == size:  # a connection may end before all is asked
                self.requests.append(posted)
                self.may.wait(10)
                with suppress(ValueError):  # no question at all: somebody who has known the port before
                    client.sendall(self.answer(posted))

    def close(self) -> None:
        self._listener.close()


class Site:
    """A loop with responders, and how often each of those who wait has gone on."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.logged: list[LogRecord] = []
        self.responders = Responders(self.loop, self.logged.extend)
        self.gone_on: list[int] = []

    def ask(self, *questions: Question, number: int = 0) -> None:
        self.responders.ask(questions, lambda: self.gone_on.append(number))

    def turn_until(self, holds: Callable[[], object]) -> None:
        def turned() -> object:
            self.loop._turn()
            return holds()

        until(turned, "it holds")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with closing(site.loop):
        yield site


@pytest.fixture
def responder() -> Iterator[Responder]:
    responder = Responder(signed)
    yield responder
    responder.close()


def question(*urls: str, nonce: bool | None = True) -> Question:
    return Question(LEAF.der, MIDDLE.der, urls, nonce)


def test_the_answer_is_held_and_not_asked_for_again(site: Site, responder: Responder) -> None:
    asked = question(responder.url)
    assert site.responders.answer(asked) is None
    site.ask(asked)
    site.turn_until(lambda: site.gone_on)
    assert ocsp.load_der_ocsp_response(site.responders.answer(asked) or b"").certificate_status is ocsp.OCSPCertStatus.GOOD
    site.ask(asked)
    site.turn_until(lambda: len(site.gone_on) == 2)
    assert len(responder.requests) == 1
    assert site.logged == []


def test_all_who_wait_for_one_answer_ask_once(site: Site, responder: Responder) -> None:
    responder.may.clear()
    for number in range(100):
        site.ask(question(responder.url), number=number)
    until(lambda: responder.requests, "the question")
    responder.may.set()
    site.turn_until(lambda: len(site.gone_on) == 100)
    assert sorted(site.gone_on) == list(range(100))
    assert len(responder.requests) == 1


def test_who_has_two_questions_waits_for_both(site: Site, responder: Responder) -> None:
    responder.may.clear()
    silent = question("http://127.0.0.1:9/")
    site.ask(question(responder.url), silent)
    site.turn_until(lambda: site.responders.answer(silent) == b"")
    assert site.gone_on == []
    responder.may.set()
    site.turn_until(lambda: site.gone_on)


def test_the_next_responder_is_asked_where_one_does_not_know(site: Site, responder: Responder) -> None:
    other = Responder(lambda _: b"HTTP/1.0 500 Oh\r\n\r\n")
    asked = question("http://127.0.0.1:9/", other.url, responder.url)
    site.ask(asked)
    site.turn_until(lambda: site.gone_on)
    other.close()
    assert site.responders.answer(asked)
    assert len(other.requests) == 1


@pytest.mark.parametrize("answer", [
    lambda _: b"", lambda _: b"HTTP/1.0 200 OK\r\n\r\nhello", lambda _: b"no HTTP",
    lambda request: signed(request, repeat=False), lambda request: signed(request)[:-9],
    lambda _: OK + bytes(ocsp_post.LARGEST)])
def test_what_is_no_answer_counts_as_none(site: Site, responder: Responder, answer: Callable[[bytes], bytes]) -> None:
    responder.answer = answer
    site.ask(question(responder.url))
    site.turn_until(lambda: site.gone_on)
    assert site.responders.answer(question(responder.url)) == b""
    assert [record.name for record in site.logged] == ["PKID_OCSP_NO_ANSWER"]
    assert dict(site.logged[0].fields)["message"].startswith(f"{responder.url}: ")


def test_a_responder_that_drips_is_given_up(responder: Responder) -> None:
    responder.may.clear()
    with pytest.raises(ocsp_post.NoAnswerError, match="timed out"):
        ocsp_post.posted(responder.url, b"x", 0.2)


def test_a_crowd_of_questions_is_not_waited_for(site: Site, responder: Responder) -> None:
    responder.may.clear()
    for number in range(UNDER_WAY):
        site.ask(question(f"{responder.url}{number}"), number=number)
    site.ask(question(f"{responder.url}more"), number=-1)
    site.turn_until(lambda: site.gone_on)
    assert site.gone_on == [-1]
    assert site.responders.answer(question(f"{responder.url}more")) == b""
    site.responders._pool().shutdown(wait=False, cancel_futures=True)
    responder.may.set()


def test_a_certificate_that_cannot_be_asked_about(site: Site, responder: Responder) -> None:
    broken = Question(b"no certificate", MIDDLE.der, (responder.url,))
    site.ask(broken)
    site.turn_until(lambda: site.gone_on)
    assert site.responders.answer(broken) == b""
