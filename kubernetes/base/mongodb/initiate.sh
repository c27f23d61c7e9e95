#!/usr/bin/env bash
# Runs beside each start of mongod: at the first, it makes the replica set of one and the users.
set -eu
server=mongodb://127.0.0.1:27017/admin?directConnection=true
until mongosh --quiet --norc "$server" --eval 'db.hello()' >/dev/null 2>&1; do
  sleep 1
done
# The full name stands in the pod's own /etc/hosts, so that mongod finds itself without any DNS.
MEMBER=$(hostname -f):27017 exec mongosh --quiet --norc "$server" /scripts/initiate.js
