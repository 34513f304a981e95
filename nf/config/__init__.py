"""Junos text in, one frozen Configuration out; what is wrong with the text is a ConfigError with file, line and word.

Knows the text forms, the grammar of Junos and the facts of the policy room; opens no file but the data shipped here,
logs nothing, and knows neither controller nor data plane.
"""

from nf.config.build import build
from nf.config.configuration import Configuration, Remark
from nf.config.errors import ConfigError, Findings
from nf.config.junos import read

__all__ = ["ConfigError", "Configuration", "Remark", "load"]


def load(text: str, origin: str) -> Configuration:
    """What a Junos configuration means; `origin` names it in messages. Raises ConfigError with every mistake in it."""
    findings = Findings(origin)
    root = read(text.removeprefix("\ufeff"), findings)  # some editors put a byte order mark first
    findings.raise_errors()
    return build(root, findings)
