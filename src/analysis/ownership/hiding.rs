//! "We" where it hides who acted. Context ("our app", "we only had two days") hides nothing, nor does a shared
//! act in an answer that shows clearly what the speaker did.

use super::acts::Act;
use crate::analysis::grammar::Subject;
use crate::analysis::language::{Boundary, Token};

/// With this many own acts, a single act of the team hides nothing.
const MIN_CLEAR_ACTS: usize = 3;

/// The acts of the team that hide who acted, among `acts` in the Action of an answer. The speaker's own acts
/// have to outnumber those of the team by two to one.
pub fn hiding_acts(tokens: &[Token], acts: &[Act]) -> Vec<Act> {
    let count = |agent| acts.iter().filter(|act| act.agent == agent).count();
    let (own, team) = (count(Subject::Speaker), count(Subject::Team));
    let is_clear = own >= 2 * team || own >= MIN_CLEAR_ACTS && team <= 1;
    if is_clear {
        return Vec::new();
    }
    // In a sentence with an own act, the share of the speaker is visible, unless the team does most of it.
    let is_shared = |act: &Act| {
        own > team
            && acts.iter().any(|other| {
                other.agent == Subject::Speaker
                    && sentence_of(tokens, other.first) == sentence_of(tokens, act.first)
            })
    };
    acts.iter()
        .filter(|act| act.agent == Subject::Team && !is_shared(act))
        .copied()
        .collect()
}

/// The index of the first token of the sentence around `at`.
fn sentence_of(tokens: &[Token], at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| tokens[*at].break_before == Boundary::Sentence)
        .unwrap_or(0)
}
