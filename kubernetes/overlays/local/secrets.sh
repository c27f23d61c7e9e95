#!/usr/bin/env bash
# Makes the Secrets of the local overlay, as files that git ignores. What was made before stays: the
# stores keep in their volumes the passwords that they were first started with.
#
#   DRIVELINE_WEBHOOK_SECRETS  the signing secret to use, such as the one that `stripe listen` prints
set -euo pipefail
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

# Some hexadecimal digits, always the same under one name.
secret() {
  local file=$1.secret
  [ -s "$file" ] || od -An -N"${2:-24}" -tx1 /dev/urandom | tr -d ' \n' >"$file"
  cat "$file"
}

mongodb=$(secret mongodb)
rabbitmq=$(secret rabbitmq)
redis=$(secret redis)
clickhouse=$(secret clickhouse)

cat >mongodb.env <<END
admin-password=$(secret mongodb-admin)
driveline-password=$mongodb
key=$(secret mongodb-key 256)
END
cat >driveline-mongodb.env <<END
uri=mongodb://driveline:$mongodb@mongodb-0.mongodb:27017/?replicaSet=driveline&authSource=admin
END
cat >rabbitmq.env <<END
username=driveline
password=$rabbitmq
END
cat >driveline-rabbitmq.env <<END
uri=amqp://driveline:$rabbitmq@rabbitmq:5672/%2F
END
# What the cache does, and what a health check asks; nothing that belongs to an administrator.
cat >users.acl <<END
user default off
user driveline on >$redis ~driveline:* resetchannels -@all +@connection +@read +@write +@scripting -@dangerous +info
END
cat >driveline-redis.env <<END
uri=redis://driveline:$redis@redis:6379
END
cat >driveline-clickhouse.env <<END
url=http://clickhouse:8123
username=driveline
password=$clickhouse
END
[ -z "${DRIVELINE_WEBHOOK_SECRETS:-}" ] || printf '%s' "$DRIVELINE_WEBHOOK_SECRETS" >webhook.secret
[ -s webhook.secret ] || printf 'whsec_%s' "$(secret webhook-random)" >webhook.secret
cat >driveline-webhook.env <<END
DRIVELINE_WEBHOOK_SECRETS=$(cat webhook.secret)
END
cat >driveline-api.env <<END
DRIVELINE_API_KEYS_ADMIN=dk_$(secret api-admin)
END
cat >driveline-management.env <<END
password=$(secret management)
END

echo "The local Secrets are in $PWD"
