//! Benches of other crates beside the library, which must not learn of their dependencies.
