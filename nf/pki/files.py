"""The files of a PKI directory, one at a time: what is read from them, what is wrong with them, how they are written."""

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nf.pki import pem
from nf.pki.authority import PrivateKey
from nf.pki.certificate import UNREADABLE, read
from nf.pki.revocation import read_crl

_GROUP_AND_OTHERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE, PUBLIC = 0o600, 0o644  # modes of key files and of others


class PkiError(Exception):
    """A fault in the operator's files: which one, and what to do, in one line."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def read_certificates(path: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file as DER, each one well-formed; PkiError on the first that is not."""
    return _whole(good_certificates(path))


def read_crls(path: Path) -> tuple[bytes, ...]:
    """The CRLs of a PEM file as DER, each one well-formed; PkiError on the first that is not."""
    return _whole(good_crls(path))


def good_certificates(path: Path) -> tuple[tuple[bytes, ...], tuple[PkiError, ...]]:
    """The well-formed certificates of a PEM file, and what is wrong with the rest of it."""
    return _good(path, pem.CERTIFICATE, lambda der: read(der) is not None)


def good_crls(path: Path) -> tuple[tuple[bytes, ...], tuple[PkiError, ...]]:
    """The well-formed CRLs of a PEM file, and what is wrong with the rest of it."""
    return _good(path, pem.CRL, lambda der: read_crl(der) is not None)


def read_blocks(path: Path, label: str) -> tuple[bytes, ...]:
    """The DER blocks with this label of a PEM file, whatever they hold; PkiError if there is none."""
    return _whole(_good(path, label, lambda _: True))


def read_file(path: Path) -> bytes:
    """A file's content; PkiError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PkiError(path, f"cannot be read: {error.strerror}") from error


def read_key(path: Path, passphrase: str | None = None, *, private: bool = True) -> PrivateKey:
    """An RSA or ECDSA key in PEM, in a file that only its owner may open unless `private` is False."""
    try:
        with path.open("rb") as file:
            text, mode = file.read(), os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise PkiError(path, f"cannot be read: {error.strerror}; expected the private key in PEM") from error
    if private and mode & _GROUP_AND_OTHERS:
        raise PkiError(path, f"private key is open to others (mode {mode & 0o777:04o}); chmod 600 it")
    try:
        key = serialization.load_pem_private_key(text, None if passphrase is None else passphrase.encode())
    except UNREADABLE as error:
        with_or_without = "without passphrase" if passphrase is None else "with this passphrase"
        raise PkiError(path, f"no private key {with_or_without} in PEM") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise PkiError(path, "private key is neither RSA nor ECDSA")
    return key


def write_new(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Make a file that is whole from its first moment; PkiError where one is there already."""
    _put(path, content, mode, lambda draft: _place(draft, path))


def replace(path: Path, content: bytes) -> None:
    """Put a file in place of another, if any, at one moment."""
    _put(path, content, PUBLIC, lambda draft: draft.replace(path))


def key_text(key: PrivateKey) -> bytes:
    """A private key as it stands in its file."""
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _put(path: Path, content: bytes, mode: int, place: Callable[[Path], object]) -> None:
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600 from its first moment
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            place(draft)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except FileExistsError as error:
        raise PkiError(path, "exists; nothing is overwritten") from error
    except OSError as error:
        raise PkiError(path, f"cannot be written: {error.strerror}") from error


def _place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # folders shared with a host have no hard links: the name is taken first, empty for a moment
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        draft.replace(path)


def make_directory(directory: Path) -> None:
    """Make a directory, and those above it, where it is not there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PkiError(directory, f"cannot be made: {error.strerror}") from error


def _good(path: Path, label: str, is_good: Callable[[bytes], bool]) -> tuple[tuple[bytes, ...], tuple[PkiError, ...]]:
    found, wrong = pem.parts(read_file(path), label)
    problems = [PkiError(path, f"{words}; expected PEM text") for words in wrong]
    if not found and not problems:
        raise PkiError(path, f"holds no `-----BEGIN {label}-----` block; expected PEM text")
    good = []
    for number, der in enumerate(found, 1):
        if is_good(der):
            good.append(der)
        else:
            what = "CRL" if label == pem.CRL else "certificate"
            problems.append(PkiError(path, f"{what} {number} of {len(found)} is not well-formed X.509; replace it"))
    return tuple(good), tuple(problems)


def _whole(found: tuple[tuple[bytes, ...], tuple[PkiError, ...]]) -> tuple[bytes, ...]:
    good, problems = found
    if problems:
        raise problems[0]
    return good
