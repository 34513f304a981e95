import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.services import Ending
from tests.services.utm.sessions import C2S, CUSTOM, FEATURE, S2C, UTM, Box, Session, request, response
from tests.tls.hello_bytes import pieces

PROFILE = f"{UTM}utm-policy u content-filtering http-profile c\n{FEATURE}content-filtering profile c "
EXE, ZIP, CAB = b"MZ" + bytes(600), b"PK\x03\x04" + bytes(5000), b"MSCF" + bytes(600)
JAVA = bytes.fromhex("cafebabe00000034") + bytes(600)
RULE = f"{UTM}utm-policy u content-filtering rule-set r rule "


def exchange(lines: str, asked: bytes = request("/file", "a.test"), answered: bytes = response(b"plain text")) -> Session:
    return Box(lines).session().client(asked).server(answered)


@pytest.mark.parametrize(("lines", "asked", "answered", "reason"), [
    (f"block-extension e\n{CUSTOM}filename-extension e value [ exe BAT ]", request("/a/Setup.EXE?x=1.txt"), b"",
     "file extension"),
    (f"block-extension e\n{CUSTOM}filename-extension e value bat", request("/go"),
     response(b"x", content_disposition='attachment; filename="run.bat"'), "file extension"),
    (f"block-mime list m\n{CUSTOM}mime-pattern m value video/", request(), response(b"x", content_type="Video/MP4; a=b"),
     "mime type"),
    (f"block-command p\n{CUSTOM}protocol-command p value put", request("/", method="PUT", body=b"x"), b"", "protocol command"),
    ("block-content-type exe", request("/holiday.jpg"), response(EXE, content_type="image/jpeg"), "content type"),
    ("block-content-type zip", request(), response(ZIP), "content type"),
    ("block-content-type activex", request(), response(CAB), "content type"),
    ("block-content-type java-applet", request(), response(JAVA), "content type"),
    ("block-content-type java-applet", request("/applet.jar"), response(b"x"), "content type"),
    ("block-content-type http-cookie", request(cookie="a=b"), b"", "content type"),
    ("block-content-type http-cookie", request(), response(b"", set_cookie="a=b"), "content type")])
def test_what_a_profile_blocks(lines: str, asked: bytes, answered: bytes, reason: str) -> None:
    seen = exchange(PROFILE + lines, asked, answered).seen
    assert seen.block is not None
    assert (seen.passed[S2C], seen.page[:13]) == (b"", b"HTTP/1.1 403 ")
    (name, fields), = seen.log()
    assert (name, fields["reason"], fields["protocol"], fields["action"]) == (
        "CONTENT_FILTERING_BLOCKED_MT", f"blocked due to {reason} block list", "http", "drop")


@pytest.mark.parametrize(("lines", "asked", "answered"), [
    (f"block-extension e\n{CUSTOM}filename-extension e value exe", request("/exe/a.txt?b.exe"), response(b"ok")),
    ("\n".join(["block-mime list m", f"{PROFILE}block-mime exception q", f"{CUSTOM}mime-pattern m value video/",
                f"{CUSTOM}mime-pattern q value video/quicktime"]), request(), response(b"x", content_type="video/quicktime")),
    ("\n".join(["block-command p", f"{PROFILE}permit-command q", f"{CUSTOM}protocol-command p value [ put get ]",
                f"{CUSTOM}protocol-command q value GET"]), request(), response(b"x")),
    ("block-content-type exe", request(), response(ZIP)), ("block-content-type exe", request(), response(b"M"))])
def test_what_it_lets_pass(lines: str, asked: bytes, answered: bytes) -> None:
    seen = exchange(PROFILE + lines, asked, answered).seen
    assert (seen.block, seen.records, seen.passed[S2C]) == (None, [], answered)


def test_clients_are_told_as_the_operator_wants() -> None:
    lines = (f"{PROFILE}block-content-type exe\n{PROFILE}notification-options type message\n"
             f"{PROFILE}notification-options custom-message no-programs-here")
    assert b"no-programs-here" in exchange(lines, answered=response(EXE)).seen.page


def test_a_head_waits_until_the_type_is_known_but_not_for_ever() -> None:
    session = exchange(f"{PROFILE}block-content-type exe", answered=response(EXE)[:-602])
    assert session.seen.passed[S2C] == b""
    assert session.wait(31).seen.block is not None


def test_the_head_of_an_upload_goes_on_at_once_and_its_content_waits() -> None:
    asks = request("/up", method="POST", body=EXE, expect="100-continue")
    session = Box(f"{PROFILE}block-content-type zip").session().client(asks[:-len(EXE)])
    assert session.seen.passed[C2S] == asks[:-len(EXE)]
    session.client(EXE[:1])
    assert session.seen.passed[C2S] == asks[:-len(EXE)]
    assert session.client(EXE[1:]).seen.passed[C2S] == asks


@pytest.mark.parametrize(("action", "ending"), [
    ("block", Ending.RESET), ("close-client", Ending.CLOSE_CLIENT), ("close-server", Ending.CLOSE_SERVER),
    ("close-client-and-server", Ending.RESET)])
def test_rules_about_what_files_really_are(action: str, ending: Ending) -> None:
    lines = f"{RULE}1 match file-types exe direction download\n{RULE}1 then action {action} notification log\n"
    seen = exchange(lines, answered=response(EXE, content_type="text/plain")).seen
    assert seen.block is not None
    assert (seen.block.ending, bool(seen.page)) == (ending, action == "block")
    (_, fields), = seen.log()
    assert (fields["profile-name"], fields["action"], fields["source-address"]) == ("r/1", action, "203.0.113.5")
    upload = Box(lines).session().client(request("/", method="POST", body=EXE)).seen
    assert (upload.block, upload.passed[C2S][-len(EXE):]) == (None, EXE)


def test_the_first_rule_that_fits_decides() -> None:
    lines = (f"{RULE}1 match file-types exe applications http\n{RULE}1 then action no-action\n"
             f"{RULE}2 match direction any\n{RULE}2 then action block")
    assert exchange(lines, answered=response(EXE)).seen.block is None
    assert exchange(lines, answered=response(b"text")).seen.block is not None
    assert not exchange(lines, answered=response(b"text")).seen.records


@settings(max_examples=60)
@given(cuts=st.lists(st.integers(0, 9000), max_size=12), body=st.sampled_from([EXE, ZIP, JAVA, b"text", b"", b"M" * 3000]))
def test_no_cut_changes_the_verdict(cuts: list[int], body: bytes) -> None:
    def life(stream: list[bytes]) -> tuple[object, ...]:
        lines = f"{PROFILE}block-content-type exe\n{RULE}1 match file-types zip\n{RULE}1 then action block notification log"
        seen = Box(lines).session().client(request()).server(*stream).seen
        return seen.block, seen.records, None if seen.block else seen.passed[S2C]

    assert life(pieces(response(body), cuts)) == life([response(body)])


FTP = "".join(f"{UTM}utm-policy u content-filtering ftp {way}-profile c\n" for way in ("upload", "download")) + f"""
{FEATURE}content-filtering profile c block-command p
{FEATURE}content-filtering profile c block-extension e
{CUSTOM}protocol-command p value dele
{CUSTOM}filename-extension e value exe
"""


@pytest.mark.parametrize(("command", "reason"), [
    (b"DELE x\r\n", "protocol command"), (b"RETR a.EXE\r\n", "file extension"), (b"STOR b.txt\r\n", None)])
def test_ftp_is_told_by_its_commands(command: bytes, reason: str | None) -> None:
    session = Box(FTP).session().server(b"220 ftp.test FTP ready\r\n").client(b"USER a\r\n").server(b"331 x\r\n")
    seen = session.client(b"PASS b\r\n").server(b"230 in\r\n").client(command).seen
    assert seen.page == (b"550 Content blocked\r\n" if reason else b"")
    assert [fields["reason"] for _, fields in seen.log()] == [f"blocked due to {reason} block list"] * (reason is not None)
