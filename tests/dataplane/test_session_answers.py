"""What the device says to wrong questions about sessions; right ones stand in tests/cli/operate."""

import pytest

from nf.dataplane.control import ask
from tests.helpers.loopback_network import Network


@pytest.mark.parametrize(("request_", "said"), [
    ({"clear": "sessions"}, "which sessions are to be cleared"),
    ({"clear": "sessions", "all": True, "filters": {"ssl": True}}, "which sessions are to be cleared"),
    ({"clear": "sessions", "filters": {"sssl": True}}, "filters: Object contains unknown field `sssl`"),
    ({"show": "sessions", "filters": {"source-prefix": "x"}}, "does not appear to be"),
    ({"show": "sessions", "after": "x"}, "after: expected a number"),
    ({"clear": "everything"}, "clear 'everything' is not known"),
])
def test_an_error_and_nothing_else(network: Network, request_: dict[str, object], said: str) -> None:
    answer = ask(network.proxy.control, request_)
    assert list(answer) == ["error"]
    assert said in answer["error"]


def test_the_summary_counts_what_the_table_holds(network: Network) -> None:
    with network.client():
        pics = network.proxy.ask("sessions-summary")["pics"]
        assert sum(pic["in-use"] for pic in pics) == network.proxy.ask("sessions")["total"]
        assert all(pic["in-use"] == pic["valid"] + pic["pending"] + pic["invalidated"] for pic in pics)
        assert len(pics) == 7
