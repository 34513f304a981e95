"""When the next CRL is fetched, and which answers are taken."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import pem
from nf.pki.certificate import read
from nf.pki.crl import read_list
from nf.pki.crl_renewal import WEEK, UnfitCrlError, acceptable, due, merged, own_lists
from tests.pki.suite.lists import crl
from tests.pki.suite.workshop import NOW, Ext, root

DAY = timedelta(days=1)
TOP, OTHER = root(), root("Other")
AUTHORITIES = [read(TOP.der)]
GOOD = crl(TOP, [1], begins=NOW - 5 * DAY, ends=NOW + 5 * DAY)


def held(der=GOOD):
    return [read_list(der)]


def test_a_list_is_replaced_a_tenth_of_its_time_before_its_end():
    assert due([], NOW, None) is None
    assert due([], NOW, 24) is None
    assert due(held(), NOW, None) == NOW + 4 * DAY
    assert due(held(crl(TOP, ends=None)), NOW, None) == NOW + WEEK


def test_refresh_interval_counts_from_when_the_list_was_put_there():
    assert due(held(), NOW - DAY, 48) == NOW + DAY
    assert due(held(), NOW - DAY, 0) == NOW + 4 * DAY


def test_own_lists_are_those_that_the_ca_has_signed():
    assert own_lists(held() + held(crl(OTHER)), AUTHORITIES) == held()
    assert own_lists(held(), []) == []


@pytest.mark.parametrize("answer", [GOOD, pem.write([GOOD], pem.CRL), b"# a list\n" + pem.write([GOOD, GOOD], pem.CRL)])
def test_der_and_pem_are_taken(answer):
    assert all(one in held() for one in acceptable(answer, AUTHORITIES, NOW))


@pytest.mark.parametrize(("answer", "said"), [
    (b"", "not a CRL in DER or PEM"), (TOP.der, "not a CRL"), (pem.write([TOP.der], pem.CERTIFICATE), "not a CRL"),
    (pem.write([GOOD], pem.CRL)[:-10], "has no end"), (pem.write([GOOD, b"x"], pem.CRL), "not a CRL"),
    (crl(OTHER), "not signed by a certificate of the CA profile"),
    (crl(TOP, begins=NOW - 5 * DAY, ends=NOW - DAY), "it has ended"),
    (crl(TOP, begins=NOW + DAY, ends=NOW + 5 * DAY), "it has not begun"),
    (crl(TOP, more=[Ext("2.5.29.27", b"\x02\x01\x01", True)]), "it is a delta"),
    (crl(TOP, ends=None), "does not say when the next one comes"),
    (crl(TOP, more=[Ext("1.3.6.1.4.1.99999.1", b"", True)]), "is critical")])
def test_what_is_not_taken(answer, said):
    with pytest.raises(UnfitCrlError, match=said):
        acceptable(answer, AUTHORITIES, NOW)


@given(st.binary(max_size=300))
def test_noise_is_never_taken(noise):
    with pytest.raises(UnfitCrlError):
        acceptable(noise, AUTHORITIES, NOW)


def test_a_list_takes_the_place_of_its_issuers_older_one_alone():
    newer, others = held(crl(TOP, begins=NOW - DAY, ends=NOW + DAY)), held(crl(OTHER))
    assert merged(held() + others, newer) == others + newer
    assert merged(newer + others, held()) is None
    assert merged([], newer) == newer
