from nf.protocols.icap_options import Options
from nf.services.icap.standing import RECOVERY, Standing
from tests.services.icap.sessions import SERVERS, profile

ONE, TWO = SERVERS


def test_of_options_that_have_run_out_one_session_asks_anew() -> None:
    standing, known = Standing(), Options(ttl=60)
    assert standing.options(ONE, "REQMOD", 0) is None
    standing.learn(ONE, "REQMOD", known, 0)
    assert standing.options(ONE, "REQMOD", 59) is known
    assert standing.options(ONE, "RESPMOD", 59) is None
    assert [standing.options(ONE, "REQMOD", 60) for _ in range(3)] == [None, known, known]
    assert standing.options(ONE, "REQMOD", 61 + RECOVERY) is None, "it has never answered"


def test_another_istag_empties_what_is_known() -> None:
    standing = Standing()
    standing.learn(ONE, "REQMOD", Options(istag="a"), 0)
    assert standing.compare(ONE, "REQMOD", "a")
    assert standing.compare(ONE, "REQMOD", "")
    assert not standing.compare(ONE, "REQMOD", "b")
    assert standing.options(ONE, "REQMOD", 1) is None


def test_a_server_that_has_failed_comes_last_for_a_while() -> None:
    standing = Standing()
    standing.fail(ONE, "cannot be reached", 0)
    assert standing.order(SERVERS, 1) == [TWO, ONE]
    assert standing.order(SERVERS, RECOVERY) == [ONE, TWO]
    standing.fail(ONE, "cannot be reached", 0)
    standing.recover(ONE)
    assert standing.order(SERVERS, 1) == [ONE, TWO]


def test_what_operators_are_told() -> None:
    standing = Standing()
    standing.learn(ONE, "REQMOD", Options(istag="a", preview=0, allow=frozenset({"206", "204"}), ttl=60), 0)
    standing.fail(TWO, "cannot be reached", 0)
    standing.counters["P", "one", "REQMOD"] = 2
    up, down = standing.status({"P": profile(2)}, 10.0 - 0.5)
    assert (up["state"], down["state"], down["failure"]) == ("up", "down", "cannot be reached")
    assert up["services"] == [{"method": "REQMOD", "istag": "a", "preview": 0, "allow": ["204", "206"], "expires_in": 50}]
    assert standing.statistics() == {"P": {"one": {"REQMOD": 2}}}
    standing.forget()
    assert [row["state"] for row in standing.status({"P": profile(2)}, 10)] == ["unknown", "unknown"]
