-- What analytics keeps. Every statement may run any number of times.

CREATE DATABASE IF NOT EXISTS driveline;

-- One row per event, however often its fact comes: the engine merges rows with one key, and the
-- view below does not depend on when it does.
CREATE TABLE IF NOT EXISTS driveline.facts
(
    eventId        String,
    type           LowCardinality(String),
    account        String,
    livemode       UInt8,
    created        Int64,
    apiVersion     LowCardinality(String),
    objectType     LowCardinality(String),
    objectId       String,
    objectCreated  Nullable(Int64),
    customer       String,
    currency       LowCardinality(String),
    amount         Nullable(Int64),
    amountCaptured Nullable(Int64),
    status         LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY eventId;

-- Each charge and each refund once, at the second of its own making, with what is known of it by
-- all its facts together: so neither their order nor their number matters, nor whether a newer event
-- overtook one.
-- A charge counts with the largest amount captured that any event tells while it is succeeded: a
-- captured amount only grows, and one that is pending (a bank debit) has captured nothing yet
-- whatever it says. Payment intents and invoices are left out: each would count its charge again.
-- A refund counts from its making on, as Stripe's balance does, unless it ever failed or was
-- canceled, which it never comes back from.
-- What a charge tells of its refunds is left out: each refund has events of its own.
CREATE OR REPLACE VIEW driveline.revenue AS
SELECT
    account,
    livemode,
    objectId,
    max(currency) AS currency,
    coalesce(min(objectCreated), min(created)) AS at,
    coalesce(maxIf(amountCaptured, status = 'succeeded'), 0) AS payment,
    toInt64(0) AS refund
FROM driveline.facts
WHERE objectType = 'charge' AND objectId != ''
GROUP BY account, livemode, objectId
HAVING payment > 0
UNION ALL
SELECT
    account,
    livemode,
    objectId,
    max(currency) AS currency,
    coalesce(min(objectCreated), min(created)) AS at,
    toInt64(0) AS payment,
    coalesce(max(amount), 0) AS refund
FROM driveline.facts
WHERE objectType = 'refund' AND objectId != ''
GROUP BY account, livemode, objectId
HAVING countIf(status IN ('failed', 'canceled')) = 0 AND refund > 0
COMMENT 'Captured charges and refunds that did not fail, each once, in minor units';
