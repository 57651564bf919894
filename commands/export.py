"""`export FORMAT`: what is known here, for elsewhere; one module for each format."""

from argparse import ArgumentParser

from commands import export_results
from commands.context import Context, Status
from commands.parser import actions


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {"results": ("write raw results, CSV or JSON lines, from the store", export_results.arguments)},
    )


def run(context: Context) -> Status:
    """Do what was typed."""
    return {"results": export_results.run}[context.said.action](context)
