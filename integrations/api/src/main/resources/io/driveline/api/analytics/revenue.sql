SELECT
    toInt64(toUnixTimestamp(multiIf(
        :?interval = 'hour', toStartOfHour(toDateTime(at, 'UTC')),
        :?interval = 'day', toStartOfDay(toDateTime(at, 'UTC')),
        :?interval = 'week', toDateTime(toMonday(toDateTime(at, 'UTC')), 'UTC'),
        toDateTime(toStartOfMonth(toDateTime(at, 'UTC')), 'UTC')))) AS start,
    account,
    livemode,
    currency,
    sum(payment) AS payments,
    sum(refund) AS refunds,
    countIf(payment > 0) AS paymentCount,
    countIf(refund > 0) AS refundCount
FROM driveline.revenue
WHERE at >= :?from
  AND at < :?to
  AND livemode = :?livemode
  AND (:?currency = '*' OR currency = :?currency)
  AND (:?account = '*' OR account = :?account)
GROUP BY start, account, livemode, currency
ORDER BY start, account, currency
LIMIT :?limit
