"""The lab's OCSP responder, asked by OpenSSL's own client: good, revoked, unknown."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scenarios import origins
from scenarios.certificates import lab_pki
from scenarios.daemons import ocsp_responder
from scenarios.schema import Origin
from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

NAMES = ("good", "revoked", "unknown")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """Where the certificates are, and the port."""
    pki, home = lab_pki(datetime.now(UTC)), tmp_path / "ocsp_responder"
    (tmp_path / "server1").mkdir()
    home.mkdir()
    pki.root.write(tmp_path / "server1" / "client-ca")
    for name in NAMES:
        pki.leaf(f"{name}.example.test", "good").write(origins.stem(Origin(f"{name}.example.test"), tmp_path / "server1"))
    words = ocsp_responder.command(home, {"revoked": "revoked.example.test", "unknown": "unknown.example.test"})
    port = free_port()
    words[words.index("8888")] = str(port)
    with (tmp_path / "said").open("wb") as said, subprocess.Popen(words, stdout=said, stderr=said) as process:
        until(lambda: ocsp_responder.READY in (tmp_path / "said").read_text(), "the responder serves")
        yield tmp_path / "server1", port
        process.terminate()


def test_it_knows_what_the_lab_has_issued(site: tuple[Path, int]) -> None:
    place, port = site
    for name in NAMES:
        asked = subprocess.run(["openssl", "ocsp", "-url", f"http://127.0.0.1:{port}/", "-issuer", place / "client-ca.crt",
                                "-CAfile", place / "client-ca.crt", "-cert", place / f"{name}.example.test-443.crt"],
                               capture_output=True, text=True, check=True, timeout=10)
        assert f"{name}.example.test-443.crt: {name}\n" in asked.stdout
        assert "Response verify OK" in asked.stderr
