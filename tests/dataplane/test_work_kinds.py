"""Kinds of TLS work."""

import pytest

from hwmodel.work import CIPHERS, HANDSHAKES
from nf.dataplane.messages import FAILED, FULL, NO_HANDSHAKE, RESUMED
from nf.dataplane.work_kinds import UNKNOWN, cipher_kind, handshake_kind
from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until


@pytest.mark.parametrize(("ends", "name"), [
    (("TLSv1.3", "p-256", FULL, FULL), "tls1.3-p-256"),
    (("TLSv1.2", "rsa-2048", FULL, RESUMED), "tls1.2-rsa-2048-server-resumed"),
    (("TLSv1.3", "p-256", RESUMED, FULL), "tls1.3-resumed-server-full"),
    (("TLSv1.2", "p-256", RESUMED, RESUMED), "tls1.2-resumed")])
def test_handshakes(ends: tuple[str, str, int, int], name: str) -> None:
    assert HANDSHAKES[handshake_kind(*ends)] == name


@pytest.mark.parametrize("ends", [("TLSv1", "p-256", FULL, FULL), ("TLSv1.3", "ed25519", FULL, FULL),
                                  ("TLSv1.3", "", FULL, FULL), ("TLSv1.3", "p-256", FAILED, FULL),
                                  ("TLSv1.3", "p-256", NO_HANDSHAKE, NO_HANDSHAKE)])
def test_what_the_model_has_no_name_for(ends: tuple[str, str, int, int]) -> None:
    assert handshake_kind(*ends) == UNKNOWN


@pytest.mark.parametrize(("suite", "name"), [
    ("TLS_AES_128_GCM_SHA256", "aes-128-gcm"), ("ECDHE-RSA-AES256-GCM-SHA384", "aes-256-gcm"),
    ("TLS_CHACHA20_POLY1305_SHA256", "chacha20-poly1305"), ("AES128-SHA", "aes-128-cbc"),
    ("ECDHE-RSA-AES256-SHA384", "aes-256-cbc")])
def test_ciphers(suite: str, name: str) -> None:
    assert CIPHERS[cipher_kind(suite) - 1] == name


def test_ciphers_without_a_name() -> None:
    assert {cipher_kind(suite) for suite in ("DES-CBC3-SHA", "ECDHE-ECDSA-AES128-CCM", "")} == {UNKNOWN}


def test_a_real_session_is_charged_by_its_kind(network: Network) -> None:
    def counted() -> dict[str, int]:
        whole: dict[str, int] = {}
        for spu in network.proxy.ask("monitoring")["spus"]:
            for kind, amount in spu["kinds"].items():
                whole[kind] = whole.get(kind, 0) + amount
        return whole

    until(network.proxy.is_idle, "the sessions of other tests are over")
    before = counted()
    with network.client() as client:
        client.sendall(b"x" * 1000)
        client.recv(1000)
    until(network.proxy.is_idle, "the session is over")
    more = {kind: amount - before.get(kind, 0) for kind, amount in counted().items() if amount != before.get(kind)}
    assert sum(amount for kind, amount in more.items() if kind.startswith("handshake:tls1.3-p-256")) == 1
    assert sum(amount for kind, amount in more.items() if kind.startswith("record:")) == 2000
