"""What an OCSP responder says, stapled or asked for: any bytes are an answer or none, and no answer is made up."""

from contextlib import suppress
from http.client import HTTPException

from cryptography.x509 import ocsp

from nf.dataplane.ocsp_post import NoAnswerError, _content
from nf.pki import CrlPolicy, verify_server_chain
from nf.pki.responders import kept_until
from nf.policy.pki import OcspCheck
from tests.pki.factory import NOW, ROOT, server
from tests.pki.test_ocsp import DELEGATE, GOOD, LEAF, MIDDLE, REVOKED, UNKNOWN, response
from tests.pki.test_ocsp import ROOT as ANCHOR

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n"
ASKED = CrlPolicy(online={MIDDLE.der: OcspCheck(("http://ocsp.test/",))})


def one_input(data: bytes) -> None:
    """As the bytes of an HTTP answer, and as its content."""
    with suppress(NoAnswerError, HTTPException, ValueError):
        _content(data)
    answer = data.removeprefix(HEAD)
    verdict = verify_server_chain([LEAF.der, MIDDLE.der], [ANCHOR.der], "a.test", NOW, crl_policy=ASKED, stapled=answer,
                                  answers=lambda _: answer)
    assert verdict.message.isprintable()
    assert verdict.questions == ()
    if verdict.ok:
        assert ocsp.load_der_ocsp_response(answer).tbs_response_bytes in SIGNED
    asked = verify_server_chain([LEAF.der, MIDDLE.der], [ANCHOR.der], "a.test", NOW, crl_policy=ASKED).questions
    kept_until(asked[0], answer, NOW)
    asked[0].is_answered_by(answer, bytes(16))


ANSWERS = (*(response(status=status) for status in (GOOD, REVOKED, UNKNOWN)), response(signer=DELEGATE, send=True),
           response(signer=ROOT), response(server(MIDDLE)), response(ends=None))
SIGNED = frozenset(ocsp.load_der_ocsp_response(one).tbs_response_bytes for one in ANSWERS)


def seeds() -> list[bytes]:
    """Answers of each sort, by the issuer, its delegate and a stranger, and one about another server."""
    return [b"", *ANSWERS, *(HEAD + one for one in ANSWERS)]
