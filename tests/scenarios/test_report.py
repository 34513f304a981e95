"""The page: well-formed, alone in the world, readable by all, and no peer's word is ever markup."""

import ssl
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

import scenarios
import topologies
from nf import config
from scenarios import origins
from scenarios.observe import ClientView, FlowEntry, Observation, ServerView, SpuRow
from scenarios.report import Run, render
from scenarios.schema import Scenario
from scenarios.wanted import SpuCount
from tests.scenarios.wire import Talk, handshake
from topologies.roles import legs

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
VOID = {"meta", "br"}
HOSTILE = "</td><script>alert(1)</script><img src=x onerror='alert(2)'>\"' & {{ 7 * 7 }} {% raw %}"
ENDS = {"source-address": "10.0.0.1", "source-port": "4711", "destination-address": "10.0.0.101",
        "destination-port": "443"}


class Page(HTMLParser):
    """What a page holds; complains where tags do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        """All words, blanks joined."""
        return " ".join(" ".join(self.words).split())


def seen(scenario: Scenario, word: str = "word") -> Observation:
    """Something of everything; `word` stands wherever a peer may choose what stands there."""
    views = tuple(ClientView(visit.name, visit.client, 0, error=word, issuer=word, tls="TLSv1.3", cipher=word,
                             http="1.1", status=200, size=3, sha256="ab", text=word, local="10.0.0.1/4711")
                  for visit in scenario.visit)
    log: tuple[dict[str, Any], ...] = (
        {"time": "2026-01-15T12:00:00.123Z", "name": "SSL_PROXY_INFO", "session-id": "7", "message": word, **ENDS},
        {"name": word, word: word, "session-id-32": word, "reason": word})
    return Observation(
        scenario.name, "srx5400-2spc2", clients=views, served=origins.served({}), log=log,
        servers=(ServerView(word, 443, "10.0.0.1", word, "TLSv1.3", word),),
        flows=(FlowEntry("s1", 2, 1, 1, 1234, 56789, "tcp", "drop", f"policy a->b {word}: diverted"),),
        spus=(SpuRow("FPC 0 PIC 1", 0, 1_048_576, 3), SpuRow("FPC 0 PIC 2")))


def page(name: str = "forward_proxy", word: str = "word", differences: tuple[str, ...] = (),
         talk: Talk | None = None) -> str:
    scenario = scenarios.load(name)
    topo = topologies.load(scenario.topology, **scenario.parameters)
    captured, files = {legs(topo)[0].device: (talk or Talk()).packets}, [("srx1-eth0.pcapng", 2048), ("a b#?.log", 1)]
    return render(Run(scenario, topo, config.load(scenario.junos, name), seen(scenario, word), differences, captured,
                      NOON, 5.25, files))


@pytest.mark.parametrize("name", scenarios.available())
def test_every_scenario_has_a_well_formed_page(name: str) -> None:
    found = Page(page(name))
    assert found.all("h1")
    assert scenarios.load(name).title in found.text


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    found = Page(page())
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in found.tags}
    assert all(name not in attributes for _, attributes in found.tags for name in ("src", "srcset", "onload"))
    assert "@import" not in found.text
    assert "http-equiv" in found.all("meta")[2]
    assert {str(link["href"]) for link in found.all("a") if not str(link["href"]).startswith("#")} == {
        "srx1-eth0.pcapng", "a%20b%23%3F.log"}


def test_what_peers_say_is_never_markup(tmp_path: Path) -> None:
    plain = Page(page(word="word", talk=handshake(tmp_path, ssl.TLSVersion.TLSv1_3)))
    hostile = Page(page(word=HOSTILE, talk=handshake(tmp_path, ssl.TLSVersion.TLSv1_3), differences=(HOSTILE,)))
    more = Counter(tag for tag, _ in hostile.tags) - Counter(tag for tag, _ in plain.tags)
    assert set(more) <= {"tr", "td", "th", "div", "span", "p"}  # the row and the column of the difference
    assert all(not name.startswith("on") for _, attributes in hostile.tags for name in attributes)
    assert HOSTILE in "".join(hostile.words)
    assert "49 " not in hostile.text


def test_a_hostile_name_in_a_client_hello_is_only_a_name() -> None:
    name = b"<b>&.example.test"
    names = (len(name) + 3).to_bytes(2) + b"\x00" + len(name).to_bytes(2) + name
    protocol = b"<script>"
    alpn = (len(protocol) + 1).to_bytes(2) + bytes((len(protocol),)) + protocol
    extensions = b"\x00\x00" + len(names).to_bytes(2) + names + b"\x00\x10" + len(alpn).to_bytes(2) + alpn
    body = b"\x03\x03" + bytes(32) + b"\x00\x00\x02\x13\x01\x01\x00" + len(extensions).to_bytes(2) + extensions
    hello = b"\x01" + len(body).to_bytes(3) + body
    talk = Talk()
    talk.say(True, b"\x16\x03\x01" + len(hello).to_bytes(2) + hello)
    found = Page(page(talk=talk))
    assert "ALPN <script>" in found.text
    assert not found.all("script")


def test_the_verdict_is_in_words() -> None:
    differing = Page(page(differences=("the sky fell",))).text
    assert "✗ Not as expected: " in differing
    assert "the sky fell" in differing
    undemanding = msgspec.structs.replace(scenarios.load("forward_proxy"), origin=(), visit=(), log=(), flow=(),
                                          sessions=SpuCount(), topology="inline", parameters={})
    nothing = Observation("forward_proxy", "srx5400-2spc2")
    quiet = Run(undemanding, topologies.load("inline"), config.load("", "x"), nothing, (), {}, NOON, 1.0)
    assert "✓ As expected: all 0 expectations met" in Page(render(quiet)).text


def test_everybody_can_read_it() -> None:
    found = Page(page())
    assert all(head.get("scope") in {"col", "row"} for head in found.all("th"))
    assert found.all("html")[0] == {"lang": "en"}
    pictures = [image for image in found.all("svg") if image.get("role") == "img"]
    titles = {title["id"] for title in found.all("title") if "id" in title}
    assert pictures
    assert {image["aria-labelledby"] for image in pictures} == titles
    assert all(image.get("role") == "img" or image.get("aria-hidden") == "true" for image in found.all("svg"))
    headings = [tag for tag, _ in found.tags if tag in {"h1", "h2", "h3"}]
    assert headings[:2] == ["h1", "h2"]
    anchors = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    assert {str(link["href"])[1:] for link in found.all("a") if str(link["href"]).startswith("#")} <= anchors


def test_numbers_have_their_thousands() -> None:
    text = Page(page()).text
    assert "1,234" in text
    assert "56,789" in text
    assert "1,048,576" in text


def test_long_tables_are_cut_and_say_so() -> None:
    scenario = scenarios.load("forward_proxy")
    topo = topologies.load(scenario.topology, **scenario.parameters)
    many = msgspec.structs.replace(seen(scenario), log=tuple({"name": f"N{number}"} for number in range(1000)))
    text = Page(render(Run(scenario, topo, config.load(scenario.junos, "x"), many, (), {}, NOON, 1.0))).text
    assert "N399" in text
    assert "N400" not in text
    assert "600 more are in nf.jsonl." in text
