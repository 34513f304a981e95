"""The next CA of a lab is there where a configuration names it, and nowhere else."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

import scenarios
from nf.pki import PkiStore, create_authority
from scenarios.next_ca import make_next_ca, next_ca_file

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("where", ["junos", "junos_commit"])
def test_it_is_made_where_it_is_named(where: str, tmp_path: Path) -> None:
    texts = {"junos": "", "junos_commit": "", where: "root-ca ssl-proxy-ca-2;"}
    scenario = msgspec.structs.replace(scenarios.load("ca_rollover"), **texts)
    present = create_authority("Present", "ecdsa", at=NOW)
    make_next_ca(scenario, present, tmp_path, NOW)
    made = PkiStore.load(tmp_path / "pki").authority("ssl-proxy-ca-2")
    assert made.presented(NOW)[0].issuer == present.certificate.subject
    assert x509.load_pem_x509_certificate(next_ca_file(tmp_path).read_bytes()) == made.certificate


def test_others_have_none(tmp_path: Path) -> None:
    make_next_ca(scenarios.load("forward_proxy"), create_authority("Present", "ecdsa", at=NOW), tmp_path, NOW)
    assert list(tmp_path.iterdir()) == []
