"""The proxy's own CA and whom it trusts, in a running proxy: what it refuses to start with, where its key is, and how the
next CA takes over.
"""

import signal
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from nf.cli.operate.device import Device
from nf.cli.operate.run import run
from nf.cli.pki import app
from nf.pki import Authority, PkiStore, create_authority
from nf.pki.authority import succeed
from nf.pki.files import key_text
from nf.pki.store import save_authority
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import DAY, LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until
from tests.pki.factory import mint


@pytest.fixture
def origin(pki: LoopbackPki):
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    yield origin
    origin.close()


@pytest.fixture
def pki(tmp_path: Path) -> LoopbackPki:
    return LoopbackPki(tmp_path)


def refusal(directory: Path, pki: LoopbackPki, origin: Origin) -> str:
    """What a proxy that cannot start says."""
    with pytest.raises(AssertionError), RunningProxy(directory, pki, origin.address):
        pass
    return (directory / "stderr").read_text()


def put(pki: LoopbackPki, authority: Authority) -> None:
    for path in (pki.proxy_root, pki.proxy_root.with_suffix(".key")):
        path.unlink()
    save_authority(pki.directory / "pki", "ssl-proxy-ca", authority)


def expired(pki: LoopbackPki) -> None:
    put(pki, create_authority("Old", "ecdsa", at=pki.now - 10 * DAY, days=1))


def future(pki: LoopbackPki) -> None:
    put(pki, create_authority("New", "ecdsa", at=pki.now + 10 * DAY))


def no_ca(pki: LoopbackPki) -> None:
    minted = mint("No CA", begins=pki.now - DAY, ends=pki.now + DAY)
    put(pki, Authority(minted.certificate, minted.key))


def other_key(pki: LoopbackPki) -> None:
    pki.proxy_root.with_suffix(".key").write_bytes(key_text(create_authority("x", "ecdsa", at=pki.now).key))


def open_key(pki: LoopbackPki) -> None:
    pki.proxy_root.with_suffix(".key").chmod(0o644)


def no_trust(pki: LoopbackPki) -> None:
    pki.origin_root.write_bytes(b"garbage")


@pytest.mark.parametrize(("spoil", "expected"), [
    (expired, "certificate has expired"), (future, "certificate is not valid before"), (no_ca, "certificate is not a CA"),
    (other_key, "certificate and key do not belong together"), (open_key, "private key is open to others (mode 0644)"),
    (no_trust, "lab-root.crt: holds no `-----BEGIN CERTIFICATE-----` block")])
def test_what_it_does_not_start_with(spoil: Callable[[LoopbackPki], None], expected: str, pki: LoopbackPki, origin: Origin,
                                     tmp_path: Path) -> None:
    spoil(pki)
    said = refusal(tmp_path, pki, origin)
    assert expected in said.splitlines()[-1]
    assert "Traceback" not in said
    assert said.count("\n") <= 2  # the warning on a damaged file, and why that ends it


def test_a_bad_trust_anchor_is_told_and_the_rest_still_trusted(pki: LoopbackPki, origin: Origin, tmp_path: Path) -> None:
    with pki.origin_root.open("ab") as file:
        file.write(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    (pki.directory / "pki/ca/unused.crt").write_bytes(b"garbage")
    with RunningProxy(tmp_path, pki, origin.address) as proxy, Network(pki, origin, proxy).client():
        warnings = [line for line in proxy.stderr.splitlines() if "warning" in line]
        assert [line.rpartition("/")[2].partition(":")[0] for line in warnings] == ["lab-root.crt", "unused.crt"]


def test_the_key_is_in_its_file_and_nowhere_else(pki: LoopbackPki, origin: Origin, tmp_path: Path) -> None:
    key = PkiStore.load(pki.directory / "pki").authority("ssl-proxy-ca").key
    secret = b"".join(key_text(key).splitlines()[1:-1])[40:100]
    with RunningProxy(tmp_path, pki, origin.address) as proxy:
        with Network(pki, origin, proxy).client() as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        device = Device(proxy.control)
        said = ["\n".join(run(line, device).lines).encode() for line in (
            "show configuration", "show security pki local-certificate detail",
            "show services ssl certificate all | display json")]
        for pid in (proxy.process.pid, *proxy.workers().values()):
            said += [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("environ", "cmdline")]
            assert "Max core file size        0                    0" in Path(f"/proc/{pid}/limits").read_text()
    said += [proxy.log.read_bytes(), proxy.stderr.encode()]
    number = f"{key.private_numbers().private_value:x}".encode()
    for text in said:
        assert b"PRIVATE KEY" not in text
        assert secret not in text.replace(b"\n", b"")
        assert number not in text.replace(b":", b"").lower()


@pytest.mark.parametrize("serving", ["ssl-proxy-ca", "ssl-proxy-ca-2"])
def test_clients_of_the_old_and_the_next_ca_are_served_while_they_change_over(serving: str, pki: LoopbackPki, origin: Origin,
                                                                              tmp_path: Path) -> None:
    directory = pki.directory / "pki"
    old = PkiStore.load(directory).authority("ssl-proxy-ca")
    new = succeed(old, "The next CA", at=pki.now)
    save_authority(directory, "ssl-proxy-ca-2", new)
    configuration = CONFIGURATION.replace("root-ca ssl-proxy-ca;", f"root-ca {serving};")
    shown = {"ssl-proxy-ca": "SRX SSL proxy CA", "ssl-proxy-ca-2": "The next CA"}[serving]
    with RunningProxy(tmp_path, pki, origin.address, configuration=configuration) as proxy:
        for trusted in (old, new) if serving == "ssl-proxy-ca-2" else (old,):
            context = ssl.create_default_context(cadata=trusted.certificate.public_bytes(Encoding.DER))
            context.verify_flags |= ssl.VERIFY_X509_STRICT
            with Network(pki, origin, proxy).client(context) as client:
                assert client.getpeercert()["issuer"] == ((("commonName", shown),),)


def issuer(client: ssl.SSLSocket) -> str:
    return dict(part[0] for part in client.getpeercert()["issuer"])["commonName"]


def test_rollover_of_a_running_proxy(pki: LoopbackPki, origin: Origin, tmp_path: Path) -> None:
    """What is made on its directory counts from the next reload on; sessions that are open go on."""
    directory = pki.directory / "pki"
    with RunningProxy(tmp_path, pki, origin.address) as proxy:
        network, config = Network(pki, origin, proxy), proxy.said.with_name("srx.conf")
        with network.client() as before:
            assert issuer(before) == "SRX SSL proxy CA"
            assert CliRunner().invoke(app, ["rollover", str(directory)]).exit_code == 0
            config.write_text(CONFIGURATION.replace("root-ca ssl-proxy-ca;", "root-ca ssl-proxy-ca-2;"))
            proxy.process.send_signal(signal.SIGHUP)
            until(lambda: "srxnf: reloaded" in proxy.stderr, "a word on the reload")
            with network.client() as after:  # it trusts the old CA
                assert issuer(after) == "SRX SSL proxy CA 2"
            before.sendall(b"still here")
            assert before.recv(10) == b"still here"


def test_what_cannot_be_used_leaves_a_running_proxy_as_it_was(pki: LoopbackPki, origin: Origin, tmp_path: Path) -> None:
    with RunningProxy(tmp_path, pki, origin.address) as proxy:
        run("clear security pki ca-certificate ca-profile lab-root", Device(proxy.control))
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: "not reloaded" in proxy.stderr, "a word on the reload")
        assert "lab-root.crt: no such file" in proxy.stderr
        with Network(pki, origin, proxy).client() as client:
            assert issuer(client) == "SRX SSL proxy CA"
