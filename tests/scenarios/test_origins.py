"""Origin servers: the configuration that nginx gets; that it works is seen by the clients' tests."""

from hashlib import sha256
from pathlib import Path

import pytest

from scenarios.origins import FILES, by_host, nginx_configuration, served
from scenarios.schema import Origin

SITE = Path("/run/site")


def test_each_origin_is_a_virtual_server() -> None:
    text = nginx_configuration([Origin("a.example.test"), Origin("b.example.test", certificate="expired")], SITE)
    assert text.count("listen 443 ssl;") == 2
    assert "server_name b.example.test;" in text
    assert "ssl_certificate /run/site/b.example.test-443.crt;" in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(("origin", "line"), [
    (Origin("a.example.test", http2=True), "listen 443 ssl http2;"),
    (Origin("a.example.test", port=80, tls=False), "listen 80;"),
    (Origin("a.example.test", protocols=("TLSv1.2",)), "ssl_protocols TLSv1.2;"),
])
def test_options_of_an_origin_are_options_of_its_port(origin: Origin, line: str) -> None:
    assert line in nginx_configuration([origin], SITE)


def test_an_origin_in_clear_needs_no_certificate() -> None:
    assert "ssl_certificate" not in nginx_configuration([Origin("a.example.test", port=80, tls=False)], SITE)


def test_served_are_the_digests_of_the_files() -> None:
    assert served({"/a": "base64:YQ=="}) == {
        **{path: sha256(body).hexdigest() for path, body in FILES.items()}, "/a": sha256(b"a").hexdigest()}
    assert len(FILES["/bulk"]) % 16384 != 0  # so that TLS records do not end where the file does


def test_origins_of_a_host_stay_in_order() -> None:
    one, two, three = Origin("a", host="x"), Origin("b", host="y"), Origin("c", host="x")
    assert by_host([one, two, three]) == {"x": [one, three], "y": [two]}


@pytest.mark.parametrize(("origin", "line"), [
    (Origin("a.example.test", protocols=("TLSv1", "TLSv1.1")), "ssl_ciphers DEFAULT@SECLEVEL=0;"),
    (Origin("a.example.test", certificate="sha1", ciphers="ALL"), "ssl_ciphers ALL@SECLEVEL=0;"),
    (Origin("a.example.test", ciphers="AES256-SHA"), "ssl_ciphers AES256-SHA;"),
    (Origin("a.example.test", client_certificate="optional"), "ssl_verify_client optional;"),
    (Origin("a.example.test", client_certificate="required"), "ssl_verify_client on;"),
    (Origin("a.example.test", staple="good"), "ssl_stapling_file /run/site/a.example.test-443.ocsp;"),
])
def test_what_an_origin_is_not_good_at(origin: Origin, line: str) -> None:
    assert line in nginx_configuration([origin], SITE)
