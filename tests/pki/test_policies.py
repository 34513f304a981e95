"""Certificate policies along a path: what is asked for, mapped, inhibited, and left at the end."""

import pytest
from cryptography import x509

from nf.pki.certificate import read
from nf.pki.path import Budget
from nf.pki.policies import policy_fault
from tests.pki.suite.der import oid, seq
from tests.pki.suite.workshop import Ext, Made, hard, leaf, middle, name, root, soft

A, B, C, ANY = "1.3.6.1.4.1.99999.7.1", "1.3.6.1.4.1.99999.7.2", "1.3.6.1.4.1.99999.7.3", "2.5.29.32.0"


def held(*policies: str) -> Ext:
    return soft(x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in policies]))


def limit(explicit: int | None = None, mapping: int | None = None) -> Ext:
    return hard(x509.PolicyConstraints(require_explicit_policy=explicit, inhibit_policy_mapping=mapping))


def no_any(after: int) -> Ext:
    return hard(x509.InhibitAnyPolicy(after))


def maps(*pairs: tuple[str, str]) -> Ext:
    return Ext("2.5.29.33", seq(*(seq(oid(own), oid(other)) for own, other in pairs)), critical=True)


def words(*levels: list[Ext], names: tuple[str, ...] = ()) -> str:
    """The fault of a path with these extensions, from the first CA below the root to the leaf."""
    line: list[Made] = [root("Root")]
    for depth, extensions in enumerate(levels[:-1]):
        line.append(middle(line[-1], names[depth] if names else None, more=extensions))
    line.append(leaf(line[-1], more=levels[-1], subject=name("leaf")))
    found = policy_fault(tuple(read(one.der) for one in reversed(line)), Budget())
    return "" if found is None else found.detail


NONE_LEFT = "a policy is required and none is left"


@pytest.mark.parametrize(("levels", "expected"), [
    ([[], []], ""), ([[held(A)], [held(B)]], ""),  # nobody asks
    ([[limit(0), held(A)], [held(A)]], ""), ([[limit(0), held(A)], []], NONE_LEFT), ([[limit(0)], [held(A)]], NONE_LEFT),
    ([[limit(0), held(A)], [held(B)]], NONE_LEFT), ([[limit(0), held(A, B)], [held(B, C)]], ""),
    ([[limit(1)], []], NONE_LEFT), ([[limit(2)], []], ""), ([[limit(5)], [limit(0)]], NONE_LEFT),
    ([[limit(0), held(ANY)], [held(B)]], ""), ([[limit(0), held(A)], [held(ANY)]], ""), ([[limit(0), held(ANY)], [held(ANY)]],
                                                                                         ""),
    ([[limit(0), held(ANY), no_any(0)], [held(ANY)]], NONE_LEFT), ([[limit(0), held(ANY), no_any(1)], [held(ANY)]], ""),
    ([[limit(0), held(A), no_any(0)], [held(A)]], ""),
    ([[limit(0), held(A), maps((A, B))], [held(B)]], ""), ([[limit(0), held(A), maps((A, B))], [held(A)]], NONE_LEFT),
    ([[limit(0), held(A), maps((A, B), (A, C))], [held(C)]], ""), ([[limit(0), held(ANY), maps((A, B))], [held(B)]], ""),
    ([[limit(0, 0), held(A)], [held(A), maps((A, B))], [held(B)]], NONE_LEFT),
    ([[limit(0, 1), held(A)], [held(A), maps((A, B))], [held(B)]], ""),
    ([[held(A), maps((A, ANY))], [held(A)]], "policyMappings makes no sense"),
    ([[held(A), maps((ANY, A))], [held(A)]], "policyMappings makes no sense"),
    ([[held(A), Ext("2.5.29.33", b"\x30\x03\x30\x01\x06", True)], [held(A)]], "policyMappings makes no sense")])
def test_a_policy_is_left_or_not(levels, expected):
    assert words(*levels) == expected


def test_self_issued_cas_do_not_count_down_and_may_say_any():
    levels = [held(ANY), no_any(0), limit(0)], [held(ANY)], [held(A)]
    assert words(*levels, names=("Same", "Same")) == ""
    assert words(*levels, names=("Same", "Other")) == NONE_LEFT
    assert words([limit(1), held(A)], [], [], names=("Same", "Same")) == NONE_LEFT


def test_a_trusted_leaf_is_asked_nothing():
    assert policy_fault((read(root(more=[limit(0)]).der),), Budget()) is None
