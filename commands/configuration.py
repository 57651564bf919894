"""Edge: what `--config` names, a file or a folder, read whole; the command line is laid over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import probes
from alerting import receivers
from alerting.doubts import doubtful
from alerting.promise import outwaited, too_slow
from alerting.receivers import RECEIVERS
from alerting.unheard import off_duty, unheard, unheard_ourselves
from alerting.unmatched import unmatched
from checks.files import read_bounded, read_text
from checks.model import Configuration
from checks.parse import parse
from checks.source import ConfigError, Problem
from commands.plain import plural
from probes import KINDS
from probes.doubts import guessable, idle
from probes.net.unusable import unusable
from slo.notes import beyond_results, left_out

RULES = (
    *(left_out, beyond_results, too_slow, outwaited),
    *(unheard, unheard_ourselves, off_duty, unmatched, doubtful, unusable, idle, guessable),
)
LARGEST = 64 << 20  # bytes of a file; ten thousand checks have a few MiB


class Unreadable(Exception):
    """There is no text to be read; the message names the file and the remedy.

    `again` does so where it has been read before: whoever watches on must not be told to begin anew.
    """

    def __init__(self, message: str, again: str = "") -> None:
        super().__init__(message)
        self.again = again or message


@dataclass(slots=True)
class Watched:
    """The paths that the last reading depended on, also one that was refused.

    They are the file, or the folder and its files, and every file that `${file:/path}` names; some may not be
    there.
    """

    paths: set[str] = field(default_factory=set)

    def read(self, path: str) -> str:
        """Give the text of a file that `${file:/path}` names, and keep its path."""
        self.paths.add(path)
        return read_text(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says instead of the file."""

    site: str | None = None
    listen: str | None = None

    def over(
        self,
        place: str,
        store: str | None,
        environment: Mapping[str, str],
        watched: Watched | None = None,
    ) -> Configuration:
        """Read the file or folder, and lay this over it. Raises ConfigError or Unreadable."""
        configuration = load(place, environment, watched)
        if store:
            configuration = replace(configuration, store=store)
        if self.site:
            configuration = with_site(configuration, self.site)
        return with_listen(configuration, self.listen) if self.listen else configuration


def load(place: str, environment: Mapping[str, str], watched: Watched | None = None) -> Configuration:
    """Understand a file, or all files of a folder. Raises ConfigError with every mistake, or Unreadable.

    `watched` then names what was read, whether it was accepted or not.
    """
    watched = watched or Watched()
    watched.paths = {place}
    files = _files(place)
    watched.paths.update(files)
    return parse(
        _texts(files),
        kinds=KINDS | dict.fromkeys(probes.LATER, ""),
        receivers=RECEIVERS | dict.fromkeys(receivers.LATER, ""),
        environment=environment,
        read=watched.read,
        rules=RULES,
    )


def mistakes(error: ConfigError) -> str:
    """Say every mistake of a configuration, one a line, and how many there are."""
    return f"{error}\n{plural(len(error.problems), 'mistake')}: the configuration is refused"


def with_site(configuration: Configuration, site: str) -> Configuration:
    """Give it another site; keys of alerts that began with the old one begin with the new one."""
    alerting = configuration.alerting
    prefix = site if alerting.prefix == configuration.site else alerting.prefix
    return replace(configuration, site=site, alerting=replace(alerting, prefix=prefix))


def with_listen(configuration: Configuration, listen: str) -> Configuration:
    """Let the web interface listen at `host:port`."""
    host, _, port = listen.rpartition(":")
    return replace(configuration, web=replace(configuration.web, host=host.strip("[]"), port=int(port)))


def _files(place: str) -> list[str]:
    """Name the files to read: the one, or those of the folder that end in .yaml or .yml, by name."""
    try:
        path = Path(place)
        if not path.is_dir():
            return [path.as_posix()]
        found = [each.as_posix() for each in sorted(path.iterdir()) if _counts(each)]
    except OSError as error:
        raise Unreadable(f"{place} cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise Unreadable(f"{place!r} cannot be the name of a file") from None
    if not found:
        raise Unreadable(
            f"{place} is a folder without a file that ends in .yaml or .yml: `watchkeeper init "
            f"{path.as_posix()}/checks.yaml` writes one to begin with",
            again=f"no file of {place} ends in .yaml or .yml any more: put them back",
        )
    return found


def _counts(path: Path) -> bool:
    """Say whether a file of a folder is part of the configuration: no hidden one, nothing further down."""
    return path.suffix in (".yaml", ".yml") and not path.name.startswith(".") and not path.is_dir()


def _texts(files: Iterable[str]) -> dict[str, str]:
    """Give the texts of files. Raises ConfigError with every one that is no text, or Unreadable."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            texts[file] = _bytes(file).decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem(file, line, 1, "", "must be text in UTF-8"))
    if problems:
        raise ConfigError(problems)
    return texts


def _bytes(file: str) -> bytes:
    try:
        return read_bounded(file, LARGEST)
    except FileNotFoundError:
        raise Unreadable(
            f"there is no {file}: `watchkeeper init` writes one to begin with, --config names another",
            again=f"{file} is gone: put it back",
        ) from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise Unreadable(f"{file!r} cannot be the name of a file") from None
