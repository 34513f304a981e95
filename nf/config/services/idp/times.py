"""How often a custom attack must be seen: `time-binding` and `detection-filter`."""

import re
from typing import cast

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.attacks import Rate, RateScope

_INTERVAL = re.compile(r"(?:(\d{1,3})m-)?(\d{1,3})s?")
_STANDARD = 60.0  # seconds


def rate(entry: Statement, findings: Findings) -> Rate | None:
    """The attack's rate, None where one sight is enough."""
    bound, filtered = entry.one("time-binding"), entry.one("detection-filter")
    found = bound or filtered
    if found is None:
        return None
    scope = cast("RateScope", found.value("scope") or "source")
    seconds = _seconds(found, findings)
    return Rate("filter" if bound is None else "threshold", found.number("count") or 1, seconds, scope)


def _seconds(found: Statement, findings: Findings) -> float:
    leaf = found.one("interval")
    if leaf is None:
        return _STANDARD
    read = _INTERVAL.fullmatch(leaf.text)
    if read is None:
        findings.wrong(leaf, leaf.text, "expected an interval such as 01m-30s")
        return _STANDARD
    return float(int(read[1] or 0) * 60 + int(read[2]))
