"""What came of the open of an incident at each receiver that was to be told. Pure."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from alerting.incident import Incident
from alerting.intent import Action
from commands.holds import time_of_day
from store.history import Letter


def outcomes(incident: Incident, letters: Sequence[Letter], zone: tzinfo) -> Mapping[str, str]:
    """Say for each receiver whether it has accepted the open, and when; in the order of the decisions.

    An open may have been said several times: once accepted counts, and otherwise the last one does.
    """
    opens: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter.row.action == Action.OPEN:
            opens.setdefault(letter.row.receiver, []).append(letter)
    came = {name: _came(said, incident.opened_at, zone) for name, said in opens.items()}
    unknown = {name: "nothing is known of its open" for name in incident.told if name not in came}
    return came | unknown | dict.fromkeys(incident.stormed, "told together with others")


def _came(said: Sequence[Letter], near: int, zone: tzinfo) -> str:
    accepted = next((each.settled_at for each in said if each.how == "sent"), None)
    if accepted is not None:
        return f"accepted {time_of_day(accepted, zone, near, seconds=True)}"
    last = said[-1]
    if last.waits:
        return "not accepted yet"
    if last.how == "dead":
        return f"refused ({last.detail})" if last.detail else "refused"
    return f"not told ({last.detail})" if last.detail else "not told"
