"""Feeds that are fetched: looked through before they take a file's place, and seen by sessions."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nf.dataplane.download import DownloadError
from nf.dataplane.feed_errand import FeedErrand
from nf.pki import PkiError
from nf.policy.security_intelligence import Feed
from tests.helpers.http_server import HttpServer, answer, serving
from tests.helpers.loopback_network import Network
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

INTELLIGENCE = """
services {
    security-intelligence {
        apply-macro srxnf { feed-directory FEEDS; }
        category { CC { apply-macro srxnf { feeds cc=URL; } } }
        profile p { category CC; default-rule { then { action { block { drop; } } log; } } }
        policy si { CC { p; } }
    }
}
"""


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with serving({"/feed": answer(b"192.0.2.1\nevil.test,8\n")}) as running:
        yield running


@pytest.fixture
def feed(server: HttpServer, tmp_path: Path) -> Feed:
    return Feed("cc", "CC", str(tmp_path / "feeds" / "cc"), f"{server.url}/feed")


def age(feed: Feed) -> None:
    os.utime(feed.file, (0, 0))


def test_a_feed_is_fetched_when_its_time_has_come(server: HttpServer, feed: Feed) -> None:
    errand = FeedErrand(feed)
    assert errand.renew() is True
    assert Path(feed.file).read_bytes() == b"192.0.2.1\nevil.test,8\n"
    assert errand.renew() is None
    age(feed)
    assert errand.renew() is False, "the same as before"
    assert errand.renew() is None, "and that counts as new"
    server.answers["/feed"] = answer(b"192.0.2.2\n")
    age(feed)
    assert errand.renew() is True
    assert server.asked == ["/feed"] * 3


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"<html>\n<b>gone</b>\n", b"\xff\xfe", b"a.test\n<x>\n<y>\n"])
def test_what_is_no_feed_takes_nobodys_place(server: HttpServer, feed: Feed, content: bytes) -> None:
    FeedErrand(feed).renew()
    before = Path(feed.file).read_bytes()
    server.answers["/feed"] = answer(content)
    age(feed)
    with pytest.raises(DownloadError, match=f"^{feed.url}: no"):
        FeedErrand(feed).renew()
    assert Path(feed.file).read_bytes() == before


def test_where_it_cannot_be_kept(feed: Feed) -> None:
    with pytest.raises(PkiError, match="cannot be made"):
        FeedErrand(replace(feed, file="/dev/null/cc")).renew()


def test_a_running_device_takes_a_feed_up(network: Network, tmp_path: Path, server: HttpServer) -> None:
    host, _ = network.origin.address
    server.answers["/feed"] = answer(f"{host},9\n".encode())
    proxied = "ssl-proxy { profile-name fp; }"
    text = CONFIGURATION.replace(proxied, f"{proxied} security-intelligence-policy si;")
    text += INTELLIGENCE.replace("FEEDS", str(tmp_path / "feeds")).replace("URL", f"{server.url}/feed")
    with RunningProxy(tmp_path, network.pki, network.origin.address, configuration=text) as proxy:
        own = Network(network.pki, network.origin, proxy)
        until(lambda: [one for one in proxy.all_records() if one["name"] == "SECINTEL_FEED_DOWNLOADED"], "the feed")

        def refused() -> bool:
            try:
                own.client().close()
            except OSError:
                return True
            return False

        until(refused, "the end of sessions with the server")
        record = until(lambda: [one for one in proxy.all_records() if one["name"] == "SECINTEL_ACTION_LOG"], "the action")[0]
        assert (record["feed-name"], record["action-detail"], record["destination-address"]) == ("cc", "DROP", host)
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr
