"""Configuration text: it is read, or it is a ConfigError that says where; nothing else comes of it."""

from nf.config import ConfigError, Configuration, load
from tests.helpers.running_proxy import CONFIGURATION

SET = """set system host-name srx
set security zones security-zone trust interfaces ge-0/0/0.0
set security address-book global address a 10.0.0.0/24
set security policies from-zone trust to-zone trust policy p match source-address a destination-address any application any
set security policies from-zone trust to-zone trust policy p then permit
set services ssl proxy profile fp root-ca ca
set services ssl proxy profile fp actions log all
delete system host-name
"""
GROUPS = """groups { g { security { zones { security-zone <*> { tcp-rst; } } } } }
apply-groups g;
/* a comment */ security { inactive: zones { security-zone "a b" { apply-macro srxnf { fail-mode open; } } } }
"""


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    said = _loaded(text)
    assert not isinstance(said, ConfigError) or str(said).startswith("srx.conf:")
    assert str(_loaded(text)) == str(said)


def _loaded(text: str) -> Configuration | ConfigError:
    try:
        return load(text, "srx.conf")
    except ConfigError as error:
        return error


def seeds() -> list[bytes]:
    """Both forms of text, with groups, comments and macros."""
    return [CONFIGURATION.encode(), SET.encode(), GROUPS.encode(), b"", b"\xef\xbb\xbfsystem { host-name a; }"]
