"""A configuration as a branch of a large company would have it: hundreds of policies, and everything around them."""

from random import Random

from tests.config.statements import dice

SERVICES = ("junos-https", "junos-http", "junos-ssh", "junos-smtp", "junos-dns-udp", "custom-1", "custom-2", "web-set")
SYSTEM = """set version 24.4R1
set system host-name branch
set system time-zone Europe/Berlin
set system root-authentication encrypted-password "$6$abc"
set system services ssh root-login deny
set system services netconf ssh
set system services web-management https system-generated-certificate
set system syslog host 10.0.0.9 any info
set system syslog file messages any notice
set system ntp server 10.0.0.8
set system name-server 10.0.0.7
set snmp community watch authorization read-only
set snmp community watch clients 10.0.0.0/8
set snmp trap-group watch targets 10.0.0.6
set routing-options static route 0.0.0.0/0 next-hop 10.250.0.254
set protocols ospf area 0.0.0.0 interface ge-0/0/1.0 metric 5
set policy-options prefix-list mine 10.0.0.0/8
set firewall family inet filter guard term 1 then accept
set class-of-service interfaces ge-0/0/0 unit 0 scheduler-map m
set security screen ids-option outside tcp syn-flood alarm-threshold 1024
set security flow tcp-session tcp-initial-timeout 30
set security log mode stream
set security log stream siem host 10.0.0.5
set security log stream siem category all
set security utm custom-objects url-pattern banks value [ "*.bank.example" "https://pay.example" ]
set security utm custom-objects custom-url-category money value banks
set security ngfw default-profile ssl-proxy profile-name inspect
set security pki ca-profile roots ca-identity roots
set security pki ca-profile roots revocation-check crl url http://crl.example/roots.crl
set services ssl proxy profile inspect root-ca box
set services ssl proxy profile inspect trusted-ca roots
set services ssl proxy profile inspect whitelist-url-categories money
set groups logs security policies from-zone <*> to-zone <*> policy <*> then log session-close
set security policies apply-groups logs"""
APPLICATIONS = """set applications application custom-1 protocol tcp destination-port 8443
set applications application custom-2 term t1 protocol udp destination-port 4000-4100
set applications application-set web-set application junos-http application junos-https"""


def big_configuration(lines: int, seed: int = 1) -> str:
    """About so many `set` lines, the same for the same seed."""
    made = [*SYSTEM.splitlines(), *APPLICATIONS.splitlines()]
    random, number = dice(seed), 0
    while len(made) < lines:
        number += 1
        made += [*_zone(number), *_addresses(number, random), *_policies(number, random), *_nat(number)]
    return "\n".join(made)


def _zone(number: int) -> list[str]:
    interface = f"ge-{number // 48}/0/{number % 48}"
    return [f"set interfaces {interface} description \"zone {number}\"", f"set interfaces {interface} mtu 1500",
            f"set interfaces {interface} unit 0 family inet address 10.{number % 250}.0.1/24",
            f"set security zones security-zone z{number} interfaces {interface}.0 host-inbound-traffic system-services ping",
            f"set security zones security-zone z{number} screen outside"]


def _addresses(number: int, random: Random) -> list[str]:
    book = "set security address-book global"
    return [f"{book} address h{number}-{host} 10.{number % 250}.{random.randrange(250)}.{host}/32" for host in range(12)] + [
        f"{book} address r{number} range-address 10.{number % 250}.9.1 to 10.{number % 250}.9.77",
        f"{book} address-set s{number} address h{number}-0 address h{number}-1 address r{number}"]


def _policies(number: int, random: Random) -> list[str]:
    lines = []
    pair = f"set security policies from-zone z{number} to-zone z{max(1, number - 1)}"
    for index in range(15):
        policy = f"{pair} policy p{number}-{index}"
        then = random.choice(["permit", "deny", "reject", "permit application-services ssl-proxy profile-name inspect",
                              "permit application-services idp"])
        lines += [f"{policy} match source-address [ h{number}-{index % 12} s{number} ]",
                  f"{policy} match destination-address {random.choice(['any', f'h{number}-3', f's{number}'])}",
                  f"{policy} match application {random.choice(SERVICES)}",
                  f"{policy} then {then}", f"{policy} then count"]
    return lines


def _nat(number: int) -> list[str]:
    rule = f"set security nat source rule-set out{number} rule r{number}"
    context = f"set security nat source rule-set out{number}"
    return [f"{context} from zone z{number}", f"{context} to zone z1",
            f"{rule} match source-address 10.{number % 250}.0.0/16", f"{rule} then source-nat interface"]
