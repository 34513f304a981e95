"""Chromium shows what UTM says in place of a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.interop.conftest import answer
from tests.interop.test_chromium import browse

UTM = f"""
security {{ utm {{
    custom-objects {{ url-pattern bad {{ value {NAME}; }} custom-url-category Bad {{ value bad; }} }}
    feature-profile {{ web-filtering {{ juniper-local {{ profile w {{ category {{ Bad {{ action block; }} }} }} }} }} }}
    utm-policy u {{ web-filtering {{ http-profile w; }} }}
}} }}
"""


@pytest.fixture
def filtered(tmp_path: Path, pki: LoopbackPki) -> Iterator[Network]:
    origin = Origin()
    attached = CONFIGURATION.replace("application-services {", "application-services { utm-policy u;")
    with RunningProxy(tmp_path, pki, origin.address, configuration=attached + UTM) as proxy:
        origin.serve(answer, pki.origin_context("good", "http/1.1"))
        yield Network(pki, origin, proxy)
    origin.close()


def test_it_shows_the_block_page_without_a_warning(filtered: Network, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    shown = browse(filtered, tmp_path / "home", trusting=True).stdout
    assert "<h1>Web page blocked</h1>" in shown
    assert "<dd>BY_USER_DEFINED</dd>" in shown
    assert "as served" not in shown
