"""One line: what is asked, and what comes out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.parse import CommandError
from nf.cli.operate.run import explain, run

VERSION = {"host-name": "srx\x1b[31m1\t", "platform": "vsrx", "srxnf": "1", "python": "3", "openssl": "OpenSSL 3",
           "text": "set system host-name x\nset system domain-name y\n", "configuration-digest": ""}


class Answering:
    """A device that answers everything alike, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Mapping[str, Any], str]] = []

    def answer(self, request: Mapping[str, Any], pages: str = "") -> Mapping[str, Any]:
        self.asked.append((request, pages))
        return VERSION


def test_what_the_device_is_asked() -> None:
    device = Answering()
    run("clear services ssl proxy statistics", device)
    run("show version | no-more", device)
    assert device.asked == [({"clear": "ssl-proxy-statistics"}, ""), ({"show": "version"}, "")]


def test_no_name_of_a_foreign_host_reaches_the_terminal_as_a_control_sequence() -> None:
    lines = run("show version | match host", Answering()).lines
    assert lines == ("Hostname: srx\\x1b[31m1\t",)
    assert json.loads("".join(run("show version | display json", Answering()).lines)) == VERSION


def test_more_unless_it_is_not_wanted() -> None:
    assert run("show version", Answering()).more
    assert not run("show version | no-more", Answering()).more


def test_set_form_of_a_configuration_and_of_nothing_else() -> None:
    lines = run("show configuration | display set | match domain", Answering()).lines
    assert lines == ("set system domain-name y",)
    with pytest.raises(OperatorError, match="display set: only 'show configuration'"):
        run("show version | display set", Answering())


def test_nothing_is_asked_for_a_line_that_is_no_command() -> None:
    device = Answering()
    with pytest.raises(CommandError) as raised:
        run("show s", device)
    assert not device.asked
    assert explain(raised.value, len("srx> ")).splitlines() == [
        "          ^", "'s' is ambiguous.", "Possible completions:", "  security  Security information",
        "  services  Services information", "  system    System information"]
