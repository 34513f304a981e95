
from msgspec import structs

from nf.log.icap_records import Redirected, icap_redirect
from tests.services.attachments import FACTS

WHAT = Redirected("BLOCKED", "found", "RESPMOD", "P", "S", "a.test/x", 200, 403)


def test_fields_and_severity() -> None:
    record = icap_redirect(FACTS, WHAT)
    fields = dict(record.fields)
    assert (record.app, record.name, record.priority) == ("RT_ICAP", "ICAP_REDIRECT_LOG", 12)
    assert (fields["action"], fields["icap-status"], fields["http-status"]) == ("BLOCKED", "200", "403")
    assert (fields["source-address"], fields["policy-name"], fields["session-id-32"]) == ("192.0.2.10", "web-out", "23")
    assert icap_redirect(FACTS, WHAT._replace(action="MODIFIED")).priority == 14


def test_a_logical_system_comes_first() -> None:
    record = icap_redirect(structs.replace(FACTS, logical_system="L"), WHAT)
    assert (record.name, record.fields[0]) == ("ICAP_REDIRECT_LOG_LS", ("logical-system-name", "L"))
