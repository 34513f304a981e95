"""Chains made to take long: what they may spend is counted in steps and units of work, never in seconds."""

from collections import Counter
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nf.pki import AuthFailure, verify, verify_server_chain
from nf.pki.certificate import Certificate
from nf.pki.keys import effort
from nf.pki.path import MAX_COMPARISONS, MAX_PATHS, MAX_WORK
from tests.pki.suite.constraints import dns, limits
from tests.pki.suite.der import oid, seq
from tests.pki.suite.keys import rsa_key
from tests.pki.suite.workshop import NOW, Ext, Made, hard, key, leaf, middle, name, root, sans, soft

CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


@pytest.fixture
def spent(monkeypatch) -> Counter:
    """What the verifications of a test spend; each check still does what it does."""
    counts: Counter = Counter()
    signed_by, openssl_fault, second_fault = Certificate.signed_by, verify.openssl_fault, verify.second_fault

    def counted(self, issuer):
        counts["work"] += effort(issuer)
        return signed_by(self, issuer)

    def both(check):
        def judged(path, *rest):
            counts["paths"] += 1
            counts["work"] += sum(effort(one) for one in path[1:])
            return check(path, *rest)
        return judged

    monkeypatch.setattr(Certificate, "signed_by", counted)
    monkeypatch.setattr(verify, "openssl_fault", both(openssl_fault))
    monkeypatch.setattr(verify, "second_fault", both(second_fault))
    return counts


def judged(chain, anchors, host="example.com"):
    return verify_server_chain([one if isinstance(one, bytes) else one.der for one in chain], [one.der for one in anchors],
                               host, NOW)


def bounded(spent: Counter) -> bool:
    # Who searches for the reason when none holds has a budget of its own.
    return spent["work"] <= 2 * MAX_WORK + 100 and spent["paths"] <= 2 * MAX_PATHS


def mesh(size: int, curve=ec.SECP256R1) -> tuple[list[Made], list[Made]]:
    """CAs that all sign each other, as bare nodes and as certificates."""
    nodes = [Made(b"", name(f"Knot {number}"), ec.generate_private_key(curve())) for number in range(size)]
    return nodes, [middle(by, f"Knot {number}", key=of.key) for number, of in enumerate(nodes) for by in nodes if of is not by]


@pytest.mark.parametrize("curve", CURVES)
def test_cas_that_all_sign_each_other(spent, curve):
    nodes, certificates = mesh(13, curve)
    assert judged([leaf(nodes[0]), *certificates], [root("Elsewhere")]).reason is AuthFailure.TOO_COMPLEX
    assert bounded(spent)


def test_a_way_out_of_the_mesh_is_found(spent):
    nodes, certificates = mesh(10)
    anchor = root("Knot 9", key=nodes[9].key)
    assert judged([leaf(nodes[0]), *certificates], [anchor]).ok
    assert bounded(spent)


def test_many_ways_of_which_none_is_good(spent):
    """Each way ends at a root that is trusted, and each breaks a name constraint of its own."""
    top, shared = root(), key("hostile")
    ways = [middle(top, "Way", key=shared, nc=limits([dns(f"no{number}.test")])) for number in range(150)]
    verdict = judged([leaf(ways[0]), *ways], [top])
    assert verdict.reason is AuthFailure.NAME_CONSTRAINT
    assert bounded(spent)


def test_a_hundred_certificates_in_a_row(spent):
    line = [root()]
    for _ in range(99):
        line.append(middle(line[-1]))
    assert judged([leaf(line[-1]), *reversed(line)], line[:1]).reason is AuthFailure.TOO_COMPLEX
    assert bounded(spent)


@pytest.mark.parametrize("count", [1000, 10_000])
def test_many_names(spent, count):
    top = root()
    made = leaf(top, *(f"host{number}.test" for number in range(count)))
    assert judged([made], [top], f"host{count - 1}.test").ok
    assert judged([made], [top], "other.test").reason is AuthFailure.NAME_MISMATCH


def test_many_names_under_many_constraints():
    permitted = [dns(f"zone{number}.test") for number in range(60)]
    top = root(nc=limits(permitted))
    names = [f"host{number}.zone{number % 60}.test" for number in range(900)]
    assert judged([leaf(top, *names)], [top], names[-1]).ok
    wide = root(nc=limits([*permitted, *(dns(f"more{number}.test") for number in range(MAX_COMPARISONS // 900))]))
    assert judged([leaf(wide, *names)], [wide], names[-1]).reason is AuthFailure.TOO_COMPLEX


def test_constraints_on_every_level():
    top = root(nc=limits([dns(f"a{number}.test") for number in range(2000)]))
    between = middle(top, nc=limits(None, [dns(f"b{number}.test") for number in range(2000)]))
    many = x509.SubjectAlternativeName([x509.IPAddress(ip_address(number)) for number in range(5000)])
    assert judged([leaf(between, san=soft(many)), between], [top], "0.0.0.1").reason is AuthFailure.TOO_COMPLEX


@pytest.mark.parametrize("public", [rsa_key(1 << 16383 | 1), rsa_key((1 << 16383) + 3, (1 << 64) - 1),
                                    rsa_key(1 << 3071 | 1, 1 << 3000 | 1)])
def test_no_signature_is_tried_with_a_key_that_takes_long(spent, public):
    top = root()
    slow = middle(top, "Slow", key=public, ski=None)
    signer = Made(slow.der, slow.subject, rsa.generate_private_key(65537, 2048))
    chain = [leaf(signer, aki=None), *[slow] * 3, top]
    assert judged(chain, [top]).reason in {AuthFailure.WEAK_KEY, AuthFailure.UNKNOWN_CA}
    assert judged(chain, [slow]).reason is AuthFailure.WEAK_KEY
    assert judged([slow], [top], None).reason is AuthFailure.WEAK_KEY


def test_self_signed_certificates_with_slow_keys_use_the_budget_up(spent):
    slow = rsa.generate_private_key(65537, 4096)
    top = root("Own", key=slow)
    copies = [root("Own", key=slow, serial=number) for number in range(100, 290)]
    assert judged([leaf(top), *copies], [root("Elsewhere")]).reason is AuthFailure.SELF_SIGNED
    assert bounded(spent)


def test_policies_that_multiply():
    """Mappings of each policy to each at every level (CVE-2023-0464)."""
    policies = [x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.7.{number}") for number in range(12)]
    held = soft(x509.CertificatePolicies([x509.PolicyInformation(one, None) for one in policies]))
    more = [held, _mappings(policies, policies), hard(x509.PolicyConstraints(0, None))]
    line = [root()]
    for _ in range(7):
        line.append(middle(line[-1], more=more))
    assert judged([leaf(line[-1], more=[held]), *line[1:]], line[:1]).ok


def test_policies_beyond_number():
    policies = [x509.ObjectIdentifier(f"1.3.6.1.4.1.99999.7.{number}") for number in range(70)]
    top, shared = root(), key("policies")
    more = [_mappings(policies, policies), hard(x509.PolicyConstraints(0, None))]
    ways = [middle(top, "Way", key=shared, more=more) for _ in range(8)]
    verdict = judged([leaf(ways[0]), *ways], [top])
    assert verdict.reason is AuthFailure.BAD_EXTENSION  # of the first way; the others are no longer all looked at
    wide = [middle(top, "Way", key=shared, more=[_mappings(policies, policies * 3), *more[1:]])]
    assert judged([leaf(wide[0]), *wide], [top]).reason is AuthFailure.TOO_COMPLEX


def _mappings(own: list[x509.ObjectIdentifier], others: list[x509.ObjectIdentifier]) -> Ext:
    pairs = (seq(oid(one.dotted_string), oid(other.dotted_string)) for one in own for other in others)
    return Ext("2.5.29.33", seq(*pairs))


def test_certificates_beyond_what_is_looked_at_do_not_count():
    top = root()
    between = middle(top)
    filler = [middle(top).der] * verify.MAX_SENT
    assert judged([leaf(between), *filler, between], [top]).reason is AuthFailure.ISSUER_MISMATCH
    assert judged([leaf(between), between, *filler], [top]).ok


def test_a_critical_extension_of_great_size():
    top = root()
    assert judged([leaf(top, more=[Ext("1.3.6.1.4.1.99999.1", bytes(90_000))])], [top]).ok
    assert not judged([leaf(top, san=hard(sans("example.com")))], [top]).ok
