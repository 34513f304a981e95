"""What a certificate is for: keyUsage and extendedKeyUsage of leaves, and of those above them."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.workshop import CLIENT, SERVER, Ext, hard, leaf, middle, purposes, root, soft, usage

R = root()
PRECERTIFICATE = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4")
UNKNOWN = x509.ObjectIdentifier("1.3.6.1.4.1.99999.2")
WEB_ONLY = "a rule for the web's CAs alone; private CAs sign such servers, and serverAuth is there"


def cases() -> Iterator[Case]:
    yield ok("purpose none said", leaf(R, eku=None), R)
    yield ok("purpose anything", leaf(R, eku=soft(purposes(Eku.ANY_EXTENDED_KEY_USAGE))), R)
    yield ok("purpose server and client", leaf(R, eku=soft(purposes(SERVER, CLIENT))), R)
    yield ok("purpose server and an unknown one", leaf(R, eku=soft(purposes(SERVER, UNKNOWN))), R)
    for title, wanted in (("client", CLIENT), ("unknown", UNKNOWN), ("precertificates", PRECERTIFICATE),
                          ("code", Eku.CODE_SIGNING)):
        yield no(f"purpose {title} alone", leaf(R, eku=soft(purposes(wanted))), R)
        yield no(f"purpose {title} alone, critical", leaf(R, eku=hard(purposes(wanted))), R)
    yield no("purpose empty", leaf(R, eku=Ext("2.5.29.37", b"\x30\x00")), R)
    for title, wanted in (("precertificates", PRECERTIFICATE), ("OCSP", Eku.OCSP_SIGNING), ("time stamps", Eku.TIME_STAMPING),
                          ("anything", Eku.ANY_EXTENDED_KEY_USAGE)):
        yield no(f"purpose server and {title}", leaf(R, eku=soft(purposes(SERVER, wanted))), R)
    for title, wanted in (("code", Eku.CODE_SIGNING), ("e-mail", Eku.EMAIL_PROTECTION)):
        yield no(f"purpose server and {title}", leaf(R, eku=soft(purposes(SERVER, wanted))), R, but=WEB_ONLY)
    yield no("purpose server, critical", leaf(R, eku=hard(purposes(SERVER))), R, but=WEB_ONLY)
    yield from _issuers()
    yield from _usages()


def _issuers() -> Iterator[Case]:
    for title, wanted, good in (("server", SERVER, True), ("anything", Eku.ANY_EXTENDED_KEY_USAGE, True),
                                ("client", CLIENT, False), ("code", Eku.CODE_SIGNING, False)):
        between = middle(R, eku=soft(purposes(wanted)))
        yield (ok if good else no)(f"purpose {title} of the intermediate", (leaf(between), between), R)
    yield no("purpose code of the root", leaf(t := root(eku=soft(purposes(Eku.CODE_SIGNING)))), t)
    yield no("purpose server of the root", leaf(t := root(eku=soft(purposes(SERVER)))), t, but=WEB_ONLY)


def _usages() -> Iterator[Case]:
    strong = rsa.generate_private_key(65537, 2048)
    for bits, good in ((("digital_signature",), True), (("key_encipherment",), True), (("digital_signature",
                                                                                        "key_encipherment"), True),
                       (("crl_sign",), False), (("data_encipherment",), False), (("content_commitment",), False)):
        yield (ok if good else no)(f"purpose usage {' and '.join(bits)}, RSA", leaf(R, key=strong, ku=soft(usage(*bits))), R)
    yield no("purpose no usage bit, RSA", leaf(R, key=strong, ku=Ext("2.5.29.15", bytes.fromhex("030100"), True)), R)
    yield no("purpose usage key_cert_sign", leaf(R, ku=soft(usage("digital_signature", "key_cert_sign"))), R)
    yield no("purpose usage key_agreement on a curve", leaf(R, ku=soft(usage("key_agreement"))), R)
    yield no("purpose usage key_encipherment on a curve", leaf(R, ku=soft(usage("key_encipherment"))), R)
