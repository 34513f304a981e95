"""`apply-macro srxnf` of a profile: what is learned of sessions that cannot be decrypted."""

from nf.config import Configuration, load
from nf.policy.profile import LearnedBypass, SslProxyProfile

PROFILE = "set services ssl proxy profile fp "


def lab(*lines: str) -> Configuration:
    return load("\n".join([f"{PROFILE}root-ca ca", f"{PROFILE}actions ignore-server-auth-failure",
                           *(f"{PROFILE}apply-macro srxnf {line}" for line in lines)]), "t")


def profile(*lines: str) -> SslProxyProfile:
    return lab(*lines).ssl_profiles["fp"]


def remarks(*lines: str) -> set[str]:
    plain = {remark.message for remark in lab().warnings}
    return {remark.message for remark in lab(*lines).warnings} - plain


def test_nothing_is_learned_unless_it_is_asked_for() -> None:
    for found in (profile(), profile("learned-bypass off", "client-certificate drop")):
        assert (found.learned_bypass, found.client_certificate_bypass) == (None, False)
    assert remarks() == set()


def test_numbers_have_standards() -> None:
    assert profile("learned-bypass on").learned_bypass == LearnedBypass()
    numbers = "learned-bypass-count 2", "learned-bypass-window 5", "learned-bypass-ttl 7"
    assert profile("learned-bypass on", *numbers).learned_bypass == LearnedBypass(2, 5, 7)


def test_what_stays_uninspected_is_remarked() -> None:
    assert remarks("learned-bypass on") == {"a client that refuses certificates is no longer inspected with that server"}
    assert remarks("learned-bypass-ttl 9") == {"its numbers are not looked at: it is not on"}
    assert profile("client-certificate bypass").client_certificate_bypass
    assert len(remarks("client-certificate bypass")) == 1


def test_a_profile_of_a_logical_system_may_say_it_too() -> None:
    found = load("\n".join(["set logical-systems L services ssl proxy profile fp root-ca ca",
                            "set logical-systems L services ssl proxy profile fp apply-macro srxnf learned-bypass on"]), "t")
    assert not any("no effect in this place" in remark.message for remark in found.warnings)
