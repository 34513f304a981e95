"""CRLs that the device fetches by itself: judged before use, the last good one kept, and told of."""

import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.helpers.http_server import HttpServer, answer, serving
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

FETCHING = "ca-profile lab-root { ca-identity lab-root; revocation-check { crl { url URL; } } }"


class Site:
    """A proxy that fetches from a server of ours."""

    def __init__(self, network: Network, server: HttpServer, proxy: RunningProxy, directory: Path) -> None:
        self.network, self.server, self.proxy = network, server, proxy
        self.file = directory / "crl" / "lab-root.crl"

    def is_served(self) -> bool:
        with self.proxy.connect() as connection:
            try:
                self.network.pki.client_context().wrap_socket(connection, server_hostname=NAME).close()
            except ssl.SSLError:
                return False
        return True

    def records(self, name: str) -> list[dict[str, str]]:
        return [record for record in self.proxy.all_records() if record["name"] == name]

    def revocation(self) -> dict[str, bool]:
        held = self.proxy.ask("ssl-certificates")["certificates"]
        return next(one for one in held if one["cert-id"] == "lab-root")


@pytest.fixture
def site(network: Network, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The parameter is what the server answers at first, and the list that is there at the start, each made by a function."""
    make_answer, make_held = request.param
    directory = tmp_path / "pki"
    shutil.copytree(network.pki.directory / "pki", directory)
    held = make_held(network)
    if held:
        (directory / "crl" / "lab-root.crl").write_bytes(held)
    with serving({"/crl": make_answer(network)}) as server:
        configuration = CONFIGURATION.replace("ca-profile lab-root { ca-identity lab-root; }",
                                              FETCHING.replace("URL", f"{server.url}/crl"))
        with RunningProxy(tmp_path, network.pki, network.origin.address, configuration=configuration,
                          pki_directory=directory) as proxy:
            yield Site(network, server, proxy, directory)


def nothing(_: Network) -> bytes:
    return b""


def ended(network: Network) -> bytes:
    return signed(network, ends=timedelta(hours=-1))


def signed(network: Network, ends: timedelta, *, by_stranger: bool = False) -> bytes:
    now, pki = datetime.now(UTC), network.pki
    builder = x509.CertificateRevocationListBuilder(pki.root.certificate.subject, now - timedelta(days=2), now + ends)
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    return builder.sign((pki.stranger if by_stranger else pki.root).key, SHA256()).public_bytes(Encoding.PEM)


def revoking(network: Network) -> bytes:
    return answer(network.pki.crl("good"))


@pytest.mark.parametrize("site", [(revoking, nothing), (revoking, ended)], indirect=True)
def test_a_list_is_fetched_and_judged_by(site: Site) -> None:
    until(lambda: not site.is_served(), "the revoked server's refusal")
    assert site.server.answers["/crl"].endswith(site.file.read_bytes())
    assert [record["ca-profile"] for record in site.records("PKID_CRL_DOWNLOADED")] == ["lab-root"]
    facts = site.revocation()
    assert (facts["crl-present"], facts["crl-check"], facts["crl-download-failed"]) == (True, True, False)


BAD = {
    "garbage": lambda _: answer(b"\x30\x82garbage"), "html": lambda _: answer(b"<html>"), "nothing": lambda _: answer(b""),
    "half": lambda network: answer(network.pki.crl("good")[:-40]), "ended": lambda network: answer(ended(network)),
    "a stranger's": lambda network: answer(signed(network, timedelta(days=2), by_stranger=True)),
    "elsewhere": lambda _: answer(b"", "302 Found", "Location: file:///etc/passwd"),
    "hung up": lambda _: b""}


@pytest.mark.parametrize("site", [(make, ended) for make in BAD.values()], ids=BAD, indirect=True)
def test_what_is_no_list_takes_nobodys_place(site: Site) -> None:
    before = site.file.read_bytes()
    record = until(lambda: site.records("PKID_CRL_DOWNLOAD_FAILED"), "a word on the failure")[0]
    assert record["ca-profile"] == "lab-root"
    assert record["message"].startswith(f"{site.server.url}/crl: ")
    assert site.file.read_bytes() == before
    assert site.revocation()["crl-download-failed"] is True
    assert site.is_served()


def current(network: Network) -> bytes:
    return network.pki.crl()


@pytest.mark.parametrize("site", [(lambda _: answer(b""), ended)], indirect=True)
def test_a_url_that_the_configuration_has_from_now_on_is_fetched_from(site: Site) -> None:
    until(lambda: site.revocation()["crl-download-failed"], "the failure")
    site.server.answers["/other"] = revoking(site.network)
    config = site.proxy.control.with_name("srx.conf")
    config.write_text(config.read_text().replace("/crl; }", "/other; }"))
    site.proxy.process.send_signal(signal.SIGHUP)
    until(lambda: not site.is_served(), "the revoked server's refusal")
    assert site.revocation()["crl-download-failed"] is False


def hanging(connection: socket.socket) -> None:
    connection.recv(1)  # until the other end goes away


@pytest.mark.parametrize("site", [(lambda _: hanging, nothing)], indirect=True)
def test_it_ends_with_the_device_even_while_it_waits(site: Site) -> None:
    until(lambda: site.server.asked, "the question")
    fetcher, = children(site.proxy.process.pid) - set(site.proxy.workers().values())
    assert site.is_served()
    assert site.proxy.end() == 0
    assert not Path(f"/proc/{fetcher}").exists()


def children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@pytest.mark.parametrize("site", [(revoking, current)], indirect=True)
def test_nothing_is_fetched_before_its_time(site: Site) -> None:
    assert site.is_served()
    assert site.server.asked == []
