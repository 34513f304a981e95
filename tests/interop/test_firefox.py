"""Firefox, where the machine has it, takes what the proxy shows once the proxy's CA is in its store, and nothing before."""

from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.interop.firefox import CommandError, running
from tests.interop.test_block_page import filtered

__all__ = ["filtered"]


def url(network: Network) -> str:
    return f"https://{NAME}:{network.proxy.address[1]}/"


def test_it_shows_the_page(site: Network, tmp_path: Path) -> None:
    with running(tmp_path, site.pki.proxy_root) as firefox:
        assert "<p>as served</p>" in firefox.source(url(site))


def test_it_refuses_a_ca_that_it_does_not_know(site: Network, tmp_path: Path) -> None:
    with running(tmp_path) as firefox, pytest.raises(CommandError, match="insecure certificate"):
        firefox.source(url(site))


def test_it_never_shows_what_a_bad_server_says(site: Network, tmp_path: Path) -> None:
    site.origin.serve(lambda at: at.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello"), site.pki.origin_context("untrusted"))
    with running(tmp_path, site.pki.proxy_root) as firefox, pytest.raises(CommandError, match="neterror"):
        firefox.source(url(site))


def test_it_shows_the_block_page_without_a_warning(filtered: Network, tmp_path: Path) -> None:
    with running(tmp_path / "home", filtered.pki.proxy_root) as firefox:
        shown = firefox.source(url(filtered))
    assert "<h1>Web page blocked</h1>" in shown
    assert "as served" not in shown
