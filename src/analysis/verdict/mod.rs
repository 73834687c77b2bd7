//! The verdict: how an interviewer would likely decide, by fixed rules. The rules are documented in
//! `docs/verdict.md`. Only content counts here, never the voice.

mod criteria;
mod decision;
mod evidence;
mod leaning;
mod reason;

pub use criteria::Criterion;
pub use criteria::Expectations;
pub use decision::{Verdict, decide};
pub use evidence::{Evidence, MOST_PHRASES_SHARE};
pub use leaning::Leaning;
pub use reason::Reason;
