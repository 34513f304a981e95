"""The options of a rule to members of an attack: contents and expressions with their modifiers, buffer by buffer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hwmodel.session import Direction
from nf.policy.attacks import STREAM, Content, DataAt, Member, Regex, Size, Test
from nf.services.idp.contexts import ALIASES, CONTEXTS, REQUEST_BODY, RESPONSE_BODY
from nf.services.idp.matcher import why_not_in_stream
from nf.services.idp.rule_text import RuleError, content_bytes, unquoted

_FILE = "file.data"  # the body of whichever side
_PCRE = re.compile(r'(!?)"/(.*)/([A-Za-z]*)"', re.DOTALL)
_PCRE_BUFFERS = {
    "U": "http.uri", "I": "http.uri.raw", "P": REQUEST_BODY, "Q": RESPONSE_BODY, "H": "http.header", "D": "http.header.raw",
    "M": "http.method", "C": "http.cookie", "S": "http.stat_code", "Y": "http.stat_msg", "V": "http.user_agent",
    "W": "http.host"}
_BOUND = re.compile(r"(\d+)?\s*(<>|<|>)?\s*(\d+)?")


@dataclass(slots=True)
class Draft:
    """The members of a rule while its options are read."""

    direction: Direction | None = None
    buffers: dict[str, list[Test]] = field(default_factory=dict)
    sticky: str = STREAM
    last: tuple[str, int] | None = None  # the content that modifiers speak of: its buffer and place
    is_sticky: bool = False

    def add(self, test: Test, buffer: str | None = None) -> None:
        """One more test, of the sticky buffer unless another is named."""
        buffer = buffer or self.sticky
        tests = self.buffers.setdefault(buffer, [])
        tests.append(test)
        self.last = (buffer, len(tests) - 1)

    def modify(self, keyword: str, **changed: Any) -> None:
        """Change the last content."""
        buffer, place = self._content(keyword)
        content = self.buffers[buffer][place]
        if not isinstance(content, Content):
            raise RuleError(keyword, "stands behind a content")
        self.buffers[buffer][place] = replace(content, **changed)

    def move(self, keyword: str, buffer: str) -> None:
        """The last content is of another buffer: the old way to say so."""
        old, place = self._content(keyword)
        test = self.buffers[old].pop(place)
        if not self.buffers[old]:
            del self.buffers[old]
        self.add(test, buffer)

    def _content(self, keyword: str) -> tuple[str, int]:
        if self.last is None:
            raise RuleError(keyword, "stands behind a content")
        return self.last

    def members(self) -> tuple[Member, ...]:
        """The members; raises RuleError for tests that can never be decided."""
        found = tuple(Member(context, tuple(tests), self.direction) for buffer, tests in self.buffers.items()
                      for context in [self._context(buffer)])
        for member in found:
            why = why_not_in_stream(member.tests) if member.context == STREAM else ""
            if why:
                raise RuleError(why, "a stream has no end at which this could be decided")
        return found

    def _context(self, buffer: str) -> str:
        if buffer != _FILE:
            return buffer
        return REQUEST_BODY if self.direction is Direction.C2S else RESPONSE_BODY


def read_option(draft: Draft, keyword: str, value: str) -> bool:
    """Take one option into the draft; False for one that is none of what is looked for in buffers."""
    buffer = _buffer(keyword)
    if buffer is not None:
        if "_" in keyword and keyword.startswith("http_") and draft.last is not None and not draft.is_sticky:
            draft.move(keyword, buffer)
        else:
            draft.sticky, draft.is_sticky, draft.last = buffer, True, None
        return True
    read = _READERS.get(keyword)
    if read is None:
        return False
    read(draft, keyword, value)
    return True


def _buffer(keyword: str) -> str | None:
    if keyword in {"file_data", _FILE}:
        return _FILE
    known = ALIASES.get(keyword, keyword)
    return known if known in CONTEXTS and keyword != STREAM else None


def _content(draft: Draft, keyword: str, value: str) -> None:
    negated = value.startswith("!")
    pattern = content_bytes(unquoted(keyword, value.lstrip("!").strip()))
    draft.add(Content(pattern, negated=negated), "http.uri" if keyword == "uricontent" else None)


def _pcre(draft: Draft, keyword: str, value: str) -> None:
    found = _PCRE.fullmatch(value.strip().replace("\\;", ";").replace('\\"', '"'))
    if found is None:
        raise RuleError(f"{keyword}:{value}"[:40], 'expected "/EXPRESSION/FLAGS"')
    sign, expression, flags = found.groups()
    unknown = set(flags) - {*"ismxARBGEO", *_PCRE_BUFFERS}
    if unknown:
        raise RuleError(f"pcre flag {''.join(sorted(unknown))}", "no such flag")
    expression = f"(?x){expression}" if "x" in flags else expression
    expression = f"^(?:{expression})" if "A" in flags else expression
    test = Regex(expression, "i" in flags, "s" in flags, "m" in flags, negated=bool(sign), relative="R" in flags)
    draft.add(test, next((_PCRE_BUFFERS[flag] for flag in flags if flag in _PCRE_BUFFERS), None))


def _number(name: str, *, negative: bool = False) -> Callable[[Draft, str, str], None]:
    def read(draft: Draft, keyword: str, value: str) -> None:
        draft.modify(keyword, **{name: number(keyword, value, negative=negative)})
    return read


def _mark(**changed: Any) -> Callable[[Draft, str, str], None]:
    def read(draft: Draft, keyword: str, _: str) -> None:
        draft.modify(keyword, **changed)
    return read


def _startswith(draft: Draft, keyword: str, _: str) -> None:
    buffer, place = draft.last or ("", 0)
    content = draft.buffers[buffer][place] if buffer else None
    draft.modify(keyword, offset=0, depth=len(content.pattern) if isinstance(content, Content) else 0)


def _isdataat(draft: Draft, keyword: str, value: str) -> None:
    count, *words = [word.strip() for word in value.split(",")]
    if set(words) - {"relative", "rawbytes"}:
        raise RuleError(f"{keyword}:{value}"[:40], "expected NUMBER[,relative]")
    count = count.removeprefix("!")
    last = draft.last
    draft.add(DataAt(number(keyword, count), "relative" in words, value.strip().startswith("!")))
    draft.last = last


def _size(draft: Draft, keyword: str, value: str) -> None:
    text, *words = [word.strip() for word in value.split(",")]
    found = _BOUND.fullmatch(text)
    if found is None or not text:
        raise RuleError(f"{keyword}:{value}"[:40], "expected N, <N, >N or N<>M")
    low, sign, high = found.groups()
    match sign:
        case "<":
            size = Size(0, int(high or 0) - 1)
        case ">":
            size = Size(int(high or 0) + 1)
        case "<>":
            size = Size(int(low or 0) + 1, int(high or 0) - 1)
        case _:
            size = Size(int(low), int(low))
    last = draft.last
    draft.add(size, ("http.uri.raw" if "raw" in words else "http.uri") if keyword == "urilen" else None)
    draft.last = last


def number(keyword: str, value: str, *, negative: bool = False) -> int:
    """A whole number; variables are none."""
    text = value.strip()
    if not (text.removeprefix("-") if negative else text).isdecimal() or len(text) > 9:
        raise RuleError(f"{keyword}:{value}"[:40], "expected a number")
    return int(text)


def _ignored(_draft: Draft, _keyword: str, _value: str) -> None:
    """Says nothing that matters here."""


def _fast_pattern(draft: Draft, keyword: str, value: str) -> None:
    if value and not re.fullmatch(r"only|\d+\s*,\s*\d+", value):
        raise RuleError(f"{keyword}:{value}"[:40], "expected fast_pattern, fast_pattern:only or fast_pattern:OFFSET,LENGTH")
    draft.modify(keyword, fast=True)


_READERS: dict[str, Callable[[Draft, str, str], None]] = {
    "content": _content, "uricontent": _content, "pcre": _pcre, "nocase": _mark(nocase=True), "rawbytes": _ignored,
    "offset": _number("offset"), "depth": _number("depth"), "distance": _number("distance", negative=True),
    "within": _number("within"), "startswith": _startswith, "endswith": _mark(at_end=True), "fast_pattern": _fast_pattern,
    "isdataat": _isdataat, "bsize": _size, "urilen": _size}
