-- A new beginning, if the one in the table is missing or bound to another server. Of several desks one sets it.
-- $1 ledger, $2 the desk's time, $3 the margin.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS now
)
INSERT INTO eid_ledger AS r (ledger, key, attempt, expires_at, began)
SELECT $1, '', {server of pg_current_xact_id()::xid}, now, now + $3
FROM clock
WHERE abs(now - $2) * 2 <= $3
ON CONFLICT (ledger, key) DO UPDATE
SET attempt = excluded.attempt,
    expires_at = greatest(r.expires_at, excluded.expires_at),
    -- By the last time that is known: this server's clock may be behind that of the one before it.
    began = greatest(r.began, excluded.began, r.expires_at + $3)
WHERE r.attempt <> {server of r.xmin}
