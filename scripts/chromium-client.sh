#!/bin/sh
# A client for tlskit test-client: loads $TLSKIT_URL in a headless Chromium of its own that trusts $TLSKIT_CA. Exit code 0: the page is there.
#   tlskit test-client --cmd scripts/chromium-client.sh -timeout 60 -jobs 3
# Needs certutil (Debian: libnss3-tools): on Linux Chromium takes trust anchors from the NSS database of its user.
set -eu

# test-client removes the folder of the trust anchor, even where this here is ended
HOME=$(mktemp -d "$(dirname "$TLSKIT_CA")/chromium.XXXXXX")
export HOME
unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME
db="sql:$HOME/.pki/nssdb"
mkdir -p "$HOME/.pki/nssdb"
certutil -N -d "$db" --empty-password
certutil -A -d "$db" -n tlskit -t C,, -i "$TLSKIT_CA"

# its sandbox is not for root
[ "$(id -u)" -ne 0 ] || set -- --no-sandbox "$@"
"${CHROMIUM:-chromium}" --headless --disable-gpu --no-first-run --disable-background-networking --disable-component-update \
  --user-data-dir="$HOME/profile" --host-resolver-rules='MAP * 127.0.0.1' --dump-dom "$@" "$TLSKIT_URL" \
  >"$HOME/page" 2>"$HOME/log" || true

# its exit code says nothing, and a page of its own says what is wrong: what the servers say is the mark
grep -qi 'a correct client must' "$HOME/page" && exit 0
grep -o 'net::ERR[A-Z_0-9]*' "$HOME/log" | tail -1
exit 1
