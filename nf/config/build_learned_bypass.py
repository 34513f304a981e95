"""What a profile says of sessions that cannot be decrypted: `apply-macro srxnf` of `services ssl proxy profile`."""

from nf.config.errors import Findings
from nf.config.extensions import extension
from nf.config.tree import Statement
from nf.policy.profile import LearnedBypass

_NUMBERS = "learned-bypass-count", "learned-bypass-window", "learned-bypass-ttl"


def client_certificate_bypass(profile: Statement) -> bool:
    """Whether sessions with servers that require client certificates are passed on once that is known."""
    return extension(profile, "client-certificate") == "bypass"


def learned_bypass(profile: Statement) -> LearnedBypass | None:
    """When a client is left alone with a server whose forged certificates it refuses; None for never."""
    if extension(profile, "learned-bypass") != "on":
        return None
    standard = LearnedBypass()
    count, window, ttl = (_number(profile, name) for name in _NUMBERS)
    return LearnedBypass(count or standard.count, window or standard.window, ttl or standard.ttl)


def note_learned_bypass(profile: Statement, findings: Findings) -> None:
    """Remark on what stays uninspected, and on numbers that nothing looks at."""
    found = learned_bypass(profile)
    if found is not None:
        findings.remark(profile, f"profile {profile.name} learned-bypass on",
                        "a client that refuses certificates is no longer inspected with that server")
    elif any(extension(profile, name) is not None for name in _NUMBERS):
        findings.remark(profile, f"profile {profile.name} learned-bypass", "its numbers are not looked at: it is not on")
    if client_certificate_bypass(profile):
        findings.remark(profile, f"profile {profile.name} client-certificate bypass",
                        "servers that require a client certificate are not inspected once that is known")


def _number(profile: Statement, name: str) -> int | None:
    """A number that is none has been found wrong where settings are checked."""
    text = extension(profile, name)
    return int(text) if text is not None and text.isdecimal() else None
