"""Large configurations are read whole, without a false mistake, in either form."""

from nf.config import load, show
from tests.config.big import big_configuration


def test_a_large_configuration_is_accepted_and_its_forms_mean_the_same() -> None:
    text = big_configuration(1500)
    configuration = load(text, "big")
    assert len(configuration.policies.policies) > 200
    assert all(policy.log_close for policy in configuration.policies.policies), "what the group gives"
    assert configuration.default_ssl_profile == "inspect"
    assert configuration.url_categories["money"].patterns == ("*.bank.example", "https://pay.example")
    for form in ("set", "curly"):
        assert load(show(text, "big", form), "big") == configuration
        assert load(show(text, "big", form, expanded=True), "big") == configuration


def test_statements_without_effect_are_counted_by_kind() -> None:
    kinds = {remark.statement: remark.message for remark in load(big_configuration(600), "big").warnings}
    assert kinds["security nat"] == "no effect yet (24 statements)"
    assert kinds["protocols"] == "no effect yet"
    assert kinds["snmp"] == "no effect yet (3 statements)"
