"""The PKI directory: the box's own certificates and keys, CA certificates by CA profile, and CRLs, all PEM.

`local/<certificate-id>.crt` and `.key`, `ca/<ca-profile>.crt`, `crl/<ca-profile>.crl`. What cannot be used is left out and
told; who asks for it, or for trust of which nothing is left, gets the error.
"""

import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from nf.pki.authority import Authority, PrivateKey
from nf.pki.files import (
    PRIVATE,
    PkiError,
    good_certificates,
    good_crls,
    key_text,
    make_directory,
    read_certificates,
    read_key,
    write_new,
)

ALL = ("all",)
LOCAL, CA, CRL = "local", "ca", "crl"
ROOMS = {LOCAL: ".crt", CA: ".crt", CRL: ".crl"}
SOON = timedelta(days=60)  # as the devices' `security pki trap` counts by default
EntryT = TypeVar("EntryT")


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A protected server's certificate, its key, and the chain that is sent with it; the key is never printed."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def public_key_der(self) -> bytes:
        """What it is found by: the SubjectPublicKeyInfo."""
        return self.certificate.public_key().public_bytes(serialization.Encoding.DER,
                                                          serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class PkiStore:
    """What the PKI directory holds; certificates and CRLs as DER by CA profile, own certificates by certificate id.

    `problems` are the files that are left out, whole or in part; `digest` changes with any file's content, name or time.
    """

    directory: Path
    local: Mapping[str, Authority] = field(default_factory=dict)
    ca_profiles: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    crl_profiles: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    problems: tuple[PkiError, ...] = ()
    digest: str = ""

    @classmethod
    def load(cls, directory: Path) -> "PkiStore":
        """Read the whole directory; PkiError where it, or a part of it, is not there."""
        if not directory.is_dir():
            raise PkiError(directory, "no such directory; make one with `srxnf pki init`")
        digest = _digest(directory)  # taken first: what changes from now on is seen as changed
        problems = [PkiError(directory / room, "anyone may write here; chmod o-w it")
                    for room in ROOMS if _is_open(directory / room)]
        local = _entries(directory, LOCAL, lambda path: (_read_local(path), ()), problems)
        ca_profiles = _entries(directory, CA, good_certificates, problems)
        crl_profiles = _entries(directory, CRL, good_crls, problems)
        return cls(directory, local, ca_profiles, crl_profiles, tuple(problems), digest)

    def changed(self) -> bool:
        """Whether a file has been added, replaced, changed or taken away since the load; opens none."""
        return _digest(self.directory) != self.digest

    def authority(self, certificate_id: str) -> Authority:
        """The certificate and key of this certificate id; PkiError if none. Whether it may sign, `check` says."""
        found = self.local.get(certificate_id)
        if found is None:
            raise self._problem(LOCAL, certificate_id) or PkiError(
                self._path(LOCAL, certificate_id),
                "no such local certificate; put it there with its .key, or make one with `srxnf pki init`")
        return found

    def ending(self, names: Iterable[str], at: datetime) -> tuple[PkiError, ...]:
        """Those of these own CAs that can sign now, but not for long any more."""
        signing = frozenset(names)
        return tuple(PkiError(self._path(LOCAL, name), f"CA ends on {end:%Y-%m-%d}; `srxnf pki rollover` makes the next one")
                     for name, one in self.local.items() if name in signing
                     if at < (end := one.certificate.not_valid_after_utc) < at + SOON and one.check(at) is None)

    def server_certificates(self, certificate_ids: Iterable[str]) -> dict[str, ServerCertificate]:
        """The certificates that a reverse proxy has from its servers; PkiError for one that is missing or unusable."""
        found = {name: self.authority(name) for name in certificate_ids}
        return {name: ServerCertificate(one.certificate, one.key, one.chain) for name, one in found.items()}

    def anchors(self, ca_profiles: Iterable[str] = ALL) -> tuple[bytes, ...]:
        """The CA certificates of these CA profiles, or of all; PkiError for one without a file, or if none is left."""
        names = tuple(ca_profiles)
        if names == ALL:
            names = tuple(self.ca_profiles) or tuple({error.path.stem: None for error in self._problems(CA)})
            if not names:
                raise PkiError(self.directory / CA, "no CA certificates; put a <ca-profile>.crt there for each CA profile")
        missing = [name for name in names if name not in self.ca_profiles]
        for name in missing:
            if self._problem(CA, name) is None:
                raise PkiError(self._path(CA, name), "no such file; it must hold the CA profile's certificates in PEM")
        found = tuple(dict.fromkeys(der for name in names for der in self.ca_profiles.get(name, ())))
        unusable = [error for name in missing if (error := self._problem(CA, name)) is not None]
        if unusable and not found:
            raise unusable[0]
        return found

    def crls(self, ca_profiles: Iterable[str] = ALL) -> tuple[bytes, ...]:
        """The CRLs of these CA profiles, or of all; a profile may have none."""
        names = self.crl_profiles if tuple(ca_profiles) == ALL else ca_profiles
        return tuple(der for name in names for der in self.crl_profiles.get(name, ()))

    def cert_ids(self) -> dict[bytes, str]:
        """CA profile names by the DER of their certificates, for the log's `cert-id`."""
        return {der: name for name, ders in self.ca_profiles.items() for der in ders}

    def _path(self, room: str, name: str) -> Path:
        return self.directory / room / f"{name}{ROOMS[room]}"

    def _problems(self, room: str) -> list[PkiError]:
        return [error for error in self.problems if error.path.parent == self.directory / room]

    def _problem(self, room: str, name: str) -> PkiError | None:
        return next((error for error in self._problems(room) if error.path.stem == name), None)


def _is_open(directory: Path) -> bool:
    return directory.is_dir() and bool(directory.stat().st_mode & stat.S_IWOTH)


def _entries(directory: Path, room: str, reader: Callable[[Path], tuple[EntryT, tuple[PkiError, ...]]],
             problems: list[PkiError]) -> dict[str, EntryT]:
    entries = {}
    for path in _files(directory / room, ROOMS[room]):
        try:
            found, wrong = reader(path)
        except PkiError as error:
            problems.append(error)
            continue
        problems.extend(wrong)
        if found:
            entries[path.stem] = found
    return entries


def _files(directory: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.suffix == suffix and not path.name.startswith("."))
    except OSError as error:
        raise PkiError(directory, f"cannot be read: {error.strerror}; `srxnf pki init` makes it") from error


def _digest(directory: Path) -> str:
    facts = []
    for room in ROOMS:
        try:
            for path in sorted((directory / room).iterdir()):
                status = path.stat()
                facts.append((room, path.name, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        except OSError as error:  # taken away in the meantime: that is a change too
            facts.append((room, str(error), 0, 0, 0, 0))
    return sha256(repr(facts).encode()).hexdigest()


def _read_local(path: Path) -> Authority:
    certificate, *chain = (x509.load_der_x509_certificate(der) for der in read_certificates(path))
    authority = Authority(certificate, read_key(path.with_suffix(".key")), tuple(chain))
    if authority.certificate.public_key() != authority.key.public_key():
        raise PkiError(path, "certificate and key do not belong together")
    return authority


def save_authority(directory: Path, certificate_id: str, authority: Authority) -> Path:
    """Put a CA with its key into a PKI directory, new or not; returns the certificate's path, overwrites nothing."""
    certificate = directory / LOCAL / f"{certificate_id}.crt"
    public = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (authority.certificate, *authority.chain))
    make_rooms(directory)
    if certificate.exists():
        raise PkiError(certificate, "exists; choose another --certificate-id or take the file away")
    write_new(certificate.with_suffix(".key"), key_text(authority.key), PRIVATE)
    write_new(certificate, public)
    return certificate


def make_rooms(directory: Path) -> None:
    """Make the directory and its parts where they are not there."""
    for room in ROOMS:
        make_directory(directory / room)
