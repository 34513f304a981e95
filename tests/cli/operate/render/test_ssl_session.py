"""The TLS ends of one session."""

from nf.cli.operate.render.ssl_session import session, session_data, sessions, sessions_data
from tests.cli.operate.render.test_sessions import ROW

T = {"version": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "cipher-bits": 128, "group": "x25519", "alpn": "h2",
     "resumed": True, "renegotiations": 0, "subject": "/CN=www.example.test", "issuer": "/CN=ca", "key-size": 2048}
INITIATED = {**T, "version": "TLSv1.2", "cipher": "ECDHE-RSA-AES128-GCM-SHA256", "alpn": "", "resumed": False,
     "renegotiations": 2, "key-size": 4096}
WHOLE = {**ROW, "ssl-t": T, "ssl-i": INITIATED, "grade": "A", "verdict": {
    "status": "Ok", "crl-check": "Enabled", "action": "allow", "authentication": "Successful"}}


def test_one_session_in_the_order_of_the_devices() -> None:
    found = [tuple(line.split(maxsplit=1)) for line in session(WHOLE, {})]
    assert found == [
        ("session-id", "3728"), ("connection-type", "PROXY"), ("ssl-profile", "fp"), ("early-dynapp-profile", "none"),
        ("http-proxy-session", "No"), ("swg-session", "No"), ("init-sni", "www.example.test"), ("resumed-session", "Yes"),
        ("one-crypto", "Disabled"), ("async-crypto", "Disabled"), ("reneg-count", "2"), ("cert", "/CN=www.example.test"),
        ("cert-status", "Ok"), ("cert-crl-check", "Enabled"), ("cert-action", "allow"), ("authentication", "Successful"),
        ("term-key-size", "2048"), ("term-cipher", "TLS_AES_128_GCM_SHA256"), ("term-tls-version", "1.3"),
        ("init-key-size", "4096"), ("init-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), ("init-tls-version", "1.2"),
        ("term-group", "x25519"), ("term-alpn", "h2"), ("term-resumed", "Yes"),
        ("init-group", "x25519"), ("init-alpn", "none"), ("init-resumed", "No"), ("grade", "A")]
    assert session_data(WHOLE, {})["ssl-session"]["ssl-session-term-key-size"] == 2048


def test_one_that_is_not_decrypted_says_why() -> None:
    found = dict(line.split(maxsplit=1) for line in session(
        {**ROW, "ssl-t": None, "ssl-i": None, "profile": "", "server-name": "", "reason": "no-ssl-proxy-profile"}, {}))
    assert (found["connection-type"], found["cert"], found["reason"]) == ("none", "none", "no-ssl-proxy-profile")
    assert "term-cipher" not in found


def test_of_all_sessions_under_a_profile_a_line_each() -> None:
    passed = {**ROW, "session-id": 5, "ssl-t": None, "ssl-i": None, "grade": "", "server-name": "", "reason": "whitelisted"}
    answer = {"sessions": [WHOLE, passed, {**ROW, "profile": ""}]}
    lines = [line.split() for line in sessions(answer, {})]
    assert lines[1] == ["3728", "fp", "www.example.test", "TLSv1.3/TLS_AES_128_GCM_SHA256/x25519",
                        "TLSv1.2/ECDHE-RSA-AES128-GCM-SHA256/x25519", "T", "A", "relaying", "-"]
    assert lines[2] == ["5", "fp", "-", "-", "-", "-", "-", "relaying", "whitelisted"]
    assert lines[3] == ["Total", "sessions:", "2"]
    assert len(sessions_data(answer, {})["ssl-session"]) == 2
