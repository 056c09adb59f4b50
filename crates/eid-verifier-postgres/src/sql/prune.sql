-- Deletes what ran out a margin ago, and notes the time.
-- $1 ledger, $2 the margin.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS now
),
beginning AS (
    UPDATE eid_ledger AS r
    SET expires_at = greatest(r.expires_at, now), attempt = {server of pg_current_xact_id()::xid}
    FROM clock
    WHERE r.ledger = $1 AND r.key = '' AND r.attempt = {server of r.xmin}
    RETURNING r.expires_at AS own
),
pruned AS (
    DELETE FROM eid_ledger AS e USING beginning
    WHERE e.ledger = $1 AND e.key <> '' AND e.expires_at <= beginning.own - $2
    RETURNING 1
)
SELECT own, (SELECT count(*) FROM pruned) FROM beginning
