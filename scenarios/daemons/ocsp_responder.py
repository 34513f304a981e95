"""`openssl ocsp` as the responder of the lab's root at port 8888 of the loopback; its text shows each question asked."""

from collections.abc import Collection, Mapping
from pathlib import Path

from cryptography import x509

from scenarios.origins import CLIENT_CA

PACKAGE = "openssl"
READY = "waiting for OCSP client connections"
_TIME = "%y%m%d%H%M%SZ"


def command(home: Path, options: Mapping[str, str]) -> list[str]:
    """It knows every origin's certificate as good, but for those that `revoked` and `unknown` name."""
    root = next(home.parent.glob(f"*/{CLIENT_CA}"))
    revoked, unknown = (options.get(word, "").split() for word in ("revoked", "unknown"))
    issued = {file.stem.rpartition("-")[0]: file for file in home.parent.glob("server*/*.crt") if file.name != CLIENT_CA}
    (home / "index.txt").write_text("".join(
        index_line(x509.load_pem_x509_certificate(file.read_bytes()), name, revoked)
        for name, file in issued.items() if name not in unknown), encoding="ascii")
    return ["openssl", "ocsp", "-port", "8888", "-index", str(home / "index.txt"), "-CA", str(root), "-rsigner", str(root),
            "-rkey", str(root.with_suffix(".key")), "-nmin", "60", "-text"]


def index_line(certificate: x509.Certificate, name: str, revoked: Collection[str]) -> str:
    """A certificate in the words of OpenSSL's `ca`: state, end, revocation, serial number, file, subject."""
    since = f"{certificate.not_valid_before_utc:{_TIME}},keyCompromise" if name in revoked else ""
    digits = f"{certificate.serial_number:X}"
    return (f"{'R' if since else 'V'}\t{certificate.not_valid_after_utc:{_TIME}}\t{since}\t"
            f"{'0' * (len(digits) % 2)}{digits}\tunknown\t/CN={name}\n")
