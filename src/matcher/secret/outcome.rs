//! What a check of a value answers; shared by the checks and by what runs them.

/// What a check answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The issuer made it.
    Holds(String),
    /// Something to tell, nothing to weigh.
    Says(String),
    /// The issuer did not make it like this.
    Fails(&'static str),
    /// Nothing for or against.
    Silent,
    /// Not what the rule is about.
    NoSecret,
}
