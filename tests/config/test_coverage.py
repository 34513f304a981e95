import pytest

from nf.config import load

PAIR = "set security policies from-zone trust to-zone untrust policy p "
LAB = f"""set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set services ssl proxy profile f root-ca ca
set services ssl proxy profile f trusted-ca all
{PAIR}match source-address any destination-address any application junos-https
"""
TRACKED = "set security zones security-zone untrust application-tracking\n"
LIMITED = ("set security screen ids-option few limit-session source-ip-based 2\n"
           "set security zones security-zone trust screen few\n")
LOG = PAIR + "then log session-init\n"
PROXY = PAIR + "then permit application-services ssl-proxy profile-name f\n"
IDP = """set security idp idp-policy x rulebase-ips rule r match attacks predefined-attack-groups WEB
set security idp idp-policy x rulebase-ips rule r then action close-client
set security idp active-policy x
"""


@pytest.mark.parametrize(("lines", "said"), [
    (PAIR + "then permit\n", []),
    (PAIR + "then permit\n" + LOG, ["no session log"]),
    (PAIR + "then permit\n" + TRACKED, ["AppTrack does not see it"]),
    (PAIR + "then permit\n" + TRACKED + "set security application-tracking disable", []),
    (PAIR + "then permit\n" + LIMITED, ["screen few does not count its sessions"]),
    (PAIR + "then deny\n" + LIMITED, []), (PROXY + TRACKED + LIMITED, []),
    (PAIR + "then permit\n" + LIMITED.replace("zone trust", "zone untrust"), []),
    (PROXY + TRACKED + PAIR + "then permit services-offload\n", ["holds for what no service reads"]),
    (PAIR + "then deny\n" + LOG + TRACKED, []),
    (PROXY, ["no service is interested"]),
    (PROXY + LOG + TRACKED, []),
    (PROXY + LOG + PAIR + f"then permit application-services idp\n{IDP}", [])])
def test_remarks_say_what_will_not_be_seen(lines: str, said: list[str]) -> None:
    warnings = load(LAB + lines, "t").warnings
    assert [remark.line for remark in warnings] == [5] * len(said)
    assert all(remark.message.startswith(start) for remark, start in zip(warnings, said, strict=True))


def test_a_global_policy_touches_every_zone() -> None:
    lines = LAB.replace("from-zone trust to-zone untrust", "global") + TRACKED
    warnings = load(lines + "set security policies global policy p then permit", "t").warnings
    assert len(warnings) == 1
