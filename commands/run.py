"""`run`: the daemon."""

from argparse import ArgumentParser
from functools import partial

from checks.texts import read_listen, read_name
from commands.configuration import Overrides, Watched
from commands.context import Context, RunOptions
from commands.parser import by


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "--listen", metavar="HOST:PORT", type=by(read_listen), help="instead of web.listen: 127.0.0.1:9797"
    )
    parser.add_argument(
        "--site", metavar="NAME", type=by(read_name), help="instead of site: where this daemon stands"
    )
    parser.add_argument("--watch", action="store_true", help="reload when the configuration's files change")


def run(context: Context) -> int:
    """Read the configuration, and serve until a signal."""
    overrides = Overrides(site=context.said.site, listen=context.said.listen)
    watched = Watched()
    read = partial(context.configuration, overrides, watched)
    options = RunOptions(
        config=context.said.config, read=read, watched=lambda: watched.paths, watch=context.said.watch
    )
    return context.serve(read(), options)
