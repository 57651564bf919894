"""`init [FILE]`: a commented `checks.yaml` to begin with, and its schema for editors beside it."""

from argparse import ArgumentParser
from pathlib import Path
from shlex import quote

from commands.context import Context, Status, Stop
from commands.schema import NAME, lay

SHIPPED = (
    Path(__file__).resolve().parents[1] / "checks.yaml"
)  # beside the folders, in a checkout and installed
STORE = "watchkeeper.db"  # as the shipped file says


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to write it (default: as --config)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(context: Context) -> Status:
    """Write both files; nothing that is there is written over unless --force says so, or it is our schema."""
    file = Path(context.said.file or context.said.config)
    _write(file, force=context.said.force)
    if why := lay(file.with_name(NAME)):
        context.console.complain(why)
    context.console.line(
        f"{file} is written. Make it yours, then: watchkeeper validate{_named(context, file)}"
    )
    return Status.YES


def _write(file: Path, *, force: bool) -> None:
    text, store = SHIPPED.read_bytes(), file.with_name(STORE)
    if not force and not file.exists() and store.exists():
        raise Stop(
            Status.CANNOT_RUN,
            f"a store lies beside it, {store}: was {file} there before? Put it back; --force writes one anew",
        )
    if file.is_dir():
        raise Stop(Status.CANNOT_RUN, f"{file} is a folder: watchkeeper init {quote(f'{file}/checks.yaml')}")
    try:
        with file.open("wb" if force else "xb") as written:
            written.write(text)
    except FileExistsError:
        raise Stop(
            Status.CANNOT_RUN, f"{file} is there already, and was left as it is: --force writes over it"
        ) from None
    except OSError as error:
        raise Stop(Status.CANNOT_RUN, f"{file} cannot be written: {error.strerror}") from None


def _named(context: Context, file: Path) -> str:
    return "" if str(file) == context.said.config else f" --config {quote(str(file))}"
