"""Which incident is meant: by its whole id, its key, or an ending of its key behind a slash. Pure."""

from collections.abc import Collection, Mapping

from checks.shapes import guess
from commands.context import Status, Stop

MOST = 5  # candidates that are named

Episodes = Mapping[str, Collection[int]]  # by key, never empty


def id_of(key: str, episode: int) -> str:
    """Give the id of one episode of an incident."""
    return f"{key}#{episode}"


def meant(text: str, episodes: Episodes) -> tuple[str, int]:
    """Give key and episode of what was typed; without an episode it is the latest. Raises Stop."""
    if text in episodes:
        return text, max(episodes[text])
    ending, _, number = text.rpartition("#")
    if not (ending and number.isascii() and number.isdigit()):
        return _latest(text, episodes)
    episode = int(number)
    keys = _ending_in(ending, episodes)
    having = [key for key in keys if episode in episodes[key]]
    if len(having) == 1:
        return having[0], episode
    if len(keys) == 1:
        raise _no_such_episode(keys[0], episode, episodes[keys[0]])
    raise _unclear(text, [id_of(key, episode) for key in having], episodes)


def _latest(text: str, episodes: Episodes) -> tuple[str, int]:
    keys = _ending_in(text, episodes)
    if len(keys) != 1:
        raise _unclear(text, [id_of(key, max(episodes[key])) for key in keys], episodes)
    return keys[0], max(episodes[keys[0]])


def _ending_in(text: str, episodes: Episodes) -> list[str]:
    """Give the keys that end so: in whole parts, for a piece of one may be a piece of anything."""
    if text in episodes:
        return [text]
    return sorted(key for key in episodes if text and key.endswith(f"/{text}"))


def _no_such_episode(key: str, episode: int, there: Collection[int]) -> Stop:
    latest = id_of(key, max(there))
    return Stop(Status.WRONG_USE, f"{key} has no episode {episode}: did you mean {latest}?")


def _unclear(text: str, candidates: Collection[str], episodes: Episodes) -> Stop:
    if candidates:
        return Stop(Status.WRONG_USE, f"{text} could be {_some(candidates)}: say more of it")
    if not episodes:
        return Stop(Status.WRONG_USE, f"there is no incident {text}: there has been none at all")
    close = _close(text.partition("#")[0], episodes)
    remedy = f"did you mean {_some(close)}?" if close else "`incidents --all` lists what there was"
    return Stop(Status.WRONG_USE, f"there is no incident {text}: {remedy}")


def _close(text: str, episodes: Episodes) -> list[str]:
    """Give the ids that look most like what was typed, else those in which it stands."""
    keys = _likely(text, episodes) or [key for key in episodes if text and text in key]
    return [id_of(key, max(episodes[key])) for key in keys]


def _likely(text: str, episodes: Episodes) -> list[str]:
    """Give the keys that look most like what was typed, by as many parts as were typed, or as a whole."""
    parts = text.count("/") + 1
    endings: dict[str, list[str]] = {}
    for key in episodes:
        endings.setdefault("/".join(key.split("/")[-parts:]), []).append(key)
    if found := guess(text, endings):
        return endings[found]
    key = guess(text, episodes)
    return [key] if key else []


def _some(candidates: Collection[str]) -> str:
    named = sorted(candidates)
    more = f" or one of {len(named) - MOST} more" if len(named) > MOST else ""
    return ", ".join(named[:MOST]) + more
