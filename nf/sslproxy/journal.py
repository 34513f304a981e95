"""What a session's machine writes down: its messages where the profile wants them, the reasons, the end."""

from nf.log.records import SslProxyMessage, ssl_proxy
from nf.policy.url_categories import UrlCategory
from nf.sslproxy import commands as do
from nf.sslproxy.commands import Command
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import MESSAGES, PROXY_FAULTS, Reason

_PASSED = {
    Reason.WHITELISTED: "System: session whitelisted",
    Reason.LEARNED: "system: session passed on, its client has refused the proxy's certificate for this server",
    Reason.CLIENT_CERTIFICATE: "system: session passed on, its server requires a client certificate"}


def write(plan: Plan, name: SslProxyMessage, message: str) -> list[Command]:
    """A message, where the profile wants its class logged."""
    profile = plan.profile
    if profile is None or not ("all" in profile.log or name.log_class in profile.log):
        return []
    return [do.Log(ssl_proxy(name, plan.facts, profile.name, message))]


def dropped(plan: Plan, reason: Reason, message: str | None = None, alert: int | None = None) -> list[Command]:
    """The end of a session, with an error beside it where the proxy itself has failed."""
    text = message or MESSAGES[reason]
    fault = write(plan, SslProxyMessage.ERROR, text) if reason in PROXY_FAULTS else []
    return [*fault, *write(plan, SslProxyMessage.DROP, text), do.Drop(reason, alert)]


def passed_on(plan: Plan, reason: Reason, message: str | None = None) -> list[Command]:
    """A session that is not to be decrypted, and why."""
    text = message or _PASSED.get(reason)
    return [do.Note(reason), *(write(plan, SslProxyMessage.WHITELIST, text) if text else [])]


def exempted(server_name: str | None, category: UrlCategory) -> str:
    """The words for a server whose category is exempt."""
    return f"session whitelisted url category match SNI {server_name} URL_CATEGORY {category.name}"
