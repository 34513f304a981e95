"""Other people's servers behind the proxy, in front of curl: the page arrives as it is, under the server's TLS version."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.running_proxy import RunningProxy
from tests.interop.servers import BODY, SERVERS, running


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("program", SERVERS)
def test_the_page_arrives_twice(pki: LoopbackPki, tmp_path: Path, program: str, version: str) -> None:
    """Over two connections, of which the second takes the first one's TLS session with the server."""
    place = tmp_path / program
    place.mkdir()
    words = f"TLS{version}" if program == "gnutls" else BODY  # gnutls-serv serves what it has to say of the session
    with running(program, place, pki, version) as address, RunningProxy(tmp_path, pki, address, workers=1) as proxy:
        at = f"{NAME}:{proxy.address[1]}"
        for _ in range(2):
            done = subprocess.run(["curl", "-sSv", "--http2", "--cacert", str(pki.proxy_root), "--noproxy", "*",
                                   "--resolve", f"{at}:{proxy.address[0]}", "-w", "\n%{http_version}", f"https://{at}/index"],
                                  capture_output=True, text=True, timeout=30, check=False)
            assert done.returncode == 0, done.stderr
            body, http = done.stdout.rsplit("\n", 1)
            assert words in body
            assert http.startswith(SERVERS[program][1])
            assert f"SSL connection using TLSv{version}" in done.stderr
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr
