"""`schema`: the JSON Schema of `checks.yaml`, for editors."""

import json
from argparse import ArgumentParser

from checks.schema import schema
from commands.context import Context, Status
from commands.reference import kinds_there, receivers_there


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes: nothing."""


def run(context: Context) -> Status:
    """Print it."""
    for line in text().splitlines():
        context.console.line(line)
    return Status.YES


def text() -> str:
    """Write the schema of all kinds and receivers there are."""
    return json.dumps(schema(kinds_there(), receivers_there()), indent=2, ensure_ascii=False)
