import pytest

from nf.protocols import applications
from nf.protocols.openings import table_names


@pytest.mark.parametrize(("host", "name"), [
    ("facebook.com", "junos:FACEBOOK-ACCESS"), ("www.FACEBOOK.com.", "junos:FACEBOOK-ACCESS"),
    ("mail.google.com", "junos:GMAIL"), ("www.google.com", "junos:GOOGLE"), ("facebook.com.evil.test", None),
    ("notfacebook.com", None), ("", None), (None, None), (".", None), ("com", None)])
def test_the_longest_suffix_of_whole_labels(host: str | None, name: str | None) -> None:
    assert applications.of_server(host) == name


def test_a_path_tells_more_than_its_host() -> None:
    assert applications.of_server("www.google.com", "/maps/place") == "junos:GOOGLE-MAPS"
    assert applications.of_server("www.google.com", "/search") == "junos:GOOGLE"


def test_what_tls_agrees_on_and_how_clients_call_themselves() -> None:
    assert applications.of_alpn(b"h2") == "junos:HTTP2"
    assert applications.of_alpn(b"\xff") is None
    assert applications.of_agent("git/2.39.2") == "junos:GIT"
    assert applications.of_agent("curl/8") is None


def test_there_are_enough_and_all_of_them_are_whole() -> None:
    known = applications.predefined()
    assert len(known) > 100
    assert all(name.startswith("junos:") and 0 <= one.risk <= 5 for name, one in known.items())
    assert set(table_names()) <= set(known)


def test_groups_hold_those_of_their_sub_groups() -> None:
    groups = applications.groups()
    assert "junos:FACEBOOK-ACCESS" in groups["junos:web:social-networking"] <= groups["junos:web"]
    assert groups.keys() < applications.names()
