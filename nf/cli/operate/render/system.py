"""What a device says of itself: configuration, versions, processes, time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nf.cli.operate.grammar import Answer, Given


def configuration(answer: Answer, given: Given) -> Sequence[str]:
    """With braces, or as `set` lines; as it was written where it cannot be read again."""
    from nf.config import ConfigError, show

    try:
        return show(answer["text"], "running", "set" if "set" in given else "curly").splitlines()
    except ConfigError:
        return list(answer["text"].splitlines())


def version(answer: Answer, _: Given) -> Sequence[str]:
    """What runs, and on which modelled hardware."""
    return [f"Hostname: {answer['host-name']}", f"Model: {answer['platform']}", f"srxnf: {answer['srxnf']}",
            f"Python: {answer['python']}", f"OpenSSL: {answer['openssl'].removeprefix('OpenSSL ')}",
            f"Configuration digest: {answer['configuration-digest']}"]


def processes(answer: Answer, _: Given) -> Sequence[str]:
    """Worker processes and the SPUs that they are."""
    return [f"worker {row['worker']}  pid {row['pid']:>7}  {'alive' if row['alive'] else 'down ':<5}  "
            + ", ".join(f"fpc {pic['fpc']} pic {pic['pic']}" for pic in row["pics"]) for row in answer["workers"]]


def uptime(answer: Answer, _: Given) -> Sequence[str]:
    """The device's own clock."""
    now = datetime.fromtimestamp(answer["now"], UTC).replace(microsecond=0)
    up = timedelta(seconds=round(answer["uptime"]))
    return [f"Current time: {now:%Y-%m-%d %H:%M:%S} UTC", f"System booted: {now - up:%Y-%m-%d %H:%M:%S} UTC ({up} ago)"]


def nothing(_answer: Answer, _given: Given) -> Sequence[str]:
    """It is done; devices say nothing then."""
    return []
