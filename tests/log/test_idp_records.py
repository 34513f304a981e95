"""IDP_ATTACK_LOG_EVENT as the device writes it."""

from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from nf.log.event_form import event_form
from nf.log.idp_records import attack_record
from nf.log.records import ApplicationFacts, LogRecord
from nf.log.render import structured
from nf.policy.attacks import Attack, IdpAction, Severity
from tests.services.attachments import FACTS

AT = datetime(2024, 1, 1, tzinfo=UTC)
UNION = Attack("WEB:SQL:UNION-SELECT", (), message="UNION SELECT")


def record(system: str = "root-logical-system", attack: Attack = UNION) -> LogRecord:
    return attack_record(
        structs.replace(FACTS, logical_system=system), ApplicationFacts("HTTP"), attack, epoch=1_704_067_200, policy="P1",
        rule="1", rulebase="IPS", action=IdpAction.DROP, severity=Severity.MAJOR, alert=True, elapsed=2, carried=(300, 40))


def test_the_structured_form_has_the_published_order() -> None:
    assert structured(record(), AT, "srx1").split("[", 1)[1].startswith(
        'junos@2636.1.1.1.2.129 epoch-time="1704067200" message-type="SIG" source-address="192.0.2.10" source-port="35090" '
        'destination-address="203.0.113.5" destination-port="443" protocol-name="TCP" service-name="SERVICE_IDP" '
        'application-name="HTTP" rule-name="1" rulebase-name="IPS" policy-name="P1" export-id="23" repeat-count="0" '
        'action="DROP" threat-severity="HIGH" attack-name="WEB:SQL:UNION-SELECT" nat-source-address="192.0.2.10"')
    assert structured(record(), AT, "srx1").startswith("<165>1 2024-01-01T00:00:00.000Z srx1 RT_IDP - IDP_ATTACK_LOG_EVENT [")
    assert dict(record().fields)["message"] == "UNION SELECT"


def test_a_logical_system_has_its_own_message_and_anomalies_are_named() -> None:
    found = record("LS1", replace(UNION, anomaly=True, message=""))
    assert found.name == "IDP_ATTACK_LOG_EVENT_LS"
    assert found.fields[0] == ("logical-system-name", "LS1")
    assert (dict(found.fields)["message-type"], dict(found.fields)["message"]) == ("ANOM", "-")


def test_the_text_of_the_unstructured_form() -> None:
    line = event_form(record(), AT, "srx1")
    assert "IDP: at 1704067200, SIG Attack log <192.0.2.10/35090->203.0.113.5/443> for TCP protocol and service " in line
    assert "attack: repeat=0, action=DROP, threat-severity=HIGH, name=WEB:SQL:UNION-SELECT, NAT <" in line
    assert line.endswith("alert=yes, username=N/A, roles=N/A and misc-message UNION SELECT")
