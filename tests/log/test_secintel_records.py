"""SECINTEL_ACTION_LOG as the device writes it."""

from datetime import UTC, datetime

from msgspec import structs

from nf.log.records import ApplicationFacts, LogRecord
from nf.log.render import structured
from nf.log.secintel_records import action_record
from tests.services.attachments import FACTS

AT = datetime(2024, 1, 1, tzinfo=UTC)


def record(system: str = "root-logical-system", detail: str = "DROP") -> LogRecord:
    return action_record(structs.replace(FACTS, logical_system=system), ApplicationFacts("HTTP"), category="CC", detail=detail,
                         host="evil.test", level=9, feed="cc", policy="si", profile="p")


def test_the_fields_stand_in_the_published_order() -> None:
    assert structured(record(), AT, "srx1") == (
        '<14>1 2024-01-01T00:00:00.000Z srx1 RT_SECINTEL - SECINTEL_ACTION_LOG [junos@2636.1.1.1.2.129 category="secintel" '
        'sub-category="CC" action="BLOCK" action-detail="DROP" http-host="evil.test" threat-severity="9" '
        'source-address="192.0.2.10" source-port="35090" destination-address="203.0.113.5" destination-port="443" '
        'protocol-id="6" application="HTTP" nested-application="UNKNOWN" feed-name="cc" policy-name="si" profile-name="p" '
        'username="N/A" roles="N/A" session-id-32="23" source-zone-name="trust" destination-zone-name="untrust"]')


def test_what_passes_and_what_is_of_a_logical_system() -> None:
    fields = dict(record(detail="").fields)
    assert (fields["action"], fields["action-detail"]) == ("PERMIT", "N/A")
    inner = record("red")
    assert (inner.name, inner.fields[0]) == ("SECINTEL_ACTION_LOG_LS", ("logical-system-name", "red"))
