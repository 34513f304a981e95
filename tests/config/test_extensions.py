import pytest

from nf.config import ConfigError, Configuration, load
from nf.config.extensions import extensions
from nf.policy.policies import FailMode

LAB = """set security zones security-zone t interfaces ge-0/0/0.0
set security policies from-zone t to-zone t policy p match source-address any destination-address any application any
set security policies from-zone t to-zone t policy p then permit
set security policies global policy g match source-address any destination-address any application any
set security policies global policy g then permit
"""
PROFILE = "set services ssl proxy profile fp apply-macro "
MACRO = "set security policies from-zone t to-zone t policy p apply-macro "


def lab(lines: str) -> Configuration:
    return load(LAB + lines, "t")


def modes(lines: str) -> list[FailMode]:
    return [policy.fail_mode for policy in lab(lines).policies.policies]


def test_policies_fail_closed_unless_they_say_otherwise() -> None:
    assert modes("") == [FailMode.CLOSED, FailMode.CLOSED]
    assert modes(MACRO + "srxnf fail-mode open") == [FailMode.OPEN, FailMode.CLOSED]
    assert modes(MACRO + "srxnf fail-mode closed") == [FailMode.CLOSED, FailMode.CLOSED]
    assert modes("set security policies global policy g apply-macro srxnf fail-mode open")[1] is FailMode.OPEN
    off = MACRO.replace("set", "deactivate", 1) + "srxnf fail-mode"
    assert modes(f"{MACRO}srxnf fail-mode open\n{off}") == [FailMode.CLOSED, FailMode.CLOSED]


def test_a_group_may_make_a_setting() -> None:
    lines = ("set groups g security policies from-zone <*> to-zone <*> policy <*> apply-macro srxnf fail-mode open\n"
             "set apply-groups g")
    assert modes(lines) == [FailMode.OPEN, FailMode.CLOSED]


@pytest.mark.parametrize("where", ["set ", MACRO.replace("apply-macro ", ""), "set services ssl "])
def test_other_macros_are_not_looked_at(where: str) -> None:
    plain = lab("")
    found = lab(f"{where}apply-macro notes fail-mode ajar")
    assert (found.warnings, found.digest) == (plain.warnings, plain.digest)


def test_a_setting_in_a_place_where_it_means_nothing_is_remarked() -> None:
    remark = next(remark for remark in lab("set services ssl apply-macro srxnf fail-mode open").warnings
                  if remark.statement == "apply-macro srxnf fail-mode")
    assert (remark.line, remark.message) == (6, "no effect in this place: it is a setting of 'policy'")


@pytest.mark.parametrize(("lines", "said"), [
    (MACRO + "srxnf xyz open", "t:6: 'xyz': no such setting of apply-macro srxnf, expected fail-mode | service"),
    (MACRO + "srxnf fail-mod open", "t:6: 'fail-mod': no such setting of apply-macro srxnf; did you mean 'fail-mode'?"),
    (MACRO + "srxnf fail-mode opn", "t:6: 'opn': fail-mode takes open | closed; did you mean 'open'?"),
    (MACRO + "srxnf fail-mode", "t:6: 'fail-mode': fail-mode takes open | closed"),
    *((f"{PROFILE}srxnf learned-bypass-count {word}",
       f"t:6: '{word}': learned-bypass-count takes a number from 1 to 100") for word in ("0", "101", "x", "-1", "9" * 40)),
    *((f"set security utm default-configuration anti-virus apply-macro srxnf clamd {word}",
       f"t:6: '{word}': clamd takes unix:/PATH or tcp:ADDRESS:PORT, an IPv6 address in brackets")
      for word in ("/run/clamd", "tcp:host", "unix:x"))])
def test_mistakes(lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(lines)
    assert str(caught.value) == said


def test_every_setting_has_values_and_places() -> None:
    for extension in extensions().values():
        assert extension.values or extension.range or extension.form
        assert extension.containers
