//! Hedged acts: what the speaker half takes back while saying it.

use crate::analysis::grammar::Subject;
use crate::analysis::language::Token;
use crate::analysis::ownership::acts::names_an_act;
use crate::analysis::structure::Structure;

/// With this many concrete own acts, a hedged one does not matter.
const MIN_CLEAR_ACTS: usize = 3;

/// "I sort of ended up doing it", "we kind of worked around that": acts that the speaker half takes back.
pub(super) fn find<'a>(
    tokens: &'a [Token],
    structure: &'a Structure,
) -> impl Iterator<Item = (usize, usize)> + 'a {
    let own = structure.acts.iter();
    let own = own.filter(|act| act.agent == Subject::Speaker && act.is_concrete);
    let has_clear_acts = own.count() >= MIN_CLEAR_ACTS;
    let clauses = structure.clauses.iter();
    clauses
        .filter(move |_| !has_clear_acts)
        .filter(|clause| matches!(clause.subject, Subject::Speaker | Subject::Team))
        .filter(|clause| clause.is_fact_of(clause.subject) && names_an_act(tokens, clause))
        .filter(|clause| {
            tokens[clause.first..=clause.verb]
                .windows(2)
                .any(|pair| pair[0].any(&["kind", "sort"]) && pair[1].is("of"))
        })
        .map(|clause| (clause.first, clause.last))
}
