"""Texts read as the commands read them: with every kind and receiver that there is."""

import probes
from alerting import receivers
from checks.model import Configuration
from checks.parse import parse
from checks.source import ConfigError

KINDS = probes.KINDS | dict.fromkeys(probes.LATER, "")
RECEIVERS = receivers.RECEIVERS | dict.fromkeys(receivers.LATER, "")


def said(text: str, file: str = "checks.yaml", **environment: str) -> Configuration:
    return parse({file: text}, kinds=KINDS, receivers=RECEIVERS, environment=environment)


def mistakes(text: str, file: str = "checks.yaml", **environment: str) -> list[str]:
    """Give the lines of a refusal; none where the text is accepted."""
    try:
        said(text, file, **environment)
    except ConfigError as error:
        return str(error).splitlines()
    return []
