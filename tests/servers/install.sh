#!/usr/bin/env bash
# Installs what packages.txt names, by apt. No service is started: tests start what they need, where they need it.
set -euo pipefail
cd "$(dirname "$0")"

packages() { sed -e 's/#.*//' -e 's/|.*//' packages.txt | xargs; }

missing() {
  local package
  for package in $(packages); do
    dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

# Without these servers their tests are skipped, which is good enough everywhere but in CI.
cannot() {
  echo "make servers: $1"
  [ "${WATCHKEEPER_SERVERS:-}" != required ] || exit 1
  exit 0
}

command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
  cannot "there is no apt here. Install by hand what these Debian packages hold: $(packages)"

wanted=$(missing | xargs)
[ -n "$wanted" ] || { echo "make servers: all there ($(packages))"; exit 0; }
[ "$(id -u)" = 0 ] || cannot "not root. Say: sudo apt-get install --no-install-recommends $wanted"

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
if command -v debconf-set-selections >/dev/null; then
  debconf-set-selections <<<"postfix postfix/main_mailer_type select No configuration"
  debconf-set-selections <<<"slapd slapd/no_configuration boolean true"
fi
apt-get update -qq
# shellcheck disable=SC2086 # one word per package
apt-get install -qq --yes --no-install-recommends $wanted
