"""`schema`: the JSON Schema of `checks.yaml`, for editors."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from checks.schema import TITLE, schema
from commands.context import Context, Status, Stop
from commands.plain import json_text
from commands.reference import kinds_there, receivers_there

NAME = "checks.schema.json"  # as the first line of the shipped checks.yaml calls it


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there (default: on stdout)")


def run(context: Context) -> Status:
    """Print it, or write it to a file that is new or holds such a schema."""
    output = context.said.output
    if output is None:
        context.console.json(_document())
        return Status.YES
    if why := lay(Path(output)):
        raise Stop(Status.CANNOT_RUN, why)
    context.console.line(f"{output} is written")
    return Status.YES


def text() -> str:
    """Write the schema of all kinds and receivers there are, as it is printed."""
    return json_text(_document()) + "\n"


def lay(file: Path) -> str:
    """Write the schema to a file, but never over what is no such schema; say why not, or nothing."""
    try:
        with file.open("wb" if _is_ours(file) else "xb") as written:
            written.write(text().encode())
    except FileExistsError:
        return f"{file} is there already and is no schema of ours: it was left as it is"
    except OSError as error:
        return f"{file} cannot be written: {error.strerror}"
    return ""


def _is_ours(file: Path) -> bool:
    """Say whether this is a file that some version of this program wrote."""
    try:
        held = json.loads(file.read_bytes()) if file.is_file() else None
    except (ValueError, RecursionError):
        return False
    return isinstance(held, dict) and held.get("title") == TITLE


def _document() -> dict[str, Any]:
    return schema(kinds_there(), receivers_there())
