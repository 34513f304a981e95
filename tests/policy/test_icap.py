import pytest

from nf.policy.icap import IcapProfile, IcapServer

ONE, TWO = IcapServer("one", "192.0.2.1", reqmod_uri="a"), IcapServer("two", "2001:db8::1", 1345, respmod_uri="/b")


@pytest.mark.parametrize(("server", "path", "uri"), [
    (ONE, "echo", "icap://192.0.2.1:1344/echo"), (TWO, "/b?c", "icap://[2001:db8::1]:1345/b?c"),
    (ONE, "icap://other/x", "icap://other/x")])
def test_uris(server: IcapServer, path: str, uri: str) -> None:
    assert server.uri(path) == uri


def test_servers_serve_what_they_have_a_service_for_and_the_profile_wants() -> None:
    both = IcapProfile("p", (ONE, TWO), redirect_request=True, redirect_response=True)
    assert (both.serving("REQMOD"), both.serving("RESPMOD")) == ((ONE,), (TWO,))
    assert IcapProfile("p", (ONE, TWO), redirect_request=True).serving("RESPMOD") == ()
