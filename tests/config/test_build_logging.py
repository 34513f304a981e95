import pytest

from nf.config import ConfigError, load
from nf.policy.profile import AppTracking
from nf.policy.security_log import SecurityLog, SyslogStream


def test_application_tracking_writes_what_is_asked_for_by_name() -> None:
    tracking = "set security application-tracking "
    assert load("", "t").app_tracking == AppTracking()
    assert load(tracking + "log-session-create", "t").app_tracking == AppTracking(log_session_close=False)
    assert load(tracking + "log-session-close", "t").app_tracking == AppTracking(log_session_create=False)
    both = tracking + "log-session-close log-session-create disable"
    assert load(both, "t").app_tracking == AppTracking(disable=True)


def test_intervals_of_application_tracking() -> None:
    lines = "set security application-tracking first-update-interval 2 session-update-interval 10 no-volume-updates"
    assert load(lines, "t").app_tracking == AppTracking(
        first_update_interval=2, session_update_interval=10, no_volume_updates=True)


def test_streams_take_from_above_what_they_lack() -> None:
    found = load("""services { ssl { initiation { profile out { trusted-ca all; } } } } security { log {
    mode stream; format sd-syslog; source-address 10.0.0.1; utc-timestamp;
    transport { protocol tls; tls-profile out; tcp-connections 3; }
    stream siem { severity info; category session; category urlf; host { 10.0.0.5; port 6000; } rate-limit { rate 9; } }
    stream all { format binary; category all; transport { protocol udp; } source-address 10.0.0.2; host { logs.example; } }
    stream secure { host { 10.0.0.6; routing-instance mgmt; log-tag srx; } }
} }""", "t").security_log
    assert found == SecurityLog("stream", "sd-syslog", (
        SyslogStream("siem", "10.0.0.5", 6000, "tls", "out", 3, "info", ("session", "urlf"), "sd-syslog", "10.0.0.1",
                     rate_limit=9),
        SyslogStream("all", "logs.example", 514, "udp", "out", 3, None, (), "binary", "10.0.0.2"),
        SyslogStream("secure", "10.0.0.6", 6514, "tls", "out", 3, None, (), "sd-syslog", "10.0.0.1", "mgmt", "srx")),
        "10.0.0.1", utc_timestamp=True)


def test_a_stream_that_goes_nowhere_is_remarked() -> None:
    statements = [remark.statement for remark in load("set security log stream s format syslog", "t").warnings]
    assert "security log stream s" in statements


def test_a_tls_profile_is_one_for_initiation() -> None:
    with pytest.raises(ConfigError, match="'ot': no such SSL initiation profile; did you mean 'out'"):
        load("set services ssl initiation profile out trusted-ca all\nset security log transport tls-profile ot", "t")
