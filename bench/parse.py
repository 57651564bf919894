"""What reading costs: a checks.yaml of COUNT checks read whole, beside PyYAML's CSafeLoader alone.

.venv/bin/python bench/parse.py [COUNT] [ROUNDS]
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import yaml
from yaml._yaml import get_version_string

from alerting.receivers import RECEIVERS
from checks.parse import parse
from probes import KINDS

SERVICES = 200
HEAD = """version: 1
site: hq
timezone: Europe/Amsterdam
defaults: {interval: 60s, timeout: 10s, confirm: 3, confirm_interval: 5s, recover: 2}
receivers:
  oncall: {kind: pagerduty, routing_key: "${KEY:-}"}
alerting:
  routes:
    - {match: {urgency: page}, receivers: [oncall]}
"""
SERVICE = """  service-{n}:
    title: Service {n}
    owner: team-{team}
    tier: {tier}
    depends_on: [{on}]
    runbook: https://wiki.example.com/runbooks/{n}
"""
OBJECTIVE = "  service-{n}-availability: {{service: service-{n}, target: 99.9%, window: 30d}}\n"
CHECKS = (
    """  check-{n}:
    service: service-{service}
    kind: http
    url: https://host-{n}.example.com/health
    expect_status: 200-299
    expect_body: '"status":"ok"'
    headers: {{Authorization: "Bearer ${{TOKEN:-none}}", Accept: application/json}}
    slow_after: 2s
""",
    """  check-{n}:
    service: service-{service}
    kind: http
    url: https://host-{n}.example.com/login
    method: HEAD
    labels: {{floor: "{service}", vendor: example}}
    interval: 5m
""",
    """  check-{n}:
    service: service-{service}
    kind: oidc
    issuer: https://login-{n}.example.com
    client_id: watchkeeper
    redirect_uri: https://watchkeeper.example.com/cb
    login: {{username: probe@example.com, password: "${{PASSWORD:-}}"}}
    timeout: 20s
""",
    "  check-{n}: {{service: service-{service}, kind: ikev2, host: vpn-{n}.example.com}}\n",
    """  check-{n}:
    service: service-{service}
    kind: mail_roundtrip
    smtp: {{host: smtp-{n}.example.com, security: starttls, username: probe, password: "${{PASSWORD:-}}"}}
    imap: {{host: imap-{n}.example.com, security: tls, username: probe, password: "${{PASSWORD:-}}"}}
    delivered_within: 60s
    interval: 5m
    timeout: 90s
""",
)
KIND_OF = (0, 0, 0, 1, 1, 1, 2, 3, 0, 4)  # of ten checks, most are http


def company(count: int) -> str:
    services = "".join(
        SERVICE.format(n=n, team=n % 20, tier=n % 3 + 1, on=f"service-{n // 2}" if n else "")
        for n in range(SERVICES)
    )
    checks = "".join(CHECKS[KIND_OF[n % 10]].format(n=n, service=n % SERVICES) for n in range(count))
    objectives = "".join(OBJECTIVE.format(n=n) for n in range(SERVICES))
    return f"{HEAD}services:\n{services}checks:\n{checks}objectives:\n{objectives}"


def ours(text: str) -> object:
    return parse({"checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment={"TOKEN": "t"})


def bare(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def cost(read: Callable[[str], object], text: str) -> float:
    """Give the CPU seconds of one reading; what it gave is thrown away outside of them."""
    gc.collect()
    begun = time.process_time()
    result = read(text)
    spent = time.process_time() - begun
    del result
    return spent


def main(count: int = 10_000, rounds: int = 5) -> None:
    text = company(count)
    ours(company(10))  # the kinds' modules are loaded once, and not what is measured
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        spent["ours"].append(cost(ours, text))
        spent["bare"].append(cost(bare, text))
    median = {name: statistics.median(each) for name, each in spent.items()}
    print(f"{count} checks, {SERVICES} services, {len(text) / 1e6:.1f} MB: CPU s, median of {rounds} rounds")
    for name, told in (("ours", "parsed and validated"), ("bare", "CSafeLoader alone")):
        print(f"  {told:20} {median[name]:6.2f}  ({min(spent[name]):.2f} to {max(spent[name]):.2f})")
    print(f"  {'ratio':20} {median['ours'] / median['bare']:6.2f}")
    print(f"  PyYAML {yaml.__version__}, libyaml {get_version_string()}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
