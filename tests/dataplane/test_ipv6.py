"""IPv6 on both sides of the proxy, and on one of them."""

from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import LOOPBACK, Origin, echo
from tests.helpers.running_proxy import RunningProxy
from tests.helpers.waiting import until


@pytest.mark.parametrize(("inside", "outside"), [("::1", "::1"), ("::1", LOOPBACK), (LOOPBACK, "::1")])
def test_sessions_are_decrypted_logged_and_counted(pki: LoopbackPki, tmp_path: Path, inside: str, outside: str) -> None:
    origin = Origin(outside)
    origin.serve(echo, pki.origin_context())
    with RunningProxy(tmp_path, pki, origin.address, host=inside) as proxy:
        with Network(pki, origin, proxy).client() as client:
            client.sendall(b"hello")
            assert client.recv(9) == b"hello"
            ends = client.getsockname()
            row = until(lambda: proxy.ask("sessions")["sessions"], "the session in the table")[0]
        assert inside in str(row)
        closed = proxy.record("RT_FLOW_SESSION_CLOSE", ends)
        assert (closed["source-address"], closed["destination-address"]) == (inside, outside)
        assert closed["encrypted"] == "Yes"
        header = 20 if "." in inside else 40
        assert int(closed["bytes-from-client"]) >= int(closed["packets-from-client"]) * (header + 20) + len(b"hello")
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr
        assert f"ready on {'[::1]' if inside == '::1' else LOOPBACK}:{proxy.address[1]}" in proxy.stderr
    origin.close()
