"""Receivers: where messages go, one file each."""

# One line per receiver, loaded on use: the word in `checks.yaml` and where its options and its `send` live.
RECEIVERS: dict[str, str] = {
    "pagerduty": "alerting.receivers.pagerduty:PagerDuty",
    "webhook": "alerting.receivers.webhook:Webhook",
}
