r"""Patterns of custom attacks to expressions.

Junos's own syntax is that of expressions, and beside it `\[…\]` for letters of either case, `\X 0a 0d \X` for bytes in
hexadecimal and `\0o…` digits for one in octal; a full stop stands for any byte. A pattern is looked for anywhere in its
context: begin it with `^` or end it with `$` to tie it to an end. What hyperscan cannot take is refused.
"""

import re

from nf.policy.attacks import Regex

_CASELESS = re.compile(r"\\\[(.*?)\\\]", re.DOTALL)
_HEX = re.compile(r"\\[Xx]\s*((?:[0-9A-Fa-f]{2}[\s,]*)+)\\[Xx]")
_OCTAL = re.compile(r"\\0([0-7]{1,3})")
_REFUSED = re.compile(r"\\[1-9]|\(\?[=!<]")


class PatternError(ValueError):
    """What of a pattern cannot be taken."""


def expression(pattern: str) -> Regex:
    """A pattern in Junos's syntax; raises PatternError."""
    found = _REFUSED.search(pattern)
    if found is not None:
        raise PatternError(f"'{found[0]}' is none of the patterns' syntax")
    text = _HEX.sub(lambda part: "".join(f"\\x{byte:02x}" for byte in bytes.fromhex(re.sub(r"[\s,]", "", part[1]))), pattern)
    text = _OCTAL.sub(lambda part: f"\\x{int(part[1], 8) & 0xFF:02x}", text)
    return Regex(_CASELESS.sub(lambda part: f"(?i:{part[1]})", text), dotall=True)


def postfix(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """A chain's expression (`m01 AND (m02 OR m03)`) with its operators behind their operands; raises PatternError."""
    out: list[str] = []
    waiting: list[str] = []
    expected = "a member"
    for word in re.findall(r"[()]|[^\s()]+", text):
        if word == ")" and expected == "an operator":
            while waiting and waiting[-1] != "(":
                out.append(waiting.pop())
            if not waiting:
                raise PatternError("a ')' without '('")
            waiting.pop()
        elif word.lower() in {"and", "or"} and expected == "an operator":
            while waiting and waiting[-1] != "(" and (waiting[-1] == "and" or word.lower() == "or"):
                out.append(waiting.pop())
            waiting.append(word.lower())
            expected = "a member"
        elif word == "(" and expected == "a member":
            waiting.append(word)
        elif word in names and expected == "a member":
            out.append(word)
            expected = "an operator"
        else:
            raise PatternError(f"'{word}' where {expected} is expected, members are {', '.join(names)}")
    if expected == "a member" or "(" in waiting:
        raise PatternError("the expression is not complete")
    return (*out, *reversed(waiting))
