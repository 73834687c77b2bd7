//! Finds a lasting effect beyond the fix: what others adopted, or what is done differently since.

use std::sync::LazyLock;

use super::search::first_match;
use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::language::{Boundary, Token};
use crate::analysis::phrases::token_index::TokenIndex;

/// A quote includes at most this many words of the object: what was adopted, copied or used.
const MAX_OBJECT_WORDS: usize = 6;

/// First and last token of the first lasting effect, with its object.
pub(super) fn find(index: &TokenIndex) -> Option<(usize, usize)> {
    first_match(index, &PATTERNS, |_| true).map(|found| with_object(index, found))
}

static PATTERNS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    let others = "team|teams|others|group|groups|company|department|org|organization|engineers|everyone|everybody|services|offices|colleagues|platform|they|squads|projects";
    [
        "adopted|adopts|adopting".to_owned(),
        "became|become|becomes|is|are|was .. standard|default|norm|practice|policy|blueprint|template|convention".to_owned(),
        "made|make|turned .. standard|default|template|policy|mandatory|blueprint|rule".to_owned(),
        "part of .. template|process|runbook|playbook|onboarding|checklist|standard|pipeline|training|handbook|toolkit".to_owned(),
        "into .. template|runbook|playbook|onboarding|checklist|handbook|training|guidelines".to_owned(),
        "rolled|rolling out .. across|to|other|all|company|every".to_owned(),
        "rolled it|this|that out".to_owned(),
        format!("{others} now|since|still|also use|uses|used|run|follow|have|has|rely|relies|do|does|copied|copy|started|ask|asked"),
        format!("{others} .. copied|reused|picked it|this|that|my|our|the|up"),
        format!("{others} copied|reused|replicated|borrowed|imitated"),
        format!("{others} picked|took|taken it|up|over"),
        format!("{others} picked|took .. up|over"),
        "teams|others|groups|regions|offices|departments|squads|branches|shops|stores rolled|rolls .. out".to_owned(),
        "regions|offices|departments|branches|shops|stores|markets|countries copied|adopted|use|uses|used|follow|followed".to_owned(),
        format!("other|more|all|every|several|many|two|three|four|five|# {others} use|uses|used|using|run|follow|started|rely"),
        format!("other|more|all|every|several|many|two|three|four|five|# {others} asked|wanted|have for|it|this|one|to"),
        "now|still used|use|uses by|it|this|that|my|our|in".to_owned(),
        "is|are|was|were still|now|since used|running".to_owned(),
        "still in use|place|production".to_owned(),
        "used by|across other|all|every|several|many|# .. teams|services|groups|offices|company|projects".to_owned(),
        "used|reused across|by .. teams|services|company|organization".to_owned(),
        "reused|reusable".to_owned(),
        "to this day".to_owned(),
        "ever since".to_owned(),
        "wrote|write|written|created|became|turned|published|documented .. runbook|playbook|guide|handbook|checklist|guideline|postmortem".to_owned(),
        "taught|trained|teach|mentored|coached .. team|teams|engineers|others|colleagues|people|everyone|hires|them|group".to_owned(),
        "gave|held|ran .. talk|workshop|training|presentation|brownbag|session".to_owned(),
        "presented it|this|that|my|our|the .. company|teams|org|organization|engineers|guild|meeting".to_owned(),
        "every|each|all new .. gets|get|uses|use|has|have|comes|starts|includes|goes|must".to_owned(),
        "spread|expanded|extended to|across .. teams|services|company|other|organization|offices|departments".to_owned(),
        "company|organization|org wide".to_owned(),
        "inspired|led|prompted .. other|teams|others|company".to_owned(),
        "took|taken over|up my|our|the|it|this".to_owned(),
        "open|opened sourced|source|sourcing".to_owned(),
    ]
    .iter()
    .map(|pattern| TokenPattern::new(pattern))
    .collect()
});

/// Extends a match to the end of its object.
fn with_object(index: &TokenIndex, (first, last): (usize, usize)) -> (usize, usize) {
    let ends = |token: &Token| {
        token.break_before != Boundary::None
            || token.any(&[
                "and", "but", "so", "for", "which", "that", "because", "when", "i", "we",
            ])
    };
    let rest = index.tokens[last + 1..].iter().take(MAX_OBJECT_WORDS);
    (first, last + rest.take_while(|token| !ends(token)).count())
}
