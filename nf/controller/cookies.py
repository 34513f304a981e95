"""Cookies: which entries are ours, of which generation, what for, and by which policy.

A cookie is, from the top: our mark (16 bits), the generation (24), the purpose (8), the policy (16). The generation
is a digest of all entries, so two controllers that want the same write the same, and a later one that wants
something else can tell what is stale.
"""

import hashlib
from collections.abc import Iterable, Iterator

from nf.config.configuration import Configuration
from nf.controller.intents import Intent, Purpose

MARK = 0x5258 << 48  # "RX"
MARK_MASK = 0xFFFF << 48
_GENERATION_BITS = 24
_GENERATION_SHIFT = 24
_PURPOSE_SHIFT = 16
MAX_POLICIES = 0xFFFF


def generation(intents: Iterable[Intent]) -> int:
    """The generation of a set of entries, whatever their order."""
    digest = hashlib.sha256()
    for line in sorted(repr((i.key[:3], sorted(map(repr, i.match)), i.instructions, i.purpose.number, i.policy))
                       for i in intents):
        digest.update(line.encode())
    return int.from_bytes(digest.digest()[:_GENERATION_BITS // 8])


def cookie(intent: Intent, its_generation: int) -> int:
    """The cookie of an entry."""
    return MARK | its_generation << _GENERATION_SHIFT | intent.purpose.number << _PURPOSE_SHIFT | intent.policy


def generation_of(value: int) -> int:
    """The generation in a cookie."""
    return value >> _GENERATION_SHIFT & (1 << _GENERATION_BITS) - 1


def stale(current: int) -> Iterator[tuple[int, int]]:
    """Cookies and masks that together cover every entry of ours of another generation, and none of this one.

    A masked match cannot say "differs", but an entry of another generation differs in at least one bit.
    """
    for bit in range(_GENERATION_SHIFT, _GENERATION_SHIFT + _GENERATION_BITS):
        flag = 1 << bit
        yield MARK | (flag & ~(current << _GENERATION_SHIFT)), MARK_MASK | flag


def of_purpose(purpose: Purpose) -> tuple[int, int]:
    """A cookie and mask that cover every entry of ours with this purpose."""
    return MARK | purpose.number << _PURPOSE_SHIFT, MARK_MASK | 0xFF << _PURPOSE_SHIFT


def purpose_of(value: int) -> Purpose | None:
    """What an entry of ours is for; None where the cookie is not ours."""
    number = value >> _PURPOSE_SHIFT & 0xFF
    return next((p for p in Purpose if p.number == number), None) if value & MARK_MASK == MARK else None


def describe(value: int, configuration: Configuration) -> str:
    """A cookie in words: the policy as zones and name, and what the entry is for."""
    purpose = purpose_of(value)
    if purpose is None:
        return "not an entry of this controller"
    index = value & MAX_POLICIES
    if not index:
        decided = (Purpose.DIVERT.number <= purpose.number <= Purpose.REPLY_DENY.number
                   or purpose is Purpose.REPLY_REFUSED)
        return f"default policy: {purpose.words}" if decided else purpose.words
    policies = configuration.systems.policies
    if index > len(policies):
        return f"policy {index} of another configuration: {purpose.words}"
    system, policy = policies[index - 1]
    zones = f"{'+'.join(policy.from_zones) or 'any'}->{'+'.join(policy.to_zones) or 'any'}"
    return f"{system.words} policy {zones} {policy.name}: {purpose.words}".lstrip()
