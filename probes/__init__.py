"""Asked: every kind of question there is, and how one is put."""

# One line per kind, loaded on use: the word in `checks.yaml` and where its options and its `ask` live.
KINDS: dict[str, str] = {
    "dns": "probes.basic.dns:Dns",
    "domain": "probes.basic.domain:Domain",
    "heartbeat": "probes.basic.heartbeat:Heartbeat",
    "http": "probes.basic.http:Http",
    "icmp": "probes.basic.icmp:Icmp",
    "ikev2": "probes.access.ikev2:Ikev2",
    "mail_roundtrip": "probes.mail.mail_roundtrip:MailRoundtrip",
    "oidc": "probes.signon.oidc:Oidc",
    "script": "probes.basic.script:Script",
    "status_page": "probes.vendors.status_page:StatusPage",
    "tcp": "probes.basic.tcp:Tcp",
    "tls": "probes.basic.tls:Tls",
    "udp": "probes.basic.udp:Udp",
}

# Words of kinds that come with a later version: known, and refused as such.
LATER = (
    "saml",
    "ldap",
    "kerberos",
    "radius",
    "scim",
    "smtp",
    "imap",
    "pop3",
    "mail_domain",
    "openvpn",
    "wireguard",
    "sslvpn",
    "proxied",
)
