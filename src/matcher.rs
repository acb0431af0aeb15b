//! The code behind a rule's one table: one module a matcher. A matcher finds; it does not score.

pub mod fact;
pub mod file;
pub mod secret;
pub mod text;

/// How a rule finds what it is about.
#[derive(Debug)]
pub enum Matcher {
    /// Credentials: keyword, then pattern, then validity.
    Secret(secret::SecretRule),
    /// Lines by a pattern.
    Text(text::TextRule),
    /// Files by their path.
    File(file::FileRule),
    /// Entries of the facts.
    Fact(fact::FactRule),
}
