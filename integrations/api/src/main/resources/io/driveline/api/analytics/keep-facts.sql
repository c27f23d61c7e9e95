INSERT INTO driveline.facts
(eventId, type, account, livemode, created, apiVersion, objectType, objectId, objectCreated, customer, currency, amount, amountCaptured, status)
VALUES
(:#eventId, :#type, :#account, :#livemode, :#created, :#apiVersion, :#objectType, :#objectId, :#objectCreated, :#customer, :#currency, :#amount, :#amountCaptured, :#status)
