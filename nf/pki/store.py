"""The PKI directory: the box's own certificates and keys, CA certificates by CA profile, and CRLs, all PEM.

`local/<certificate-id>.crt` and `.key`, `ca/<ca-profile>.crt`, `crl/<ca-profile>.crl`. A file that cannot be used stops
the load: trust that is half there would be found out only by the sessions that fail.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nf.pki import pem
from nf.pki.authority import Authority, PrivateKey
from nf.pki.certificate import UNREADABLE, read
from nf.pki.revocation import read_crl

ALL = ("all",)
LOCAL, CA, CRL = "local", "ca", "crl"
_GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class PkiError(Exception):
    """A fault in the operator's files: which one, and what to do, in one line."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class PkiStore:
    """What the PKI directory holds; certificates and CRLs as DER by CA profile, own certificates by certificate id."""

    directory: Path
    local: Mapping[str, Authority] = field(default_factory=dict)
    ca_profiles: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    crl_profiles: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path) -> "PkiStore":
        """Read the whole directory; PkiError on the first file that is missing, empty, open to others or garbage."""
        if not directory.is_dir():
            raise PkiError(directory, "no such directory; make one with `srxnf pki init`")
        return cls(directory,
                   {path.stem: _read_local(path) for path in _files(directory / LOCAL, ".crt")},
                   {path.stem: read_certificates(path) for path in _files(directory / CA, ".crt")},
                   {path.stem: read_crls(path) for path in _files(directory / CRL, ".crl")})

    def authority(self, certificate_id: str) -> Authority:
        """The certificate and key of this certificate id; PkiError if none. Whether it may sign, `check` says."""
        found = self.local.get(certificate_id)
        if found is None:
            raise PkiError(self.directory / LOCAL / f"{certificate_id}.crt",
                           "no such local certificate; put it there with its .key, or make one with `srxnf pki init`")
        return found

    def anchors(self, ca_profiles: Iterable[str] = ALL) -> tuple[bytes, ...]:
        """The CA certificates of these CA profiles, or of all; PkiError for a profile without a file, or none."""
        names = tuple(ca_profiles)
        if names == ALL:
            names = tuple(self.ca_profiles)
            if not names:
                raise PkiError(self.directory / CA, "no CA certificates; put a <ca-profile>.crt there for each CA profile")
        for name in names:
            if name not in self.ca_profiles:
                raise PkiError(self.directory / CA / f"{name}.crt",
                               "no such file; it must hold the CA profile's certificates in PEM")
        return tuple(dict.fromkeys(der for name in names for der in self.ca_profiles[name]))

    def crls(self, ca_profiles: Iterable[str] = ALL) -> tuple[bytes, ...]:
        """The CRLs of these CA profiles, or of all; a profile may have none."""
        names = self.crl_profiles if tuple(ca_profiles) == ALL else ca_profiles
        return tuple(der for name in names for der in self.crl_profiles.get(name, ()))

    def cert_ids(self) -> dict[bytes, str]:
        """CA profile names by the DER of their certificates, for the log's `cert-id`."""
        return {der: name for name, ders in self.ca_profiles.items() for der in ders}


def read_certificates(path: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file as DER, each one well-formed."""
    ders = read_blocks(path, pem.CERTIFICATE)
    for number, der in enumerate(ders, 1):
        if read(der) is None:
            raise PkiError(path, f"certificate {number} of {len(ders)} is not well-formed X.509; replace it")
    return ders


def read_crls(path: Path) -> tuple[bytes, ...]:
    """The CRLs of a PEM file as DER, each one well-formed."""
    ders = read_blocks(path, pem.CRL)
    for number, der in enumerate(ders, 1):
        if read_crl(der) is None:
            raise PkiError(path, f"CRL {number} of {len(ders)} is not well-formed X.509; take it out or replace it")
    return ders


def read_blocks(path: Path, label: str) -> tuple[bytes, ...]:
    """The DER blocks with this label of a PEM file, whatever they hold; PkiError if there is none."""
    try:
        found = tuple(pem.blocks(path.read_bytes(), label))
    except OSError as error:
        raise PkiError(path, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise PkiError(path, f"{error}; expected PEM text") from error
    if not found:
        raise PkiError(path, f"holds no `-----BEGIN {label}-----` block; expected PEM text")
    return found


def _files(directory: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in directory.iterdir() if path.suffix == suffix)
    except OSError as error:
        raise PkiError(directory, f"cannot be read: {error.strerror}; `srxnf pki init` makes it") from error


def _read_local(path: Path) -> Authority:
    certificate, *chain = (x509.load_der_x509_certificate(der) for der in read_certificates(path))
    authority = Authority(certificate, _read_key(path.with_suffix(".key")), tuple(chain))
    if authority.certificate.public_key() != authority.key.public_key():
        raise PkiError(path, "certificate and key do not belong together")
    return authority


def _read_key(path: Path) -> PrivateKey:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except OSError as error:
        raise PkiError(path, f"cannot be read: {error.strerror}; expected the private key in PEM") from error
    if mode & _GROUP_AND_OTHERS:
        raise PkiError(path, f"private key is open to others (mode {mode & 0o777:04o}); chmod 600 it")
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except UNREADABLE as error:
        raise PkiError(path, "no private key without passphrase in PEM") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise PkiError(path, "private key is neither RSA nor ECDSA")
    return key


def save_authority(directory: Path, certificate_id: str, authority: Authority) -> Path:
    """Put a CA with its key into a PKI directory, new or not; returns the certificate's path, overwrites nothing."""
    certificate = directory / LOCAL / f"{certificate_id}.crt"
    key = certificate.with_suffix(".key")
    private = authority.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption())
    public = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (authority.certificate, *authority.chain))
    try:
        for room in (LOCAL, CA, CRL):
            (directory / room).mkdir(parents=True, exist_ok=True)
        if certificate.exists():
            raise PkiError(certificate, "exists; choose another --certificate-id or take the file away")
        _create(key, private, 0o600)
        _create(certificate, public, 0o644)
    except OSError as error:
        raise PkiError(Path(error.filename or directory), f"cannot be written: {error.strerror}") from error
    return certificate


def _create(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
