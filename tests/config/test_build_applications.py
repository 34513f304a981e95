import pytest

from nf.config import ConfigError
from nf.config.build_applications import Applications, applications, predefined_applications
from nf.config.errors import Findings
from nf.config.junos import read
from nf.config.tree import Statement
from nf.policy.match import Application, ApplicationTerm, PortRange


def known(lines: str) -> Applications:
    findings = Findings("t")
    found = applications(read(lines, findings), findings)
    findings.raise_errors()
    return found


def test_predefined_applications() -> None:
    found = predefined_applications()
    assert found["junos-https"].terms == (ApplicationTerm(6, PortRange(), PortRange(443, 443)),)
    assert found["junos-gre"].terms == (ApplicationTerm(47),)
    assert found["junos-icmp-ping"].terms[0].icmp_type == 8
    assert found["junos-icmp6-all"].terms[0].protocol == 58


def test_custom_applications() -> None:
    found = known("""set applications application a protocol udp source-port 1000-2000 destination-port 53
set applications application a inactivity-timeout 30
set applications application b term t1 protocol tcp destination-port ftp-data
set applications application b term t2 protocol icmp icmp-type unreachable icmp-code 3
set applications application b term t3 protocol icmp6 icmp6-type 128 inactivity-timeout never
set applications application junos-https protocol tcp destination-port 4443""").known
    assert found["a"] == Application("a", (ApplicationTerm(17, PortRange(1000, 2000), PortRange(53, 53)),), 30)
    assert found["b"].terms == (ApplicationTerm(6, PortRange(), PortRange(20, 20)),
                                ApplicationTerm(1, icmp_type=3, icmp_code=3), ApplicationTerm(58, icmp_type=128))
    assert found["b"].inactivity_timeout == 0
    assert found["junos-https"].terms[0].destination_ports == PortRange(4443, 4443)


def test_sets_are_unfolded_in_order_and_once() -> None:
    found = known("""set applications application-set inner application junos-ssh application junos-https
set applications application-set outer application-set inner application junos-http application junos-ssh
set applications application-set outer application-set outer2
set applications application-set outer2 application-set inner""")
    match = found.resolve(Statement(None, values={"junos-https": 1, "outer": 1}))
    assert match.names == ("junos-https", "outer")
    assert [application.name for application in match.applications] == ["junos-https", "junos-http", "junos-ssh"]


@pytest.mark.parametrize(("lines", "word", "said"), [
    ("set applications application a description x", "a", "this application has neither a protocol nor a term"),
    ("set applications application a term t destination-port 1", "t", "this term has no protocol"),
    ("set applications application a protocol tpc", "tpc", "protocol takes a number or a name, 255 at most"),
    ("set applications application a protocol tcp destination-port 70000", "70000", "destination-port takes"),
    ("set applications application a protocol tcp destination-port 20-10", "20-10", "a range of ports is written"),
    ("set applications application a protocol tcp destination-port 20-", "", "destination-port takes"),
    ("set applications application-set s application junos-htpps", "junos-htpps", "no such application"),
    ("set applications application-set s application-set s", "s", "this application-set contains s itself"),
    ("set applications application-set a application-set c\nset applications application-set c application-set a", "c",
 "this application-set contains a itself")])
def test_mistakes(lines: str, word: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        known(lines)
    assert (caught.value.line, caught.value.word) == (1, word)
    assert caught.value.message.startswith(said)


def test_unknown_application_of_a_policy() -> None:
    found = known("")
    found.resolve(Statement(None, values={"junos-htps": 4}))
    said = str(found.findings.errors[0])
    assert said.startswith("t:4: 'junos-htps': no such application; did you mean 'junos-https'")
