//! The statements.

/// The ledger's table, for an administrator who makes it by hand.
pub const TABLE: &str = include_str!("table.sql");

/// What a session is set to. A statement that the desk no longer waits for is not to wait for others.
pub(crate) const SESSION: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET statement_timeout = 10000";

pub(crate) fn spend() -> String {
    with_server(include_str!("spend.sql"))
}

pub(crate) fn begin() -> String {
    with_server(include_str!("begin.sql"))
}

pub(crate) fn prune() -> String {
    with_server(include_str!("prune.sql"))
}

/// Writes out `{server of x}`: the timeline, when the server started, and the transaction that wrote the beginning's row. On a
/// standby it is an error.
fn with_server(sql: &str) -> String {
    let mut parts = sql.split("{server of ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (transaction, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str("format('%s %s %s', substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), ");
        text.push_str("(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint, ");
        text.push_str(transaction);
        text.push(')');
        text.push_str(rest);
    }
    text
}
