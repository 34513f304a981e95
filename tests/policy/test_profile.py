from typing import get_args

import pytest

from nf.config.grammar import junos_grammar
from nf.policy.profile import LogClass, NonSslThreshold, SslProxyProfile
from nf.policy.versions import SAFE, TLS10


def test_log_all_asks_for_every_class() -> None:
    everything, errors = SslProxyProfile("p", log=frozenset({"all"})), SslProxyProfile("p", log=frozenset({"errors"}))
    for kind in get_args(LogClass):
        assert everything.logs(kind)
        assert errors.logs(kind) == (kind == "errors")
        assert not SslProxyProfile("p").logs(kind)


def test_log_classes_are_those_of_the_grammar() -> None:
    assert set(get_args(LogClass)) == set(junos_grammar().children("services ssl proxy profile actions log"))


@pytest.mark.parametrize(("place", "word", "default"), [
    ("services ssl proxy profile actions", "renegotiation", SslProxyProfile("p").renegotiation)])
def test_defaults_are_values_that_junos_knows(place: str, word: str, default: str) -> None:
    assert default in junos_grammar().children(place)[word].enum


def test_a_profile_that_says_nothing_admits_what_is_safe() -> None:
    assert SslProxyProfile("p").versions == SAFE
    assert SslProxyProfile("p", protocol_version="all").versions.lowest == TLS10


def test_a_session_counts_as_non_ssl_after_five_packets_and_200_bytes() -> None:
    assert (NonSslThreshold().packets, NonSslThreshold().bytes) == (5, 200)
