#!/usr/bin/env bash
# mongod refuses a key that its group may read, and a Secret's file always may be read by it.
set -eu
install -m 400 /run/secrets/mongodb/key /tmp/key
exec mongod --config /scripts/mongod.conf
