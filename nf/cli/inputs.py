"""What several commands read from their command line: configurations, addresses; and how they fail, in one line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from nf.config import Configuration
    from nf.dataplane.assembly import Source
    from nf.pki import PkiStore
    from nf.policy.release import Release


def fail(message: str) -> NoReturn:
    """Say what is wrong and end with status 1."""
    print(f"srxnf: {message}", file=sys.stderr)
    raise typer.Exit(1)


def read_configuration(path: Path, release: str) -> "Configuration":
    """The configuration of a file in a release; every mistake in it is printed, a line each."""
    return read_with_text(path, release)[0]


def read_with_text(path: Path, release: str) -> "tuple[Configuration, str]":
    """The same, and the text itself."""
    from nf.config import ConfigError, load

    known = read_release(release)
    try:
        text = path.read_text(encoding="utf-8")
        return load(text, str(path), known), text
    except OSError as error:
        fail(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{path}: not a text in UTF-8")
    except ConfigError as error:
        fail("\nsrxnf: ".join(map(str, (error, *error.others))))


def read_device(config: Path, pki: Path, release: "Release") -> "Source":
    """What a device runs on, anew each time it is asked for; whatever is wrong is one of `launch.FAILURES`."""
    from nf.cli.check_pki import signing
    from nf.config import load
    from nf.dataplane.assembly import Source

    text = config.read_text(encoding="utf-8")
    configuration = load(text, str(config), release)
    return Source(configuration, text, read_pki(pki, signing(configuration)))


def read_release(text: str) -> "Release":
    """The Junos release of `--junos-release`."""
    from nf.policy.release import Release

    try:
        return Release.parse(text)
    except ValueError as error:
        fail(f"--junos-release {error}")


def read_pki(directory: Path, signing: frozenset[str]) -> "PkiStore":
    """The PKI directory; what is left out of it, and a signing CA about to end, is told in a line. PkiError if it is none."""
    from datetime import UTC, datetime

    from nf.pki import PkiStore

    store = PkiStore.load(directory)
    for problem in (*store.problems, *store.ending(signing, datetime.now(UTC))):
        print(f"srxnf: warning: {problem}", file=sys.stderr)
    return store


def address_and_port(option: str, text: str) -> tuple[str, int]:
    """IP:PORT or [IPv6]:PORT as the sockets take it."""
    from ipaddress import ip_address

    address, colon, port = text.rpartition(":")
    try:
        if colon and 0 <= int(port) <= 65535:
            return str(ip_address(address.strip("[]"))), int(port)
    except ValueError:
        pass
    fail(f"{option} {text}: expected IP:PORT, such as 127.0.0.1:8443")
