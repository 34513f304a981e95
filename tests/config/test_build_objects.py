import pytest

from nf.config import ConfigError, load
from nf.policy.tcp_session import TcpSession
from nf.policy.url_categories import UrlCategory


def test_tcp_sessions() -> None:
    assert load("", "t").tcp_session == TcpSession(tcp_initial_timeout=20, maximum_window="256K")
    flow = "set security flow tcp-session "
    found = load(f"{flow}tcp-initial-timeout 4 no-syn-check rst-invalidate-session maximum-window 1M\n"
                 f"{flow}time-wait-state session-timeout 6", "t").tcp_session
    assert found == TcpSession(4, no_syn_check=True, rst_invalidate_session=True, maximum_window="1M")
    for words, seconds in (("session-timeout 6 apply-to-half-close-state", 6), ("apply-to-half-close-state", 150),
                           ("session-timeout 6", 150), ("session-ageout apply-to-half-close-state", None)):
        assert load(f"{flow}time-wait-state {words}", "t").tcp_session.half_closed_timeout == seconds
    with pytest.raises(ConfigError, match=r"'301': out of range, 4\.\.300 is expected"):
        load(flow + "tcp-initial-timeout 301", "t")


CUSTOM = "set security utm custom-objects "
PATTERNS = (CUSTOM + 'url-pattern bad value [ "*.bad.example" http://x.example ]\n'
            + CUSTOM + "url-pattern worse value w.example\n")


def test_url_categories_hold_the_patterns_of_their_lists() -> None:
    found = load(PATTERNS + CUSTOM + "custom-url-category c value [ worse bad ]", "t").url_categories
    assert found == {"c": UrlCategory("c", ("worse", "bad"), ("w.example", "*.bad.example", "http://x.example"))}


def test_unknown_pattern_list() -> None:
    with pytest.raises(ConfigError) as caught:
        load(PATTERNS + CUSTOM + "custom-url-category c value wors", "t")
    assert str(caught.value) == "t:3: 'wors': no such url-pattern; did you mean 'worse'?"
