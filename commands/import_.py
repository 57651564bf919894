"""`import FORMAT FILE`: what was known elsewhere; one module for each format."""

from argparse import ArgumentParser

from commands import import_results
from commands.context import Context, Status
from commands.parser import actions


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {"results": ("load raw results, CSV or JSON lines, into the store", import_results.arguments)},
    )


def run(context: Context) -> Status:
    """Do what was typed."""
    return {"results": import_results.run}[context.said.action](context)
