"""Revocation lists (RFC 5280 §5, §6.3): who may sign one, what it covers, and what it says of a certificate."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography import x509

from nf.pki import CrlPolicy
from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.der import bits, context, enumerated, integer, seq, utc
from tests.pki.suite.workshop import BEGINS, NOW, Ext, Made, algorithm, hard, leaf, middle, of_issuer, root, sign, soft, usage

DAY = timedelta(days=1)
STRANGE = "1.3.6.1.4.1.99999.1"
NUMBER = soft(x509.CRLNumber(5))
URI = "http://example.com/part.crl"


def crl(issuer: Made, revoked: Sequence[int | bytes] = (), *, signer: Made | None = None, number: Ext | None = NUMBER,
        more: Sequence[Ext] = (), begins: datetime = NOW - DAY, ends: datetime | None = NOW + DAY, digest: str = "sha256",
        version: int | None = 1) -> bytes:
    """A CRL with these serials, or whole entries as DER."""
    by = signer or issuer
    extensions = [one.der for one in (number, soft(of_issuer(by.key)), *more) if one is not None]
    entries = [one if isinstance(one, bytes) else entry(one) for one in revoked]
    body = seq(b"" if version is None else integer(version), algorithm(by.key, digest), issuer.subject, utc(begins),
               utc(ends) if ends else b"",
               seq(*entries) if entries else b"", context(0, seq(*extensions)) if extensions else b"")
    return seq(body, algorithm(by.key, digest), bits(sign(by.key, body, digest)))


def entry(serial: int, *extensions: Ext, when: datetime = NOW - DAY) -> bytes:
    return seq(integer(serial), utc(when), seq(*(one.der for one in extensions)) if extensions else b"")


def reason(code: int) -> Ext:
    return Ext("2.5.29.21", enumerated(code))


def scope(*, names: Sequence[str] = (), relative: bool = False, users: bool = False, cas: bool = False, indirect: bool = False,
          attributes: bool = False, reasons: bool = False) -> Ext:
    full = [x509.UniformResourceIdentifier(one) for one in names] or None
    near = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "part")]) if relative else None
    some = frozenset([x509.ReasonFlags.key_compromise]) if reasons else None
    return hard(x509.IssuingDistributionPoint(full, near, users, cas, some, indirect, attributes))


def points(*names: x509.GeneralName) -> Ext:
    return soft(x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]))


def cases() -> Iterator[Case]:
    top = root()
    made = leaf(top)
    yield no("list revokes the leaf", made, top, crls=[crl(top, [made.serial])])
    yield no("list revokes the intermediate", (leaf(m := middle(top)), m), top, crls=[crl(top, [m.serial])])
    yield ok("list names others", made, top, crls=[crl(top, [1, 2])])
    yield ok("list is empty", made, top, crls=[crl(top)])
    yield ok("list of 10,000", made, top, crls=[crl(top, range(1 << 40, (1 << 40) + 10_000))])
    other = root("Other")
    yield ok("list of another CA has the serial", made, (top, other), crls=[crl(top), crl(other, [made.serial])])
    yield no("list names the leaf from tomorrow on", made, top, crls=[crl(top, [entry(made.serial, when=NOW + DAY)])])
    yield no("list names the leaf from before its begin", made, top, crls=[crl(top, [entry(made.serial, when=BEGINS - DAY)])])
    yield no("list with an unknown extension of its entry", made, top, crls=[crl(top, [entry(made.serial, Ext(STRANGE, b""))])])
    yield no("list with an unknown critical extension of its entry", made, top,
             crls=[crl(top, [entry(made.serial, Ext(STRANGE, b"", True))])])
    yield no("list with an unknown critical extension of another's entry", made, top,
             crls=[crl(top, [entry(77, Ext(STRANGE, b"", True))])])
    yield no("list with an unknown critical extension", made, top, crls=[crl(top, [1], more=[Ext(STRANGE, b"", True)])])
    yield ok("list with an unknown extension", made, top, crls=[crl(top, [1], more=[Ext(STRANGE, b"")])])
    yield no("list with a serial twice", made, top, crls=[crl(top, [9, 9])],
             but="it says the same twice; to drop all that its CA signed would do more harm")
    yield no("list without number", made, top, crls=[crl(top, [1], number=None)])
    yield no("list with a critical number", made, top, crls=[crl(top, [1], number=hard(x509.CRLNumber(5)))])
    yield no("list of version 1 says that it is version 3", made, top, crls=[crl(top, version=2)])
    yield no("list signed by another key", made, top, crls=[crl(top, [1], signer=other)])
    yield no("list by a CA that may sign none", leaf(t := root(ku=soft(usage("key_cert_sign")))), t, crls=[crl(t, [1])])
    yield ok("list by a CA that says nothing of usage", leaf(t := root(ku=None)), t, crls=[crl(t, [1])])
    yield no("list signed with SHA-1", made, top, crls=[crl(top, digest="sha1")])
    yield from _times(top, made)
    yield from _scopes(top)
    yield from _policies(top, made)


def _times(top: Made, made: Made) -> Iterator[Case]:
    drop = CrlPolicy(if_not_present="drop")
    yield no("list of tomorrow", made, top, crls=[crl(top, begins=NOW + DAY, ends=NOW + 9 * DAY)], policy=drop)
    yield no("list that has ended", made, top, crls=[crl(top, begins=NOW - 9 * DAY, ends=NOW - DAY)], policy=drop)
    yield no("list that has ended and names the leaf", made, top, crls=[crl(top, [made.serial], begins=NOW - 9 * DAY,
                                                                            ends=NOW - DAY)])
    yield no("list without end", made, top, crls=[crl(top, ends=None)], policy=drop)
    yield ok("list that ends now", made, top, crls=[crl(top, ends=NOW)], policy=drop)
    yield ok("list that begins now", made, top, crls=[crl(top, begins=NOW)], policy=drop)
    yield ok("list that has ended beside one that has not", made, top, policy=drop,
             crls=[crl(top, begins=NOW - 9 * DAY, ends=NOW - DAY), crl(top)])


def _scopes(top: Made) -> Iterator[Case]:
    here = x509.UniformResourceIdentifier(URI)
    plain, pointed = leaf(top), leaf(top, more=[points(here)])
    yield ok("list for the certificate's distribution point", pointed, top, crls=[crl(top, more=[scope(names=[URI])])])
    yield no("list for another distribution point", pointed, top, crls=[crl(top,
                                                                            more=[scope(names=["http://example.com/no.crl"])])])
    yield no("list for a distribution point written otherwise", leaf(
        top, more=[points(x509.UniformResourceIdentifier("http://example.com/%70art.crl"))]), top,
        crls=[crl(top, more=[scope(names=[URI])])])
    yield no("list for a distribution point, certificate has none", plain, top, crls=[crl(top, more=[scope(names=[URI])])])
    yield no("list for a name relative to its issuer", plain, top, crls=[crl(top, more=[scope(relative=True)])])
    yield no("list for CAs alone, a leaf", plain, top, crls=[crl(top, more=[scope(cas=True)])])
    yield no("list for attribute certificates", plain, top, crls=[crl(top, [1], more=[scope(attributes=True)])])
    yield no("list that is indirect", pointed, top, crls=[crl(top, more=[scope(names=[URI], indirect=True)])])
    yield no("list for some reasons", pointed, top, crls=[crl(top, more=[scope(names=[URI], reasons=True)])])
    yield no("list that is a delta, no whole one", plain, top, crls=[crl(top, more=[hard(x509.DeltaCRLIndicator(1))])])
    yield ok("list that is a delta beside a whole one", plain, top, crls=[crl(top, more=[hard(x509.DeltaCRLIndicator(1))]),
                                                                          crl(top)])
    between = middle(top)
    yield no("list for leaves alone, an intermediate", (leaf(between), between), top,
             crls=[crl(top, more=[scope(users=True)]), crl(between)])
    yield ok("list for leaves alone, a leaf", plain, top, crls=[crl(top, more=[scope(users=True)])])


def _policies(top: Made, made: Made) -> Iterator[Case]:
    drop, off = CrlPolicy(if_not_present="drop"), CrlPolicy(disable=True, if_not_present="drop")
    yield ok("list missing, allowed", made, top)
    yield no("list missing, dropped", made, top, policy=drop)
    yield ok("list of another CA, allowed", made, top, crls=[crl(root("Other"), [made.serial])])
    yield no("list of another CA, dropped", made, top, crls=[crl(root("Other"))], policy=drop)
    yield ok("list revokes, disabled", made, top, crls=[crl(top, [made.serial])], policy=off)
    yield ok("list missing, disabled", made, top, policy=off)
    held = [crl(top, [entry(made.serial, reason(6))])]
    yield no("list holds the leaf", made, top, crls=held)
    yield ok("list holds the leaf, hold ignored", made, top, crls=held, policy=CrlPolicy(ignore_hold=True))
    yield no("list revokes the leaf, hold ignored", made, top, crls=[crl(top, [entry(made.serial, reason(1))])],
             policy=CrlPolicy(ignore_hold=True))
    yield no("list missing for the intermediate, dropped", (leaf(m := middle(top)), m), top, crls=[crl(m)], policy=drop)
    yield ok("list there for both, dropped", (leaf(m := middle(top)), m), top, crls=[crl(m), crl(top)], policy=drop)
