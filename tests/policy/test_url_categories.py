"""URL categories: which hosts a pattern covers."""

import pytest

from nf.policy.url_categories import UrlCategory, host_of


@pytest.mark.parametrize(("pattern", "host"), [
    ("www.bank.test", "www.bank.test"), ("http://www.bank.test", "www.bank.test"),
    ("https://www.bank.test:443/x", "www.bank.test"),
    ("*.bank.test", "www.bank.test"), ("*.bank.test", "a.b.bank.test"), ("http://*.Bank.test/*", "WWW.bank.test"),
    ("www?.bank.test", "www2.bank.test")])
def test_hosts_that_fit(pattern, host):
    assert UrlCategory("banks", patterns=("other.test", pattern)).covers(host)


@pytest.mark.parametrize(("pattern", "host"), [
    ("*.bank.test", "bank.test"), ("*.bank.test", "bank.test.evil.test"), ("*.bank.test", "evilbank.test"),
    ("www.bank.test/path", "www.bank.test.evil"), ("", "bank.test")])
def test_hosts_that_do_not(pattern, host):
    assert not UrlCategory("banks", patterns=(pattern,)).covers(host)


def test_the_host_of_a_pattern():
    assert host_of("HTTPS://A.test:8443/x?y") == "a.test"
