//! Finds a lasting effect beyond the fix: what others adopted, or what is done differently since.

use std::sync::LazyLock;

use super::search::all_matches;
use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::phrases::token_index::TokenIndex;

/// First and last token of each phrase for a lasting effect.
pub(super) fn find_all(index: &TokenIndex) -> Vec<(usize, usize)> {
    all_matches(index, &PATTERNS, |_| true)
}

static PATTERNS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    let others = "team|teams|others|group|groups|company|department|org|organization|engineers|everyone|everybody|services|offices|colleagues|platform|they|squads|projects";
    [
        "adopted|adopts|adopting".to_owned(),
        "became|become|becomes|is|are|was .. standard|default|norm|practice|policy|blueprint|template|convention".to_owned(),
        "made|make|turned .. standard|default|template|policy|mandatory|blueprint|rule".to_owned(),
        "part of .. template|process|runbook|playbook|onboarding|checklist|standard|pipeline|training|handbook|toolkit".to_owned(),
        "became|become|becomes|now|still|since part of".to_owned(),
        "is|are part of every|all|each|our|their|the".to_owned(),
        "made|make|turned|turn .. into .. habit|routine|standard|rule|practice".to_owned(),
        "written|built|put|included in|into our|the|their|every .. briefing|handover|checklist|training|contract|process|manual|routine|plan|form".to_owned(),
        "part of .. handover|induction|routine|rota|rounds|drill|briefing|curriculum|protocol|procedure|manual|workflow|schedule|shift|contract|course|program".to_owned(),
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
        "taught|trained|teach|mentored|coached .. team|teams|engineers|others|colleagues|people|everyone|hires|group".to_owned(),
        "taught|trained|mentored|coached them".to_owned(),
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
