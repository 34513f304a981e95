"""Junos text in, one frozen Configuration out; what is wrong with the text is a ConfigError with file, line and word.

Knows the text forms, the grammar of Junos and the facts of the policy room; opens no file but the data shipped here,
logs nothing, and knows neither controller nor data plane.
"""

from nf.config.build import build
from nf.config.configuration import Configuration, Remark
from nf.config.display import INHERITANCE, Form, display
from nf.config.errors import ConfigError, Findings
from nf.config.groups import expand
from nf.config.junos import read
from nf.config.tree import Statement
from nf.policy.release import NEWEST, Release

__all__ = ["ConfigError", "Configuration", "Form", "Remark", "load", "show"]


def load(text: str, origin: str, release: Release = NEWEST) -> Configuration:
    """What a Junos configuration means in a release; `origin` names it in messages.

    Raises ConfigError with every mistake in it; what the release does not have yet is one.
    """
    findings = Findings(origin)
    return build(_expanded(_read(text, findings), findings), findings, release)


def show(text: str, origin: str, form: Form, *, expanded: bool = False) -> str:
    """The same configuration as `set` lines or with braces; `expanded` puts what groups give in its place.

    Raises ConfigError for a text that cannot be read; what the statements mean is not looked at.
    """
    findings = Findings(origin)
    root = _read(text, findings)
    return display(_expanded(root, findings), form, INHERITANCE) if expanded else display(root, form)


def _read(text: str, findings: Findings) -> Statement:
    root = read(text.removeprefix("\ufeff"), findings)  # some editors put a byte order mark first
    findings.raise_errors()
    return root


def _expanded(root: Statement, findings: Findings) -> Statement:
    tree = expand(root, findings)
    findings.raise_errors()
    return tree
