import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nf import services
from nf.cli.check import check
from nf.policy.systems import Systems
from nf.services import Attachment, ServiceError
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION

GOLDEN = Path(__file__).parents[1] / "golden" / "junos"
APP = typer.Typer()
APP.command()(check)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(APP, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_correct_configuration_is_summed_up() -> None:
    status, out, err = run(str(GOLDEN / "forward.set"))
    assert (status, err) == (0, "")
    assert "zone          trust: ge-0/0/0.0, application-tracking" in out
    assert "policy        trust -> untrust: inspect: junos-https permit, diverted: ssl-proxy ssl-fp-profile" in out
    assert "ssl profile   ssl-fp-profile: forward proxy, ssl-proxy-ca" in out
    assert f"{GOLDEN / 'forward.set'}:14: remark: policy web: AppTrack does not see it" in out


SYSTEMS = """set interfaces ge-0/0/2 unit 0
set logical-systems red security zones security-zone t interfaces ge-0/0/1.0
set logical-systems red services ssl proxy profile own root-ca a trusted-ca all
set logical-systems red security policies global policy p match source-address any destination-address any
set logical-systems red security policies global policy p match dynamic-application junos:SSL
set logical-systems red security policies global policy p then permit
set tenants blue security zones security-zone t interfaces ge-0/0/2.0
"""


def test_each_system_is_summed_up(tmp_path: Path) -> None:
    file = tmp_path / "srx.conf"
    file.write_text(SYSTEMS, encoding="utf-8")
    status, out, _ = run(str(file))
    assert status == 0
    lines = out.splitlines()
    begin = lines.index("logical-system red:")
    assert lines[begin + 1:begin + 6] == [
        "  zone          t: ge-0/0/1.0",
        "  policy        global any -> any: p: any dynamic-application junos:SSL permit, diverted: for its application",
        "  default       deny", "  ssl profile   own: forward proxy, a, grade A", "tenant        blue:"]
    found = json.loads(run(str(file), "--json")[1])
    assert found["logical_systems"]["red"]["policies"][0]["diverted"] is True
    assert found["tenants"]["blue"]["zones"]["t"]["interfaces"] == ["ge-0/0/2.0"]


@pytest.mark.parametrize("name", ["forward.set", "forward.conf", "reverse.set", "edge.conf"])
def test_json_is_one_object(name: str) -> None:
    status, out, _ = run(str(GOLDEN / name), "--json")
    found = json.loads(out)
    assert (status, found["ok"], len(found["digest"])) == (0, True, 64)
    assert {remark["line"] for remark in found["remarks"]} <= set(range(1, 100))


def test_every_mistake_is_a_line_and_the_status_is_1(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.set"
    wrong.write_text("set system host-nam a\nset securty\n", encoding="utf-8")
    status, out, err = run(str(wrong))
    assert (status, out) == (1, "")
    assert err.splitlines() == [
        f"{wrong}:1: 'host-nam': no such statement in 'system'; did you mean 'host-name'?",
        f"{wrong}:2: 'securty': no such statement at the top; did you mean 'security'?"]
    status, out, err = run(str(wrong), "--json")
    found = json.loads(out)
    assert (status, found["ok"], err) == (1, False, "")
    assert [(error["line"], error["word"], error["suggestions"]) for error in found["errors"]] == [
        (1, "host-nam", ["host-name"]), (2, "securty", ["security"])]


@pytest.mark.parametrize(("content", "said"), [
    (None, "No such file or directory"), (b"\xff\xfe", "not a text in UTF-8")])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)
    assert run(str(file)) == (1, "", f"{file}: cannot be read: {said}\n")


@pytest.mark.parametrize("form", ["set", "curly"])
def test_the_configuration_itself_may_be_printed(form: str, tmp_path: Path) -> None:
    status, out, err = run(str(GOLDEN / "edge.conf"), "--display", form)
    assert (status, err) == (0, "")
    again = tmp_path / "again"
    again.write_text(out, encoding="utf-8")
    assert run(str(again), "--display", form)[1] == out
    digests = [json.loads(run(str(file), "--json")[1])["digest"] for file in (again, GOLDEN / "edge.conf")]
    assert digests[0] == digests[1]


def test_groups_may_be_expanded_in_what_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "g.set"
    file.write_text("set groups g system host-name h\nset apply-groups g\n", encoding="utf-8")
    assert run(str(file), "--display", "set") == (0, file.read_text(encoding="utf-8"), "")
    assert run(str(file), "--display", "set", "--expand") == (0, "set system host-name h\n", "")
    found = json.loads(run(str(file), "--display", "curly", "--expand", "--json")[1])
    assert (found["host_name"], found["configuration"]) == ("h", "system {\n    host-name h;\n}\n")
    status, _, err = run(str(file), "--expand")
    assert status == 2
    assert "--display" in err


def test_an_older_release_knows_less(tmp_path: Path) -> None:
    file = tmp_path / "srx.conf"
    file.write_text("set services ssl proxy profile p root-ca a\nset services ssl proxy profile p protocol-version tls12\n")
    assert run(str(file), "--junos-release", "21.2R1")[0] == 0
    status, _, err = run(str(file), "--junos-release", "15.1X49-D80")
    assert status == 1
    assert err == f"{file}:2: 'protocol-version': statement is there from release 21.2 on, the release here is 15.1\n"


def test_a_release_that_there_never_was_is_an_error() -> None:
    assert run(str(GOLDEN / "forward.set"), "--junos-release", "9")[0] == 1


def test_certificates_that_would_keep_a_profile_from_starting(tmp_path: Path) -> None:
    pki = LoopbackPki(tmp_path)
    file = tmp_path / "srx.conf"
    file.write_text(CONFIGURATION, encoding="utf-8")
    status, out, err = run(str(file), "--pki", str(tmp_path / "pki"))
    assert (status, err) == (0, "")
    (tmp_path / "pki/ca/unused.crt").write_bytes(b"garbage")
    status, out, err = run(str(file), "--pki", str(tmp_path / "pki"))
    assert (status, err) == (0, "")
    assert "remark: " in out.splitlines()[-1]
    assert "unused.crt: holds no" in out.splitlines()[-1]
    pki.proxy_root.with_suffix(".key").chmod(0o644)
    status, out, err = run(str(file), "--pki", str(tmp_path / "pki"))
    assert status == 1
    assert "ssl-proxy-ca.key: private key is open to others" in err
    found = json.loads(run(str(file), "--pki", str(tmp_path / "pki"), "--json")[1])
    assert (found["ok"], len(found["pki"]["errors"]), len(found["pki"]["remarks"])) == (False, 1, 1)
    status, _, err = run(str(file), "--pki", str(tmp_path / "nowhere"))
    assert (status, err.count("no such directory")) == (1, 1)


@pytest.mark.parametrize(("broken", "said"), [
    ("protocol-version ssl3", "profile fp: protocol-version ssl3: SSL 3.0 is broken"),
    ("preferred-ciphers custom", "profile fp: preferred-ciphers custom: there are no custom-ciphers")])
def test_a_profile_that_no_certificate_lets_start(tmp_path: Path, broken: str, said: str) -> None:
    file = tmp_path / "srx.conf"
    file.write_text(f"{CONFIGURATION}\nset services ssl proxy profile fp {broken}\n", encoding="utf-8")
    status, out, err = run(str(file))
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith(said)
    assert "ssl profile   fp: forward proxy, ssl-proxy-ca, cannot start" in out
    found = json.loads(run(str(file), "--json")[1])
    assert (found["ok"], len(found["profiles"]["errors"])) == (False, 1)
    assert run(str(file), "--display", "set")[0] == 1


def test_how_good_a_profile_is(tmp_path: Path) -> None:
    file, profile = tmp_path / "srx.conf", "set services ssl proxy profile p root-ca a protocol-version "
    for word, said in (("all", "forward proxy, a, grade C"), ("tls13", "forward proxy, a, grade A"),
                       ("ssl3", "forward proxy, a, cannot start")):
        file.write_text(profile + word)
        assert f"ssl profile   p: {said}\n" in run(str(file))[1]


class Picky:
    """A service that leaves something out of a file, or cannot start."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem

    def prepare(self, _: Systems) -> "Picky":
        if self.problem:
            raise ServiceError(self.problem)
        return self

    def notes(self, _: Systems) -> list[str]:
        return ["local.rules:3: sid 7: byte_math is not known"]

    def attach(self, _: Attachment) -> None:
        return None


def test_services_say_what_they_leave_out_and_why_they_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "available", lambda: ("picky",))
    monkeypatch.setattr(services, "load", lambda _: Picky())
    status, out, err = run(str(GOLDEN / "forward.set"))
    assert (status, err, out.splitlines()[-1]) == (0, "", "remark: local.rules:3: sid 7: byte_math is not known")
    monkeypatch.setattr(services, "load", lambda _: Picky("local.rules: no such file"))
    assert run(str(GOLDEN / "forward.set"))[::2] == (1, "local.rules: no such file\n")
    found = json.loads(run(str(GOLDEN / "forward.set"), "--json")[1])
    assert (found["ok"], found["services"]["errors"]) == (False, ["local.rules: no such file"])
