//! Searches for patterns that state an impact, and skips what was negated or only wished for.

use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::language::{Boundary, Token};
use crate::analysis::ownership::attribution;
use crate::analysis::phrases::token_index::TokenIndex;

/// Whether what begins at `first` was only wished for: "I would have liked to save", "they wanted to adopt".
fn is_wished(tokens: &[Token], first: usize) -> bool {
    let wishes = [
        "wanted", "hoped", "wished", "wish", "planned", "liked", "loved", "tried",
    ];
    (first.saturating_sub(4)..first)
        .rev()
        .take_while(|at| tokens[at + 1].break_before == Boundary::None)
        .any(|at| tokens[at].any(&wishes))
}

/// All matches of any of `patterns` that are not negated and that `is_accepted`, in order.
pub(super) fn all_matches(
    index: &TokenIndex,
    patterns: &[TokenPattern],
    is_accepted: impl Fn(&(usize, usize)) -> bool,
) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = patterns
        .iter()
        .flat_map(|pattern| pattern.find_all(&index.tokens))
        .filter(|place| is_accepted(place))
        .filter(|(first, last)| {
            // "no more complaints" is an impact, "nobody adopted it" is not.
            let start = &index.tokens[*first];
            let is_negated_inside = index.tokens[*first + 1..=*last]
                .iter()
                .any(|token| token.any(&["not", "never", "nobody"]));
            let is_by_speaker =
                start.stem == "adopt" && attribution::has_speaker_agent(&index.tokens, *first);
            start.any(&["no", "zero"])
                || (!is_negated_inside
                    && !is_by_speaker
                    && !index.is_negated(*first, false)
                    && !is_wished(&index.tokens, *first))
        })
        .collect();
    found.sort_unstable();
    found
}
