-- Deletes what ran out a margin ago, by the own time that is in the table, so that no spend meets a deletion by a later one. The
-- look at the ledger that comes before has noted it.
-- $1 ledger, $2 the margin.
WITH beginning AS (
    SELECT r.expires_at AS own
    FROM eid_ledger r
    WHERE r.ledger = $1 AND r.key = '' AND r.attempt = {server of r.xmin}
),
pruned AS (
    DELETE FROM eid_ledger AS e USING beginning
    WHERE e.ledger = $1 AND e.key <> '' AND e.expires_at <= beginning.own - $2
    RETURNING 1
)
SELECT (SELECT count(*) FROM pruned) FROM beginning
