"""Scenario files: those that are shipped are right, and what is wrong with one is said with file and key."""

import pytest

import scenarios
from nf import config
from scenarios.files import ScenarioError, parse
from scenarios.schema import Scenario

LEAST = '''
title = "t"
junos = ""
[[origin]]
name = "www.example.test"
[[visit]]
name = "v"
url = "https://www.example.test/hello"
'''

_OTHER_POLICIES = ("IDP_", "SECINTEL_", "AAMW_")  # messages that name policies of their own kind


@pytest.fixture(params=scenarios.available())
def shipped(request: pytest.FixtureRequest) -> Scenario:
    return scenarios.load(request.param)


def test_a_shipped_scenario_says_what_must_be_seen(shipped: Scenario) -> None:
    assert shipped.title
    assert shipped.story
    assert shipped.log
    assert shipped.flow
    assert all(visit.sees.exit or visit.sees.issuer or visit.sees.status or visit.sees.text for visit in shipped.visit)


def test_its_configuration_is_right(shipped: Scenario) -> None:
    configurations = [config.load(text, shipped.name) for text in (shipped.junos, *shipped.further.values())]
    policies = {policy.name for each in configurations for _, policy in each.systems.policies}
    named = {line.fields["policy-name"] for line in shipped.log
             if "policy-name" in line.fields and not line.name.startswith(_OTHER_POLICIES)}
    assert named <= policies


def test_the_least_scenario_has_defaults() -> None:
    scenario = parse(LEAST, "least", "least.toml")
    assert scenario.name == "least"
    assert scenario.origin[0].port == 443
    assert scenario.visit[0].target == ("www.example.test", 443)


@pytest.mark.parametrize(("old", "new", "said"), [
    ('title = "t"\n', "", "x.toml: Object missing required field `title`"),
    ('title = "t"', "titel = 1", "x.toml: Object contains unknown field `titel`"),
    ("[[visit]]", "[[visit]]\ntimes = \"two\"", "x.toml: Expected `int`, got `str` - at `visit[0].times`"),
    ('[[origin]]\n', '[[origin]]\ncertificate = "fine"\n', "x.toml: Invalid enum value 'fine' - at `origin[0].certificate`"),
    ("junos =", "junos ==", "x.toml: Invalid value (at line 3, column 8)"),
    ("www.example.test/hello", "example.test/hello", "x.toml: `visit[0].url`: no origin is example.test port 443"),
    ("https://", "gopher://", "x.toml: `visit[0].url`: expected http, https, quic, tls, smtp, imap, pop3 or ftp, got 'gopher://www"),
    ("https://", "quic://", "x.toml: `visit[0].url`: quic goes to an origin whose program is quic, got 'quic://www"),
    ("[[origin]]", '[[origin]]\nprogram = "quic"', "x.toml: `visit[0].url`: quic goes to an origin whose program is quic"),
    ("[[visit]]", '[[kept]]\nclient = "10.0.0.1"\nconnections = 1\n[[visit]]', "x.toml: `kept`: expected `capture = true`"),
    ("title", 'topology = "outline"\ntitle', "x.toml: `topology`: topology 'outline': there is none; available: cluster, "),
    ("title", "parameters = { routers = 1 }\ntitle",
     "x.toml: `topology`: topology 'inline': routers: expected clients or servers"),
    ("[[origin]]", '[[flow]]\nentry = "x"\nswitch = "s2"\n[[origin]]',
     "x.toml: `flow[0].switch`: no switch is called 's2'; there are: s1"),
    ("[[origin]]", '[[passed]]\nswitch = "s2"\nserver = "server1"\nconnections = 1\n[[origin]]',
     "x.toml: `passed[0].switch`: no switch is called 's2'; there are: s1"),
    ("[[origin]]", '[[origin]]\nhost = "server7"', "x.toml: `origin[0].host`: no server is called 'server7'"),
    ("[[visit]]", '[[visit]]\nbefore = ["await failover"]', "x.toml: `visit`: a failover takes a topology with two network"),
    ("[[visit]]", '[[shown]]\ncommand = "show version"\nsays = []\non = "srx9"\n[[visit]]',
     "x.toml: `shown[0].on`: no network function is called 'srx9'; there are: srx1"),
    ("[[visit]]", '[[visit]]\nclient = "server1"', "x.toml: `visit[0].client`: no client is called 'server1'"),
    ("[[visit]]", '[[visit]]\nname = "v"\nurl = "https://www.example.test/"\n[[visit]]',
     "x.toml: `visit[1].name`: 'v' is the name of an earlier visit"),
    ("[[visit]]", '[[origin]]\nname = "b.example.test"\nhttp2 = true\n[[visit]]',
     "x.toml: `origin[1]`: b.example.test shares port 443 with www.example.test"),
    ('url = "https', 'sessions = 2\nurl = "tls', "x.toml: `visit[0].url`: expected https, got 'tls://"),
    ('url = "https', 'requests = 2\nurl = "tls', "x.toml: `visit[0].url`: expected http or https, got 'tls://"),
    ("[[visit]]", '[[visit]]\nsessions = 2\nduring = ["wait"]', "x.toml: `visit[0].during`: of many sessions, expected only"),
    ("[[visit]]", '[[visit]]\nrenegotiate = true', "x.toml: `visit[0].renegotiate`: expected only where the url is tls"),
    ("[[visit]]", '[[visit]]\nserver-name = false', "x.toml: `visit[0].server-name`: a client does without only where"),
    ("[[visit]]", '[[visit]]\nresume = true', "x.toml: `visit[0].resume`: expected an https url and `requests` of 2 or more"),
    ("[[visit]]", '[[visit]]\ntls-min = "1.3"\ntls-max = "1.2"', "x.toml: `visit[0].tls-min`: expected 1.2 or older"),
    ("[[visit]]", '[[visit]]\nbefore = ["commit"]', "x.toml: `visit[0]`: commit without `junos-commit`"),
    ("[[visit]]", '[[visit]]\nbefore = ["rest"]', "x.toml: Invalid enum value 'rest' - at `visit[0].before[0]`"),
    ("title", 'platform-file = "x"\ntitle',
     "x.toml: `platform`: expected a name of its own for the platform of `platform-file`, got 'srx5400-2spc2'"),
    ("title", 'platform-file = "x"\nplatform = "../x"\ntitle', "x.toml: `platform`: expected a name of its own"),
    ("[[visit]]", "[[visit]]\nsessions = 0", "x.toml: Expected `int` >= 1 - at `visit[0].sessions`"),
    ("[[visit]]", "[sessions]\nband = 1.0\n[[visit]]", "x.toml: Expected `float` < 1.0 - at `sessions.band`"),
])
def test_what_is_wrong_is_said_with_file_and_key(old: str, new: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        parse(LEAST.replace(old, new, 1), "x", "x.toml")
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_a_misspelt_name_is_told_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="foward_proxy: no such scenario; did you mean forward_proxy"):
        scenarios.load("foward_proxy")


def test_a_file_of_ones_own_is_read_by_its_path(tmp_path) -> None:
    (tmp_path / "mine.toml").write_text(LEAST)
    assert scenarios.load(str(tmp_path / "mine.toml")).name == "mine"
    with pytest.raises(ScenarioError, match=r"gone\.toml: No such file"):
        scenarios.load(str(tmp_path / "gone.toml"))


def test_each_srx_that_paths_lead_through_has_a_configuration_and_nobody_else() -> None:
    with pytest.raises(ScenarioError, match=r"`further`: expected the configuration of 'srx2'"):
        parse(f'topology = "leaf_spine_srx"\n{LEAST}', "x", "x.toml")
    with pytest.raises(ScenarioError, match=r"`further\.srx3`: no SRX that only paths lead through is called so"):
        parse(f'further = {{ srx3 = "" }}\n{LEAST}', "x", "x.toml")
