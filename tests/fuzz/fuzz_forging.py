"""A failed server's certificate, which is copied all the same where the operator says so: a leaf comes of it, or a reason."""

from cryptography import x509

from nf.pki import AuthFailure, create_authority, new_signer, standing_of, verify_server_chain
from tests.fuzz.fuzz_certificates import NAME, certificates, seeds
from tests.pki.factory import NOW, ROOT

__all__ = ["one_input", "seeds"]
SIGNER = new_signer(create_authority("SRX SSL proxy CA", "ecdsa", at=NOW))
NOTHING_TO_COPY = {AuthFailure.EMPTY_CHAIN, AuthFailure.MALFORMED}


def one_input(data: bytes) -> None:
    chain = certificates(data)
    verdict = verify_server_chain(chain, [ROOT.der], NAME, NOW)
    if verdict.reason in NOTHING_TO_COPY:
        return
    standing = standing_of(chain, verdict.reason, [ROOT.der], NOW, server_name=NAME)
    try:
        forged = SIGNER.forge(x509.load_der_x509_certificate(chain[0]), standing, NOW)
    except ValueError as why:
        if not str(why):
            raise
        return
    constraints = forged.leaf.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca
    assert 0 < forged.leaf.serial_number < 1 << 159
    assert all(ord(sign) >= 0x20 for sign in forged.leaf.subject.rfc4514_string())
