"""Kinds whose options are read and which are not asked yet."""

from typing import Any

import pytest
import yaml

from checks.parse import parse
from checks.source import ConfigError
from probes import KINDS
from probes.result import Reason
from probes.tools import Failed, Tools

SERVICES = "{sso: {}, email: {}, vpn: {}}"


def read(probe: dict[str, Any]) -> Any:
    """Give what a check with these options is made to; its secrets have a value."""
    text = yaml.safe_dump({"version": 1, "services": yaml.safe_load(SERVICES), "checks": {"it": probe}})
    secrets = dict.fromkeys(("SSO_PASSWORD", "SSO_TOTP", "MAIL_PASSWORD"), "GEZDGNBVGY3TQOJQ")
    return parse({"checks.yaml": text}, kinds=KINDS, receivers={}, environment=secrets).checks["it"]


def refused(probe: dict[str, Any]) -> list[str]:
    """Give what such a check is refused for, without the places."""
    with pytest.raises(ConfigError) as caught:
        read(probe)
    return [f"{each.path}: {each.message}" for each in caught.value.problems]


async def reason(check: Any, tools: Tools) -> Reason:
    """Ask it, and give why that failed."""
    with pytest.raises(Failed) as caught:
        await check.probe.ask(tools)
    return caught.value.reason
