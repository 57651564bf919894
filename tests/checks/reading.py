"""A small file, more of it, and what that comes to."""

import pytest

from checks.model import Configuration
from checks.parse import parse
from checks.source import ConfigError
from tests.checks.kinds import KINDS, RECEIVERS

LEAST = """version: 1
services: {web: {}, db: {}}
checks:
  page: {service: web, kind: page, url: https://page.example.com}
receivers: {chat: {kind: pager, routing_key: k}, oncall: {kind: pager, routing_key: k}}
"""


def read(more: str = "", least: str = LEAST) -> Configuration:
    """Understand the small file with more written under it."""
    return parse({"checks.yaml": least + more}, kinds=KINDS, receivers=RECEIVERS, environment={})


def refused(more: str, least: str = LEAST) -> list[str]:
    """Give what it is refused for: paths and messages, without the places."""
    with pytest.raises(ConfigError) as caught:
        read(more, least)
    return [f"{each.path}: {each.message}" for each in caught.value.problems]


def noted(more: str, least: str = LEAST) -> list[str]:
    """Give what is noted about it, but for services that nobody asks about and receivers nobody uses."""
    said = [f"{each.path}: {each.message}" for each in read(more, least).notes]
    return [each for each in said if "no check asks" not in each and "no route leads" not in each]
