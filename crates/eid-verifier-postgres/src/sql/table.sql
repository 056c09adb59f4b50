-- The ledger's table: a row for each code, and one with the empty key for the ledger's beginning. They are one table, so that
-- whatever empties it takes the beginning too.
CREATE TABLE IF NOT EXISTS eid_ledger (
    ledger text NOT NULL,
    -- SHA-256 of the phone's key and the code's nonce. Empty: the beginning.
    key bytea NOT NULL,
    -- The attempt that spent the code. Of the beginning: the server that it is bound to.
    attempt text NOT NULL,
    -- When the code runs out. Of the beginning: the ledger's own time.
    expires_at bigint NOT NULL,
    -- Of the beginning only.
    began bigint,
    PRIMARY KEY (ledger, key)
);
CREATE INDEX IF NOT EXISTS eid_ledger_expiry ON eid_ledger (ledger, expires_at);
