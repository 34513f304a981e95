"""Operators' commands of UTM; the words are Juniper's where they are known, the layout is ours."""

from collections.abc import Callable, Sequence

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.render.system import nothing
from nf.cli.operate.services import clear, show

_ROWS = {
    "session": ("Total sessions", "sessions in use", "blocked", "over limit"),
    "web-filtering": ("Total requests", "White list hit", "Black list hit", "Custom category permit", "Custom category block",
                      "Predefined category permit", "Predefined category block", "Site reputation permit",
                      "Site reputation block", "Default permit", "Default block", "Fallback log-and-permit", "Fallback block"),
    "anti-virus": ("Clean", "Threat-found"),
    "content-filtering": ("Protocol command", "File extension", "Mime type", "Content type", "File type"),
    "anti-spam": ("Total e-mail scanned", "White list hit", "Spam dropped", "Spam tagged")}
_TITLES = {"session": "UTM session info", "web-filtering": "UTM web-filtering statistics",
           "anti-virus": "UTM Anti-Virus statistics", "content-filtering": "Content-filtering statistics",
           "anti-spam": "UTM Anti-Spam statistics"}
_FALLBACKS = ("default", "content-size", "engine-not-ready", "timeout", "out-of-resources", "too-many-requests",
              "decompress-err", "server-connection-err")
_ACTIONS = ("permit", "log-and-permit", "block")


def _counters(feature: str) -> Callable[[Answer, Given], Sequence[str]]:
    def lines(answer: Answer, _: Given) -> Sequence[str]:
        known = _ROWS[feature]
        faults = _faults(answer) if feature == "anti-virus" else []
        others = [name for name in sorted(answer) if name not in known and not (faults and name.endswith(_ACTIONS))]
        return [f"{_TITLES[feature]}:", *(f"  {name + ':':<34}{answer.get(name, 0)}" for name in (*known, *others)), *faults]

    return lines


def _faults(answer: Answer) -> list[str]:
    """What could not be scanned, by reason and by what became of it."""
    rows = [("  Fallback:", _ACTIONS), *((f"    {fault}", [str(answer.get(f"{fault} {action}", 0)) for action in _ACTIONS])
                                        for fault in _FALLBACKS)]
    return [f"{name:<24}" + "".join(f"{cell:>16}" for cell in cells) for name, cells in rows]


def _status(answer: Answer, _: Given) -> Sequence[str]:
    return ["UTM service status: Running", *(f"  WARNING: {line}" for line in dict.fromkeys(answer.get("tables", [])))]


def _engine(answer: Answer, _: Given) -> Sequence[str]:
    engines = answer.get("engines", {})
    return ["UTM anti-virus status:", *(f"  clamd {where}: {state}" for where, state in engines.items())] if engines else [
        "UTM anti-virus status: no engine is asked"]


def _feature(feature: str, help_text: str, *more: Word) -> Word:
    return Word(feature, help_text, children=(
        Word("statistics", "What was done", end=show("utm", feature, _counters(feature))), *more))


SHOW_SECURITY = (Word("utm", "Unified threat management", children=(
    Word("session", "Sessions", end=show("utm", "session", _counters("session"))),
    Word("status", "Whether it runs", end=show("utm", "status", _status)),
    _feature("web-filtering", "Web filtering"),
    _feature("anti-virus", "Antivirus", Word("status", "The engines", end=show("utm", "anti-virus status", _engine))),
    _feature("content-filtering", "Content filtering"), _feature("anti-spam", "Anti-spam"))),)

CLEAR_SECURITY = (Word("utm", "Unified threat management", children=(
    Word("session", "Counters of sessions", end=clear("utm", "session", nothing)),
    *(Word(feature, f"Counters of {feature}", children=(
        Word("statistics", "What was done", end=clear("utm", feature, nothing)),))
      for feature in _ROWS if feature != "session"))),)
