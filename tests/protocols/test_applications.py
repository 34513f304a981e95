import pytest

from nf.protocols import applications


@pytest.mark.parametrize(("host", "name"), [
    ("facebook.com", "junos:FACEBOOK-ACCESS"), ("www.FACEBOOK.com.", "junos:FACEBOOK-ACCESS"),
    ("mail.google.com", "junos:GMAIL"), ("www.google.com", "junos:GOOGLE"), ("facebook.com.evil.test", None),
    ("notfacebook.com", None), ("", None), (None, None), (".", None), ("com", None)])
def test_the_longest_suffix_of_whole_labels(host: str | None, name: str | None) -> None:
    found = applications.of_server(host)
    assert (name in found) if name else not found


def test_every_name_that_may_be_found_is_known() -> None:
    assert applications.of_protocol("HTTP/2") | applications.of_protocol("SSH") < applications.names()
    assert applications.of_server("www.youtube.com") < applications.names()
    assert applications.of_protocol("UNKNOWN") == frozenset()
