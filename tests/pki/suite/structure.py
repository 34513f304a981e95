"""The form of certificates: version, serial, names, identifiers, extensions, encodings (RFC 5280 §4)."""

from collections.abc import Iterator

from cryptography import x509

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.der import context, implicit, integer, octets, seq
from tests.pki.suite.workshop import Ext, Odd, ca, hard, identifier, key, leaf, middle, of_issuer, root, sans, soft, usage

R = root()
STRANGE = "1.3.6.1.4.1.99999.1"
SKI, AKI, AIA, POLICIES, POLICY_LIMITS = "2.5.29.14", "2.5.29.35", "1.3.6.1.5.5.7.1.1", "2.5.29.32", "2.5.29.36"
PRIVATE_CAS = "many private CAs leave key identifiers out; RFC 5280 §6 needs none to validate"
UNCRITICAL = "many CAs, some of the web's among them, leave it uncritical; what it says holds all the same"


def cases() -> Iterator[Case]:
    yield from _extensions()
    yield from _identifiers()
    yield from _constraints()
    yield from _fields()
    yield from _encodings()


def _extensions() -> Iterator[Case]:
    for title, who in (("root", 0), ("intermediate", 1), ("leaf", 2)):
        for critical in (True, False):
            more = [Ext(STRANGE, b"\x05\x00", critical)]
            top = root(more=more if who == 0 else ())
            between = middle(top, more=more if who == 1 else ())
            made = leaf(between, more=more if who == 2 else ()), between
            yield (no if critical else ok)(f"structure unknown extension in the {title}, critical {critical}", made, top)
    stray = root("Stray", more=[Ext(STRANGE, b"\x05\x00", True)])
    yield ok("structure unknown critical extension beside the path", (leaf(R), stray), R)
    yield ok("structure no keyUsage", leaf(R, ku=None), R)
    yield ok("structure basicConstraints that say no CA", leaf(R, bc=hard(x509.BasicConstraints(ca=False, path_length=None))),
             R)
    access = x509.AuthorityInformationAccess([x509.AccessDescription(x509.OID_CA_ISSUERS, x509.DNSName("example.com"))])
    yield ok("structure authorityInfoAccess", leaf(R, more=[soft(access)]), R)
    yield no("structure critical authorityInfoAccess", leaf(R, more=[hard(access)]), R)
    yield no("structure malformed authorityInfoAccess", leaf(R, more=[Ext(AIA, b"malformed")]), R)
    yield no("structure empty authorityInfoAccess", leaf(R, more=[Ext(AIA, seq())]), R)
    twice = usage("digital_signature")
    yield no("structure an extension twice", leaf(R, more=[soft(twice)]), R)
    yield no("structure an extension twice in the intermediate", (leaf(m := middle(R, more=[ca()])), m), R)
    yield no("structure an extension twice in the root", leaf(t := root(more=[ca()])), t)
    yield no("structure an unknown extension twice", leaf(R, more=[Ext(STRANGE, b"\5\0"), Ext(STRANGE, b"\5\0")]), R)
    anything = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)])
    yield ok("structure policies", leaf(R, more=[soft(anything)]), R)
    limits = soft(x509.PolicyConstraints(require_explicit_policy=3, inhibit_policy_mapping=None))
    yield no("structure uncritical policyConstraints", (leaf(m := middle(R, more=[limits])), m), R)
    limits = hard(x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None))
    yield no("structure a policy required and none there", (leaf(m := middle(R, more=[limits])), m), R)
    one = soft(x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(STRANGE), None)]))
    yield ok("structure a policy required and there", (leaf(m := middle(R, more=[limits, one]), more=[one]), m), R)


def _identifiers() -> Iterator[Case]:
    own = key("identifiers")
    yield no("structure critical authorityKeyIdentifier", leaf(t := root(key=own, aki=hard(of_issuer(own)))), t)
    yield no("structure critical authorityKeyIdentifier of the leaf", leaf(R, aki=hard(of_issuer(R.key))), R)
    yield no("structure critical subjectKeyIdentifier", leaf(t := root(ski=hard(x509.SubjectKeyIdentifier(b"1234")))), t)
    yield no("structure leaf without authorityKeyIdentifier", leaf(R, aki=None), R, but=PRIVATE_CAS)
    yield no("structure intermediate without authorityKeyIdentifier", (leaf(m := middle(R, aki=None)), m), R, but=PRIVATE_CAS)
    yield no("structure intermediate without subjectKeyIdentifier", (leaf(m := middle(R, ski=None)), m), R, but=PRIVATE_CAS)
    yield no("structure root without subjectKeyIdentifier", leaf(t := root(ski=None)), t, but=PRIVATE_CAS)
    yield ok("structure self-signed root without authorityKeyIdentifier", leaf(R), R)
    yield no("structure trusted intermediate without authorityKeyIdentifier", leaf(m := middle(R, aki=None)), m,
             but=PRIVATE_CAS)
    yield no("structure authorityKeyIdentifier with nothing in it", leaf(t := root(aki=Ext(AKI, seq()))), t)
    held = implicit(0, identifier(own))
    issuer, serial = context(1, context(4, seq())), implicit(2, b"\x04\xd2")
    yield no("structure authorityKeyIdentifier with issuer alone", leaf(t := root(key=own, aki=Ext(AKI, seq(held, issuer)))), t)
    yield no("structure authorityKeyIdentifier with serial alone", leaf(t := root(key=own, aki=Ext(AKI, seq(held, serial)))), t)
    yield no("structure authorityKeyIdentifier with issuer and serial", leaf(t := root(key=own,
                                                                                       aki=Ext(AKI,
                                                                                               seq(held, issuer, serial)))),
             t, but="old roots and easy-rsa write them; RFC 5280 allows them")
    yield no("structure root that names another key as its signer's", leaf(t := root(aki=soft(of_issuer(own)))), t)
    yield no("structure leaf that names another key as its signer's", leaf(R, aki=soft(of_issuer(own))), R)


def _constraints() -> Iterator[Case]:
    no_ca = hard(x509.BasicConstraints(ca=False, path_length=None))
    for title, change in (("says no CA", {"bc": no_ca}), ("has no basicConstraints", {"bc": None}),
                          ("lacks keyCertSign", {"ku": soft(usage("crl_sign"))}),
                          ("has no key usage bit", {"ku": Ext("2.5.29.15", bytes.fromhex("030100"))})):
        yield no(f"structure intermediate {title}", (leaf(m := middle(R, **change)), m), R)
        yield no(f"structure root {title}", leaf(t := root(**change)), t)
    yield no("structure root with uncritical basicConstraints", leaf(t := root(bc=soft(x509.BasicConstraints(True, None)))), t,
             but=UNCRITICAL)
    ordinary = leaf(R, "ca.test", eku=None)
    yield no("structure leaf as an issuer", (leaf(ordinary), ordinary), R)
    yield no("structure leaf with keyCertSign", leaf(R, bc=no_ca, ku=soft(usage("digital_signature", "key_cert_sign"))), R)
    yield no("structure leaf marked as a CA", leaf(R, bc=ca()), R)
    yield no("structure CA as a server", middle(R, "Server", san=soft(sans("example.com"))), R)
    yield no("structure CA as a server, other name", middle(R, "Server", san=soft(sans("example.com"))), R, "other.test")


def _fields() -> Iterator[Case]:
    yield no("structure leaf of version 1", leaf(R, version=0, ku=None, eku=None, san=None, ski=None, aki=None), R, None)
    yield no("structure leaf of version 1 with extensions", leaf(R, version=0), R)
    yield no("structure leaf of version 2", leaf(R, version=1), R)
    yield no("structure leaf of version 4", leaf(R, version=3), R)
    bare = {"version": 0, "bc": None, "ku": None, "ski": None}
    yield no("structure intermediate of version 1", (leaf(m := middle(R, aki=None, **bare)), m), R)
    yield no("structure root of version 1", leaf(t := root(**bare)), t)
    for title, number in (("zero", 0), ("negative", -5), ("of 21 octets", 1 << 160), ("of 22 octets", (1 << 171) + 1)):
        yield no(f"structure serial {title}", leaf(R, serial=number), R)
        yield no(f"structure serial of the intermediate {title}", (leaf(m := middle(R, serial=number)), m), R)
    yield ok("structure serial of the root zero, as several of the web's are", leaf(t := root(serial=0)), t)
    yield ok("structure serial of 20 octets", leaf(R, serial=(1 << 158) + 1), R)
    yield no("structure issuer empty", leaf(root(""), issuer=seq()), R)
    yield no("structure issuer's subject empty", leaf(t := root("", issuer=b"")), t)
    yield no("structure root's subject empty", leaf(t := root("")), t)


def _encodings() -> Iterator[Case]:
    made = leaf(R)
    yield no("structure octets after the certificate", made.der + b"\0", R)
    yield no("structure cut short", made.der[:-1], R)
    yield no("structure a signature bit changed", made.der[:-1] + bytes([made.der[-1] ^ 1]), R)
    middle_one = middle(R)
    broken = middle_one.der[:-1] + bytes([middle_one.der[-1] ^ 1])
    yield no("structure a signature bit changed in the intermediate", (leaf(middle_one), broken), R)
    yield no("structure indefinite length", b"\x30\x80" + made.der[4:] + b"\0\0", R)
    yield no("structure other algorithm outside than inside", leaf(R, digest="sha256", outer="sha384"), R)
    yield no("structure other algorithm outside in the intermediate", (leaf(m := middle(R, outer="sha512")), m), R)
    yield no("structure something after the extensions", leaf(R, tail=integer(5)), R)
    yield no("structure critical FALSE written out", leaf(R, body_edit=(b"\x06\x03\x55\x1d\x0f\x04",
                                                                        b"\x06\x03\x55\x1d\x0f\x01\x01\x00\x04")), R)
    yield no("structure issuer's key of no content", (leaf(middle_one), middle(R, key=Odd(_no_rsa()), issuer=R.subject)), R)
    yield no("structure empty chain of octets", b"", R)
    yield no("structure octets that are no certificate", octets(b"certificate"), R)


def _no_rsa() -> bytes:
    return bytes.fromhex("3012300d06092a864886f70d01010105000301 00".replace(" ", ""))
