"""What a server sends as its chain: any bytes end in a verdict, and no changed certificate is taken for the real one."""

from cryptography import x509

from nf.pki import verify_server_chain
from tests.pki.factory import LEAF, MIDDLE, NOW, ROOT, edited
from tests.pki.suite import constraints, purposes, structure

NAME = "a.test"


def one_input(data: bytes) -> None:
    chain = certificates(data)
    verdict = verify_server_chain(chain, [ROOT.der], NAME, NOW)
    assert verdict.ok is (verdict.reason is None) is not bool(verdict.message)
    assert verdict.message.isprintable()
    assert verdict.detail.isprintable()
    if verdict.ok:
        assert x509.load_der_x509_certificate(chain[0]).tbs_certificate_bytes == LEAF.certificate.tbs_certificate_bytes


def certificates(data: bytes) -> list[bytes]:
    """A certificate_list of TLS 1.2 (RFC 5246 §7.4.2), however wrong its lengths are."""
    found = []
    while data and len(found) < 20:
        size = int.from_bytes(data[:3], "big")
        found.append(data[3:3 + size])
        data = data[3 + size:]
    return found


def certificate_list(*ders: bytes) -> bytes:
    return b"".join(len(der).to_bytes(3, "big") + der for der in ders)


def seeds() -> list[bytes]:
    """A good chain, one in the wrong order and too long, one whose leaf has another name, and others with odd extensions."""
    other = edited(LEAF, b"a.test", b"b.test", MIDDLE.key)
    odd = [certificate_list(*case.chain) for group in (constraints, purposes, structure) for case in group.cases()]
    return [certificate_list(LEAF.der, MIDDLE.der), certificate_list(LEAF.der, ROOT.der, MIDDLE.der, MIDDLE.der),
            certificate_list(other, MIDDLE.der), certificate_list(LEAF.der), b"", *odd]
