"""`request|show|clear security pki` as they are typed, on a PKI directory without a device."""

import json
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from nf.cli.operate.device import Device
from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.parse import CommandError
from nf.cli.operate.pki_directory import _DEEDS
from nf.cli.operate.run import run
from nf.pki import PkiStore, create_authority
from nf.pki.files import key_text, read_key
from nf.pki.store import make_rooms
from tests.cli.operate.test_tree import ENDS
from tests.helpers.loopback_network import Network
from tests.pki.factory import DAY, NOW, authority, server
from tests.pki.test_revocation import crl
from tests.pki.test_store import pem

ROOT = authority("Root", ends=NOW + 3650 * DAY)
LEAF = server(ROOT)
GENERATE = ('request security pki local-certificate generate-self-signed certificate-id fp domain-name example.net '
            'subject "CN=SSL-PROXY-CA,O=Example,C=US" email admin@example.net')


class Box:
    """A PKI directory, an empty one at first, and files beside it."""

    def __init__(self, home: Path) -> None:
        self.home, self.pki = home, home / "pki"
        make_rooms(self.pki)

    def type(self, line: str) -> list[str]:
        return list(run(line, Device(self.home / "no-device", self.pki)).lines)

    def refuses(self, line: str) -> str:
        with pytest.raises(OperatorError) as caught:
            self.type(line)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def file(self, content: bytes, name: str = "file.pem") -> Path:
        (self.home / name).write_bytes(content)
        return self.home / name


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_root_ca_as_the_manual_makes_it(box: Box) -> None:
    assert box.type("request security pki generate-key-pair certificate-id fp size 2048 type rsa") == [
        "Generated key pair fp, key size 2048 bits"]
    assert stat.S_IMODE((box.pki / "local/fp.key").stat().st_mode) == 0o600
    done = box.type(f"{GENERATE} add-ca-constraint")
    assert done[:2] == ["Self-signed certificate generated and loaded successfully",
                        "Certificate: CN=SSL-PROXY-CA, O=Example, C=US"]
    found = PkiStore.load(box.pki).authority("fp")
    assert found.check(found.certificate.not_valid_before_utc + 2 * DAY) is None
    box.type(f"request security pki local-certificate export certificate-id fp type der filename {box.home}/ca.der")
    assert x509.load_der_x509_certificate((box.home / "ca.der").read_bytes()) == found.certificate
    assert "exists; nothing is overwritten" in box.refuses(
        "request security pki generate-key-pair certificate-id fp")
    assert "exists; nothing is overwritten" in box.refuses(GENERATE)


def test_without_the_constraint_it_is_no_ca(box: Box) -> None:
    box.type("request security pki generate-key-pair certificate-id fp type ecdsa")
    box.type(GENERATE)
    found = PkiStore.load(box.pki).authority("fp")
    assert "not a CA" in found.check(found.certificate.not_valid_after_utc)


def test_a_request_for_a_ca_elsewhere_and_what_comes_back(box: Box) -> None:
    box.type("request security pki generate-key-pair certificate-id www type ecdsa size 384")
    text = box.type('request security pki generate-certificate-request certificate-id www subject "CN=www"')
    assert text[0] == "-----BEGIN CERTIFICATE REQUEST-----"
    assert box.type("show security pki certificate-request") == [
        "Certificate identifier: www", "  Issued to: www", "  Public key algorithm: ecdsaEncryption(384 bits)"]
    assert len(box.type("show security pki certificate-request certificate-id www detail")) == 8
    answer = server(ROOT, key=read_key(box.pki / "local/www.key"))
    box.type(f"request security pki local-certificate load certificate-id www filename {box.file(pem(answer.der))}")
    assert PkiStore.load(box.pki).authority("www").certificate == answer.certificate
    assert box.type("clear security pki certificate-request certificate-id www") == ["Cleared: www"]


def test_load_with_a_key(box: Box) -> None:
    chain, key = box.file(pem(LEAF.der) + pem(ROOT.der)), box.file(key_text(LEAF.key), "my key.pem")
    line = f'request security pki local-certificate load certificate-id www filename {chain} key "{key}"'
    assert box.type(line)[0] == "Local certificate www loaded successfully"
    assert "clear security pki local-certificate certificate-id www" in box.refuses(line)


def test_ca_certificates_and_crls(box: Box) -> None:
    file = box.file(pem(ROOT.der))
    done = box.type(f"request security pki ca-certificate load ca-profile root1 filename {file}")
    assert done[0] == "Certificate: CN=Root"
    assert done[-1].endswith("set security pki ca-profile root1 ca-identity root1")
    assert box.type("request security pki ca-certificate verify ca-profile root1") == [
        "CA certificate root1 (CN=Root): verified successfully"]
    done = box.type(f"request security pki crl load ca-profile root1 filename {box.file(crl(ROOT, LEAF))}")
    assert done == ["CRL for CA profile root1 loaded successfully: CN=Root, 1 revoked, next update 06-02-2026 12:00 UTC"]
    assert box.type("show security pki crl") == [
        "CA profile: root1", "  CRL version: V00000002", "  CRL issuer: CN=Root", "  Effective date: 05-31-2026 12:00 UTC",
        "  Next update: 06-02-2026 12:00 UTC"]
    detail = box.type("show security pki crl ca-profile root1 detail")
    assert detail[-1].split() == [f"{LEAF.certificate.serial_number:x}", "05-31-2026", "12:00", "UTC"]
    assert box.type("clear security pki crl all") == ["Cleared: root1"]
    assert box.type("clear security pki crl all") == ["Nothing to clear"]


def test_verify_says_what_is_wrong(box: Box) -> None:
    old, revoked = authority("Old", ends=NOW - DAY), authority("Revoked", ROOT, ends=NOW + 3650 * DAY)
    for name, one in (("root", ROOT), ("old", old), ("revoked", revoked), ("plain", LEAF)):
        box.type(f"request security pki ca-certificate load ca-profile {name} filename {box.file(one.der)}")
    box.type(f"request security pki crl load ca-profile root filename {box.file(crl(ROOT, revoked, ends=NOW + 3650 * DAY))}")

    def problem(name: str) -> str:
        return box.type(f"request security pki ca-certificate verify ca-profile {name}")[0].partition("failed: ")[2]

    assert problem("root") == ""
    assert problem("old").startswith("not after")
    assert problem("plain") in ("issuer is not marked as a CA", "not after 2026-07-01 12:00:00Z")
    assert problem("revoked") == "revoked by its issuer's CRL"


def test_a_group_of_what_this_machine_trusts(box: Box) -> None:
    done = box.type("request security pki ca-certificate ca-profile-group load ca-group-name all filename default")
    loaded = int(done[-2].partition("Success[")[2].partition("]")[0])
    assert loaded > 50
    shown = json.loads("\n".join(box.type("show security pki ca-certificate | display json")))
    assert len(shown["certificates"]) == loaded
    assert shown["certificates"][0]["certificate-identifier"] == "all_1"
    assert box.type("show security pki ca-certificate ca-profile all detail | match Fingerprint | count") == [
        f"Count: {loaded} lines"]


def test_a_damaged_file_does_not_hide_the_others(box: Box) -> None:
    box.type(f"request security pki ca-certificate load ca-profile root1 filename {box.file(pem(ROOT.der))}")
    (box.pki / "ca/bad.crt").write_bytes(b"garbage")
    shown = box.type("show security pki ca-certificate")
    assert shown[0] == "Certificate identifier: root1"
    assert shown[-1] == f"warning: {box.pki}/ca/bad.crt: holds no `-----BEGIN CERTIFICATE-----` block; expected PEM text"


def test_clear_keeps_keys_in_use(box: Box) -> None:
    box.type("request security pki generate-key-pair certificate-id fp type ecdsa")
    box.type(GENERATE)
    assert "clear security pki local-certificate certificate-id fp" in box.refuses("clear security pki key-pair all")
    assert box.type("clear security pki local-certificate certificate-id fp") == ["Cleared: fp"]
    assert box.type("clear security pki key-pair certificate-id fp") == ["Cleared: fp"]
    assert list((box.pki / "local").iterdir()) == []


@pytest.mark.parametrize(("line", "expected"), [
    ("generate-key-pair", "missing argument: certificate-id"),
    ("generate-key-pair certificate-id x type rsa size 256", "size 256: expected 2048 or 4096 for rsa"),
    ("local-certificate load certificate-id x", "missing argument: filename"),
    ('local-certificate generate-self-signed certificate-id x domain-name a.test subject "O=Example"', "no common name"),
    ("crl load ca-profile x filename /nowhere", "/nowhere: cannot be read: No such file or directory"),
    ("ca-certificate verify ca-profile x", "ca/x.crt: cannot be read: No such file"),
    ("local-certificate export certificate-id x filename y", "local/x.crt: cannot be read")])
def test_mistakes_take_one_line(box: Box, line: str, expected: str) -> None:
    assert expected in box.refuses(f"request security pki {line}")


@pytest.mark.parametrize("word", ["../x", "..", "a/b", "a" * 65, '""'])
def test_names_stay_in_the_directory(box: Box, word: str) -> None:
    for line in (f"request security pki generate-key-pair certificate-id {word}", f"clear security pki crl ca-profile {word}"):
        with pytest.raises(CommandError, match="expected 1 to 64 letters"):
            box.type(line)


def test_no_key_is_ever_shown(box: Box) -> None:
    made = create_authority("CA", "ecdsa", at=NOW)
    secret = f"{made.key.private_numbers().private_value:x}"
    box.type(f"request security pki local-certificate load certificate-id x filename "
             f"{box.file(made.certificate.public_bytes(Encoding.DER))} "
             f"key {box.file(key_text(made.key), 'key')}")
    for line in ("show security pki local-certificate detail", "show security pki local-certificate | display json"):
        text = "\n".join(box.type(line))
        assert "PRIVATE" not in text
        assert secret not in text.replace(":", "")


def test_every_deed_is_a_command() -> None:
    assert {word.end.request["pki"] for word in ENDS.values() if "pki" in word.end.request} == set(_DEEDS)


def test_what_completes_names(box: Box) -> None:
    box.type("request security pki generate-key-pair certificate-id fp type ecdsa")
    box.type(f"request security pki ca-certificate load ca-profile root1 filename {box.file(pem(ROOT.der))}")
    device = Device(box.home / "no-device", box.pki)
    assert device.names() == {"certificate": ["fp"], "ca-profile": ["root1"]}
    assert device.host_name() == "pki"


def test_device_commands_still_need_a_device(box: Box) -> None:
    assert "no device answers" in box.refuses("show version")


def test_a_running_device_s_directory_is_the_one_that_is_meant(network: Network) -> None:
    device, directory = Device(network.proxy.control), network.pki.directory / "pki"
    assert device.answer({"show": "pki"}) == {"directory": str(directory)}
    assert list(run("show security pki local-certificate | match identifier", device).lines) == [
        "Certificate identifier: ssl-proxy-ca"]
    run("request security pki generate-key-pair certificate-id made-here type ecdsa", device)
    assert (directory / "local/made-here.key").exists()
    assert "made-here" in device.names()["certificate"]
    assert device.names()["policy"]
    run("clear security pki key-pair certificate-id made-here", device)
    assert not (directory / "local/made-here.key").exists()
