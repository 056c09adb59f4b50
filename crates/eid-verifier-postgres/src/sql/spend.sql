-- One spend, or a look at the ledger: one statement. It answers; whether the code passes is judged at the desk.
-- $1 ledger, $2 key, $3 attempt, $4 the code's expiry, which is the own time from which it may not be inserted any more (0:
-- insert nothing), $5 the beginning that the code was judged with, $6 the desk's time, $7 the margin.
WITH clock AS MATERIALIZED (
    SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS now,
        -- An asynchronous commit could be lost in a crash that leaves the server's start time as it was.
        CASE current_setting('synchronous_commit')
            WHEN 'off' THEN set_config('synchronous_commit', 'on', true)
        END AS kept
),
-- Locked against deletion to the end of this statement, so that nobody empties the table between this and the insertion.
beginning AS MATERIALIZED (
    SELECT r.began, greatest(r.expires_at, clock.now) AS own
    FROM eid_ledger r, clock
    WHERE r.ledger = $1 AND r.key = '' AND r.attempt = {server of r.xmin}
    FOR KEY SHARE OF r
),
-- The own time does not go back with the server's clock, so it is written down; of those who would, by one. It counts also if
-- the desk's clock is wrong or the code is refused.
due AS MATERIALIZED (
    SELECT clock.now
    FROM eid_ledger r, beginning, clock
    WHERE r.ledger = $1 AND r.key = '' AND r.attempt = {server of r.xmin} AND r.expires_at < clock.now
    FOR NO KEY UPDATE OF r SKIP LOCKED
),
noted AS (
    UPDATE eid_ledger AS r
    SET expires_at = due.now, attempt = {server of pg_current_xact_id()::xid}
    FROM due
    WHERE r.ledger = $1 AND r.key = ''
),
entry AS (
    INSERT INTO eid_ledger AS e (ledger, key, attempt, expires_at)
    SELECT $1, $2, $3, $4
    FROM beginning, clock
    WHERE began = $5 AND own < $4 AND abs(now - $6) * 2 <= $7
    ON CONFLICT (ledger, key) DO UPDATE SET attempt = excluded.attempt WHERE e.attempt = excluded.attempt
    RETURNING 1
)
SELECT now, began, own, EXISTS (SELECT FROM entry) FROM clock LEFT JOIN beginning ON true
