"""Edge: the file that `--config` names, read whole, with what the command line says laid over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from alerting.receivers import RECEIVERS
from checks.model import Configuration
from checks.parse import parse
from checks.source import ConfigError, Problem
from commands.plain import plural
from probes import KINDS


class Unreadable(Exception):
    """There is no text to be read; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says instead of the file."""

    site: str | None = None
    listen: str | None = None

    def over(self, file: str, store: str | None, environment: Mapping[str, str]) -> Configuration:
        """Read the file, and lay this over it. Raises ConfigError or Unreadable."""
        configuration = load(file, environment)
        if store:
            configuration = replace(configuration, store=store)
        if self.site:
            configuration = with_site(configuration, self.site)
        return with_listen(configuration, self.listen) if self.listen else configuration


def load(file: str, environment: Mapping[str, str]) -> Configuration:
    """Understand a file whole. Raises ConfigError with every mistake, or Unreadable."""
    return parse(
        _text(file), file=Path(file).as_posix(), kinds=KINDS, receivers=RECEIVERS, environment=environment
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


def _text(file: str) -> str:
    try:
        return Path(file).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Unreadable(
            f"there is no {file}: `watchkeeper init` writes one to begin with, --config names another"
        ) from None
    except IsADirectoryError:
        raise Unreadable(f"{file} is a folder: name one file in it with --config") from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(file, line, 1, "", "must be text in UTF-8")]) from None
    except ValueError:  # a NUL in the name
        raise Unreadable(f"{file!r} cannot be the name of a file") from None
