"""What the SSL proxy says of itself."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.ssl_proxy import counters, errors, info, session, statistics, status
from nf.dataplane.answers import SSL_PROXY_COUNTERS
from tests.cli.operate.render.test_sessions import ROW


def test_statistics_have_the_labels_and_the_order_of_the_devices() -> None:
    pic = {"fpc": 1, "pic": 1, "counters": {name: number for number, name in enumerate(SSL_PROXY_COUNTERS)}}
    lines = statistics({"pics": [pic]}, {})
    assert lines[0] == "PIC:spu-5 fpc[1] pic[1] ------"
    pairs = [line.strip().rsplit(maxsplit=1) for line in lines[1:]]
    assert pairs == [[label, str(number)] for number, label in enumerate((
        "sessions matched", "sessions bypassed:non-ssl", "sessions bypassed:mem overflow",
        "sessions bypassed:low memory",
        "sessions created", "sessions ignored", "sessions active", "sessions dropped", "sessions whitelisted",
        "whitelisted url category match", "default profile hit", "session dropped no default profile",
        "policy hit no profile configured"))]
    assert lines[1] == "    sessions matched                          0"


def test_counters_are_errors_or_info() -> None:
    names = ("decrypted", "dropped", "dropped: server-authentication-failed", "bypassed: whitelisted")
    answer = {"counters": dict.fromkeys(names, 2)}
    assert len(counters(answer, {})) == 4
    assert [line.split()[0] for line in errors(answer, {})] == ["dropped", "dropped:"]
    assert [line.split()[0] for line in info(answer, {})] == ["decrypted", "bypassed:"]


def test_status() -> None:
    assert status({"proxy-activation": "a b", "profiles": ["x", "y"]}, {})[1].split() == ["profiles", "x,", "y"]


def test_one_session() -> None:
    found = dict(line.split(maxsplit=1) for line in session({"sessions": [ROW]}, {}))
    assert found == {
        "session-id": "3728", "connection-type": "PROXY", "ssl-profile": "fp", "init-sni": "www.example.test",
        "term-cipher": "TLS_AES_128_GCM_SHA256", "term-tls-version": "1.3", "term-alpn": "h2",
        "init-cipher": "ECDHE-RSA-AES128-GCM-SHA256", "init-tls-version": "1.2", "init-alpn": "none"}
    with pytest.raises(OperatorError, match="no session 4"):
        session({"sessions": []}, {"session-identifier": 4})
