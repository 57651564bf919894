"""Receivers: where messages go, one file each."""

# One line per receiver, loaded on use: the word in `checks.yaml` and where its options and its `send` live.
RECEIVERS: dict[str, str] = {
    "pagerduty": "alerting.receivers.pagerduty:PagerDuty",
    "slack": "alerting.receivers.slack:Slack",
    "webhook": "alerting.receivers.webhook:Webhook",
}

# Words of receivers that come with a later version: known, and refused as such.
LATER = ("alertmanager", "teams", "email", "jsm", "servicenow")
