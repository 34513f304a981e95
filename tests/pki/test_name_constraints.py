"""Name constraints along a path: never wider than OpenSSL or the second verifier, and what each kind of name comes to."""

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.pki import AuthFailure
from nf.pki.certificate import Certificate, read
from nf.pki.name_constraints import constraint_fault
from nf.pki.path import Budget
from nf.pki.verifiers import openssl_fault, second_fault, second_knows
from tests.pki.suite.constraints import addr, directory, dns, held, limits, mail, net, uri
from tests.pki.suite.workshop import NOW, Made, hard, key, leaf, middle, root, soft

HOSTS = st.sampled_from(["a.test", "b.a.test", "c.b.a.test", "xa.test", "test", "b.test", "*.a.test", "*.b.a.test", "A.TEST"])
TREES = st.sampled_from(["a.test", "b.a.test", "test", "b.test", "A.test"])
ADDRESSES = st.sampled_from(["10.0.0.1", "10.1.0.1", "2001:db8::1", "2001:db9::1"])
NETS = st.sampled_from(["10.0.0.0/16", "10.0.0.0/8", "10.0.0.1/32", "2001:db8::/32", "::/0", "0.0.0.0/0"])
NAMES = st.lists(st.one_of(HOSTS.map(dns), ADDRESSES.map(addr)), min_size=1, max_size=4)
LIMITS = st.lists(st.one_of(TREES.map(dns), NETS.map(net)), max_size=3)


def path(*made: Made) -> tuple[Certificate, ...]:
    return tuple(read(one.der) for one in made)


def words(*made: Made) -> str:
    found = constraint_fault(path(*made), Budget())
    return "" if found is None else found.detail


@settings(deadline=None)
@given(NAMES, LIMITS, LIMITS)
def test_what_either_verifier_rejects_we_reject(names, permitted, excluded):
    top = root(key=key("limited"), **({"nc": limits(permitted, excluded)} if permitted or excluded else {}))
    tried = path(leaf(top, common="x", key=key("held"), san=held(*names)), top)
    assert second_knows(tried)
    ours = constraint_fault(tried, Budget())
    if ours is None:
        assert openssl_fault(tried, NOW) is None
        assert second_fault(tried, NOW, None) is None
    elif not any(str(name.value).startswith("*") for name in names):  # of which each has an opinion of its own
        assert openssl_fault(tried, NOW) is not None


def test_self_issued_cas_are_passed_by_and_others_are_not():
    top = root("Same", nc=limits([dns("a.test")]))
    own = middle(top, "Same", san=held(dns("no.test")))
    assert words(leaf(own, "a.test", common="x"), own, top) == ""
    other = middle(top, "Other", san=held(dns("no.test")))
    assert words(leaf(other, "a.test", common="x"), other, top) == "a name is not permitted"
    found = constraint_fault(path(leaf(other, "a.test"), other, top), Budget())
    assert (found.reason, found.depth) == (AuthFailure.NAME_CONSTRAINT, 1)


@pytest.mark.parametrize(("limit", "names", "expected"), [
    ([directory("CN=x")], [dns("a.test")], ""), ([directory("CN=X")], [dns("a.test")], ""),  # case folds
    ([directory("CN=y")], [dns("a.test")], "a name is not permitted"),
    ([directory("CN=x,O=y")], [dns("a.test")], "a name is not permitted"),
    ([mail(".a.test")], [mail("x@b.a.test")], ""), ([mail(".a.test")], [mail("x@a.test")], "a name is not permitted"),
    ([mail("a.test")], [mail("x@A.TEST")], ""), ([mail("x@a.test")], [mail("X@a.test")], "a name is not permitted"),
    ([uri(".a.test")], [uri("https://b.a.test:8443/x")], ""), ([uri(".a.test")], [uri("https://a.test/")],
                                                               "a name is not permitted"),
    ([uri("a.test")], [uri("https://192.0.2.1/")], "a name of a limited form cannot be read"),
    ([uri("a.test")], [uri("urn:a.test")], "a name of a limited form cannot be read"),
    ([dns("a.test")], [dns("-.a..test")], "a name of a limited form cannot be read"),
    ([x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))], [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))],
     "a name of a limited form cannot be read")])
def test_kinds_of_names(limit, names, expected):
    top = root(nc=limits(limit))
    assert words(leaf(top, common="x", san=held(*names)), top) == expected


def test_an_address_in_the_subject_counts_where_there_are_no_alternatives():
    subject = x509.Name([x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, "x@b.test")]).public_bytes()
    top = root(nc=limits([mail("a.test")]))
    assert words(leaf(top, subject=subject, san=None), top) == "a name is not permitted"
    assert words(leaf(top, "a.test", subject=subject), top) == ""


def test_work_is_taken_from_the_budget():
    top = root(nc=limits([dns("a.test"), dns("b.test")]))
    budget = Budget()
    before = budget.comparisons
    assert constraint_fault(path(leaf(top, "a.test", "b.test", common="x"), top), budget) is None
    assert before - budget.comparisons == 3 * 2  # the subject is a name as well
    assert constraint_fault(path(leaf(top, "a.test"), top), Budget(comparisons=1)).reason is AuthFailure.TOO_COMPLEX


def test_what_the_second_verifier_is_not_asked():
    top = root()
    policies = hard(x509.PolicyConstraints(require_explicit_policy=3, inhibit_policy_mapping=None))
    between = middle(top, more=[policies])
    assert not second_knows(path(leaf(between), between, top))
    assert not second_knows(path(leaf(top), limited := root(nc=limits([directory("CN=x")]))))
    assert second_knows(path(leaf(limited), root(nc=limits([dns("a.test"), net("10.0.0.0/8"), mail("a.test")]))))
    anything = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)])
    assert second_knows(path(leaf(top, more=[soft(anything)]), top))
