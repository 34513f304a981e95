import pytest

from nf.config import ConfigError, Configuration, load
from nf.policy.utm import AntiVirus, ContentRule, Endpoint, Notice, Reputation, UtmPolicy

UTM = "set security utm "
FEATURE, DEFAULT, CUSTOM = (f"{UTM}{word} " for word in ("feature-profile", "default-configuration", "custom-objects"))
LAB = f"""set security zones security-zone t interfaces ge-0/0/0.0
set security policies from-zone t to-zone t policy p match source-address any destination-address any application any
set security policies from-zone t to-zone t policy p then permit application-services utm-policy u
{CUSTOM}url-pattern bad value [ "*.bad.test" "http://x.test/bad" ]
{CUSTOM}custom-url-category Bad value bad
{CUSTOM}mime-pattern video value Video/
{CUSTOM}mime-pattern qt value video/quicktime
{CUSTOM}filename-extension exes value [ exe .BAT ]
{CUSTOM}protocol-command puts value [ put DELETE ]
{CUSTOM}custom-message go type redirect-url content http://intra.test/
{CUSTOM}custom-message say type user-message content "not here"
{CUSTOM}custom-message html type custom-page content <h1>no</h1>
{UTM}utm-policy u traffic-options sessions-per-client limit 7
"""
WEB = f"{FEATURE}web-filtering juniper-local profile w default block\n{UTM}utm-policy u web-filtering http-profile w\n"
CLOUD = f"{FEATURE}web-filtering juniper-enhanced profile w default block\n{UTM}utm-policy u web-filtering http-profile w\n"
VIRUS = f"{FEATURE}anti-virus profile v fallback-options default permit\n{UTM}utm-policy u anti-virus http-profile v\n"
CONTENT = f"{FEATURE}content-filtering profile c\n{UTM}utm-policy u content-filtering http-profile c\n"
SPAM = f"{FEATURE}anti-spam sbl profile s spam-action block\n{UTM}utm-policy u anti-spam smtp-profile s\n"


def lab(lines: str) -> Configuration:
    return load(LAB + lines, "t")


def policy(lines: str) -> UtmPolicy:
    found: UtmPolicy = lab(lines).services["utm"]["u"]
    return found


def remarks(lines: str) -> dict[str, str]:
    return {remark.statement: remark.message for remark in lab(lines).warnings}


@pytest.mark.parametrize(("message", "notice"), [
    ("go", Notice(location="http://intra.test/")), ("say", Notice(text="not here")), ("html", Notice(page="<h1>no</h1>"))])
def test_web_filtering_profiles_with_their_messages(message: str, notice: Notice) -> None:
    web = policy(f"{WEB}{FEATURE}web-filtering juniper-local profile w category Bad action block\n"
                 f"{FEATURE}web-filtering juniper-local profile w category Bad custom-message {message}\n"
                 f"{DEFAULT}web-filtering url-whitelist Bad").web
    assert web is not None
    assert (web.engine, web.default, web.reputation) == ("juniper-local", "block", None)
    category, = web.categories
    assert (category.action, category.notice, category.patterns) == ("block", notice, web.whitelist)


def test_a_message_of_older_releases() -> None:
    web = policy(f'{WEB}{FEATURE}web-filtering juniper-local profile w custom-block-message "go away"').web
    assert web is not None
    assert web.notice == Notice(text="go away")


def test_engines_of_the_cloud_have_reputations_and_say_that_it_is_not_asked() -> None:
    lines = (f"{CLOUD}{FEATURE}web-filtering juniper-enhanced profile w site-reputation-action harmful block\n"
             f"{DEFAULT}web-filtering juniper-enhanced reputation reputation-very-safe 95\n"
             f"{FEATURE}web-filtering juniper-enhanced profile w category Enhanced_Gambling action block\n"
             f"{DEFAULT}web-filtering apply-macro srxnf url-table /etc/sites.csv")
    web = policy(lines).web
    assert web is not None
    assert (web.reputation, web.table) == (Reputation((95, 80, 70, 60), {"harmful": "block"}), "/etc/sites.csv")
    assert "cloud is not asked" in remarks(lines)["web-filtering juniper-enhanced"]


def test_antivirus_takes_what_it_does_not_say_from_engine_and_feature() -> None:
    lines = (f"{FEATURE}anti-virus sophos-engine profile v scan-options content-size-limit 20\n"
             f"{UTM}utm-policy u anti-virus smtp-profile v\n{DEFAULT}anti-virus forwarding-mode hold\n"
             f"{DEFAULT}anti-virus sophos-engine fallback-options timeout permit\n"
             f"{DEFAULT}anti-virus scan-options timeout 30\n"
             f"{DEFAULT}anti-virus apply-macro srxnf clamd \"tcp:[2001:db8::1]:3310\"\n"
             f"{DEFAULT}anti-virus notification-options virus-detection type message\n"
             f"{DEFAULT}anti-virus notification-options virus-detection custom-message ill\n"
             f"{DEFAULT}anti-virus notification-options fallback-block type protocol-only\n")
    assert policy(lines).antivirus == {"smtp": AntiVirus(
        "v", Endpoint("tcp", "2001:db8::1", 3310), {"timeout": "permit"}, 20, 30, forwarding="hold",
        virus_notice=Notice(text="ill"))}


def test_content_filtering_profiles() -> None:
    content = policy(CONTENT + "".join(f"{FEATURE}content-filtering profile c {words}\n" for words in (
        "block-extension exes", "block-command puts", "block-mime list video", "block-mime exception qt",
        "block-content-type zip"))).content["http"]
    assert (set(content.extensions), set(content.blocked), set(content.kinds)) == ({"exe", "bat"}, {"PUT", "DELETE"}, {"zip"})
    assert (content.mimes.covers("video/mp4"), content.mimes.covers("video/quicktime")) == (True, False)
    assert content.notice is None


def test_content_rules_are_in_order_and_know_their_words() -> None:
    rules = f"{UTM}utm-policy u content-filtering rule-set r rule "
    assert policy(f"{rules}2 match file-types [ pdf EXE ] applications [ http junos-smtp ] direction upload\n"
                  f"{rules}2 then action close-server notification log\n{rules}1 then action block").rules == (
        ContentRule("r/2", frozenset({"HTTP", "SMTP"}), "upload", frozenset({"pdf", "exe"}), "close-server", log=True),
        ContentRule("r/1", action="block"))


def test_anti_spam_asks_whom_it_is_told_to() -> None:
    lines = SPAM + "".join(f"{DEFAULT}anti-spam sbl apply-macro srxnf {words}\n" for words in (
        "sbl-zone sbl.test", "resolver 192.0.2.53:5353")) + f"{DEFAULT}anti-spam address-blacklist bad"
    spam = policy(lines).spam
    assert spam is not None
    assert (spam.zone, spam.resolver, spam.action) == ("sbl.test", Endpoint("udp", "192.0.2.53", 5353), "block")
    assert spam.blacklist == ("*.bad.test", "http://x.test/bad")
    assert "Juniper's SBL server is not asked" in remarks(SPAM)["anti-spam sbl profile s"]


@pytest.mark.parametrize(("text", "endpoint"), [
    ("192.0.2.1", Endpoint("udp", "192.0.2.1", 53)), ("[2001:db8::1]", Endpoint("udp", "2001:db8::1", 53)),
    ("[::1]:54", Endpoint("udp", "::1", 54))])
def test_resolvers(text: str, endpoint: Endpoint) -> None:
    spam = policy(f"{SPAM}{DEFAULT}anti-spam sbl apply-macro srxnf resolver \"{text}\"").spam
    assert spam is not None
    assert spam.resolver == endpoint


@pytest.mark.parametrize(("lines", "statement"), [
    (f"{VIRUS}{DEFAULT}anti-virus type anti-virus-none", "anti-virus type anti-virus-none"),
    (f"{WEB}{DEFAULT}web-filtering type web-filtering-none", "web-filtering type web-filtering-none"),
    (f"{FEATURE}web-filtering websense-redirect profile w\n{UTM}utm-policy u web-filtering http-profile w",
     "web-filtering websense-redirect profile w"),
    (f"{CLOUD}{FEATURE}web-filtering juniper-enhanced profile w category Enhanced_Nonsense action block",
     "category Enhanced_Nonsense"),
    (f"{UTM}utm-policy other", "utm-policy other"), (f"{VIRUS}{DEFAULT}anti-virus trickling timeout 5", "trickling"),
    (f"{VIRUS}{UTM}utm-policy u anti-virus ftp upload-profile v", "utm-policy u anti-virus ftp"),
    (f"{VIRUS}{DEFAULT}anti-virus sophos-engine sxl-timeout 3", f"{DEFAULT}anti-virus sophos-engine sxl-timeout"[4:])])
def test_what_has_no_effect_is_said(lines: str, statement: str) -> None:
    assert statement in remarks(lines)


def test_what_acts_is_not_remarked() -> None:
    assert set(remarks(WEB + VIRUS + CONTENT + f"{DEFAULT}web-filtering type juniper-local")) == set()


@pytest.mark.parametrize(("lines", "said"), [
    ("set security policies from-zone t to-zone t policy p then permit application-services utm-policy v",
     "t:14: 'v': no such utm-policy"),
    (f"{VIRUS}{UTM}utm-policy u anti-virus http-profile w", "'w': no such profile for anti-virus http-profile"),
    (f"{WEB}{FEATURE}web-filtering juniper-local profile w category Enhanced_Gambling action block",
     "'Enhanced_Gambling': no such URL category"),
    (f"{CONTENT}{FEATURE}content-filtering profile c block-extension exe",
     "'exe': no such filename-extension; did you mean 'exes'"),
    (f"{UTM}utm-policy u content-filtering rule-set r rule 1 match file-types pfd", "'pfd': no such value of file-types"),
    (f"{VIRUS}{DEFAULT}anti-virus scan-options content-size-limit big", "'big': a number of kilobytes is expected"),
    (f"{WEB}{FEATURE}web-filtering juniper-local profile w custom-message sy",
     "'sy': no such custom-message; did you mean 'say'"),
    (f"{WEB}{DEFAULT}web-filtering url-blacklist bad", "'bad': no such custom-url-category; did you mean 'Bad'")])
def test_mistakes(lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(lines)
    assert said in str(caught.value)


def test_a_logical_system_names_the_policies_of_the_box_and_has_its_own() -> None:
    own = f"{UTM}utm-policy own traffic-options sessions-per-client\n"
    named = "set security policies global policy g then permit application-services utm-policy "
    match = "set security policies global policy g match source-address any destination-address any application any\n"
    lines = "".join(line.replace("set ", "set logical-systems ls ", 1) + "\n"
                    for line in (own + match + named + "u\n" + named.replace(" g ", " h ") + "own\n"
                                 + match.replace(" g ", " h ")).splitlines())
    found = lab(lines).logical_systems["ls"].services["utm"]
    assert sorted(found) == ["own", "u"]
    assert found["own"].limit == 2000
