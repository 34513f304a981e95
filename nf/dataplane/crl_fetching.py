"""What the process that fetches CRLs does: it keeps the file of each CA profile that names a URL current, and tells how."""

import os
import signal
import socket
import ssl
import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from nf.dataplane.download import DownloadError, download, patience
from nf.pki import PkiError
from nf.pki.certificate import Certificate, read
from nf.pki.crl import RevocationList
from nf.pki.crl_renewal import UnfitCrlError, acceptable, due, own_lists
from nf.pki.files import good_certificates
from nf.pki.holdings import Holdings
from nf.policy.pki import CaProfile

LARGEST: Final = 32 << 20  # bytes of an answer; the largest lists of public CAs have some ten millions
PATIENCE: Final = 60.0  # seconds for one URL, from its name's look-up to a list that has been judged
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0  # seconds until the next try, where the last brought nothing new
_WORDS: Final = 1000  # of a problem, some of which a server may have written
LOOK: Final = 60.0  # seconds between two looks at the file, which an operator may have cleared or replaced


class Fetched(msgspec.Struct, frozen=True):
    """How the last try went: seconds since 1970, and what was wrong with it, if anything."""

    ca_profile: str
    at: float
    problem: str = ""
    is_new: bool = False  # another list than the one before


@dataclass(slots=True)
class _Errand:
    profile: CaProfile
    not_before: float = 0.0  # by the monotonic clock
    pause: float = FIRST_PAUSE


class CrlFetching:
    """Waits for one server at a time; ends when the central point has gone from the other end of `link`."""

    def __init__(self, directory: Path, profiles: Iterable[CaProfile], link: socket.socket) -> None:
        self._holdings, self._link = Holdings(directory), link
        self._errands = [_Errand(profile) for profile in profiles]

    def run(self) -> None:
        """The process's life; signals to the whole group do not end it."""
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._link.settimeout(LOOK)
        while True:
            for errand in self._errands:
                if time.monotonic() >= errand.not_before:
                    self._run(errand)
            try:
                self._link.recv(1)
            except TimeoutError:
                continue
            return

    def _run(self, errand: _Errand) -> None:
        """See to one CA profile; whether something new has come decides when that is tried again."""
        name, problem, is_new = errand.profile.name, "", False
        try:
            found = self._renew(errand.profile)
            if found is None:
                return
            is_new = found
        except (DownloadError, UnfitCrlError, PkiError) as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - a bug in one list's case must not end the others', nor ask servers in a rush
            traceback.print_exc()
            problem = f"internal error: {error!r}"
        self._link.send(msgspec.json.encode(Fetched(name, time.time(), problem[:_WORDS], is_new)))
        if is_new:
            errand.pause = FIRST_PAUSE
        errand.not_before = time.monotonic() + errand.pause
        errand.pause = min(2 * errand.pause, LONGEST_PAUSE)

    def _renew(self, profile: CaProfile) -> bool | None:
        """Whether the list that came is another one than the one that is held; None where none was due."""
        found = good_certificates(self._holdings.path("ca-certificate", profile.name))[0]
        authorities = [one for one in map(read, found) if one is not None]
        held, now = self._holdings.crls(profile.name), datetime.now(UTC)
        file = self._holdings.path("crl", profile.name)
        moment = due(own_lists(held, authorities), _changed(file), profile.revocation.crl.refresh_interval)
        if moment is not None and moment > now:
            return None
        url, lists = _first(profile.revocation.crl.fetched_from, authorities, now)
        if all(one in held for one in lists):
            with suppress(OSError):  # then it counts as old
                os.utime(file)
            return False
        if not self._holdings.keep_crls(profile.name, lists):
            raise UnfitCrlError(f"{url}: CRL: it is older than the one that is held")
        return True


def _first(urls: Iterable[str], authorities: Sequence[Certificate], now: datetime) -> tuple[str, list[RevocationList]]:
    """What the first URL has that gives an acceptable answer; DownloadError with what is wrong with each."""
    problems, context = [], _context(authorities)
    for url in urls:
        try:
            with patience(PATIENCE):
                return url, acceptable(download(url, LARGEST, context), authorities, now)
        except (DownloadError, UnfitCrlError) as error:
            problems.append(f"{url}: {error}")
    raise DownloadError("; ".join(problems))


def _context(authorities: Sequence[Certificate]) -> ssl.SSLContext:
    """For https: whom this machine trusts, and the CA itself."""
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(cadata=b"".join(one.der for one in authorities))
    return context


def _changed(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)  # an operator has cleared it just now
