//! Everyday words of working life that say the same. A story's own other wordings stand in its
//! file; this is what any story may count on, so it holds close equivalents only.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::stem;

/// Which groups the word of this stem belongs to.
pub fn groups_of(stem: &str) -> &'static [usize] {
    INDEX.get(stem).map_or(&[], Vec::as_slice)
}

/// The members of each group that have several words, as stems, with their group.
pub fn several_words() -> &'static [(usize, Vec<&'static str>)] {
    &SEVERAL
}

/// The first member of a group that is one word.
pub fn one_word(group: usize) -> Option<&'static str> {
    GROUPS[group].iter().find(|m| !m.contains(' ')).copied()
}

static INDEX: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut index: HashMap<String, Vec<usize>> = HashMap::new();
    for (group, members) in GROUPS.iter().enumerate() {
        for member in members.iter().filter(|m| !m.contains(' ')) {
            index.entry(stem(member)).or_default().push(group);
        }
    }
    index
});

static SEVERAL: LazyLock<Vec<(usize, Vec<&'static str>)>> = LazyLock::new(|| {
    let groups = GROUPS.iter().enumerate();
    groups
        .flat_map(|(group, members)| members.iter().map(move |m| (group, m)))
        .filter(|(_, member)| member.contains(' '))
        .map(|(group, member)| (group, member.split(' ').collect()))
        .collect()
});

const GROUPS: &[&[&str]] = &[
    // What one does about a problem.
    &[
        "notice",
        "spot",
        "discover",
        "observe",
        "detect",
        "come across",
        "pick up on",
        "become aware",
    ],
    &[
        "trace",
        "track down",
        "pin down",
        "narrow down",
        "follow back",
        "pinpoint",
    ],
    &[
        "find",
        "identify",
        "discover",
        "figure out",
        "work out",
        "locate",
    ],
    &["reproduce", "recreate", "replicate"],
    &[
        "write",
        "code",
        "implement",
        "program",
        "author",
        "develop",
        "put together",
    ],
    &["build", "create", "develop", "put together", "construct"],
    &[
        "add",
        "set up",
        "put in",
        "introduce",
        "put in place",
        "install",
        "configure",
    ],
    &["submit", "hand in", "send in", "put up"],
    &["coordinate", "arrange", "organize", "line up"],
    &[
        "pull",
        "fetch",
        "gather",
        "collect",
        "export",
        "download",
        "extract",
        "retrieve",
        "dig through",
        "go through",
    ],
    &[
        "analyze",
        "examine",
        "inspect",
        "study",
        "look at",
        "look into",
        "investigate",
        "dig into",
    ],
    &["investigate", "diagnose", "dig into"],
    &["check", "verify", "validate", "confirm", "double check"],
    &["test", "try out", "try"],
    &["measure", "quantify"],
    &["monitor", "watch", "keep an eye on"],
    &[
        "fix",
        "repair",
        "patch",
        "correct",
        "put right",
        "resolve",
        "solve",
        "make right",
    ],
    &[
        "deploy",
        "ship",
        "release",
        "roll out",
        "deployment",
        "rollout",
    ],
    &[
        "rebuild",
        "redesign",
        "rework",
        "rewrite",
        "reimplement",
        "redo",
    ],
    &[
        "propose",
        "suggest",
        "recommend",
        "push for",
        "put forward",
        "pitch",
    ],
    &["adopt", "take over", "take up", "copy"],
    &["tell", "inform", "let know", "write to", "notify"],
    &["ask", "request"],
    &[
        "turn off",
        "switch off",
        "shut off",
        "disable",
        "deactivate",
        "shut down",
        "turn back off",
    ],
    &["turn on", "switch on", "enable", "activate"],
    &["revert", "roll back", "back out", "undo"],
    &["stop", "halt", "end"],
    &["prevent", "avoid"],
    &["protect", "safeguard"],
    &["decide", "choose", "opt"],
    &["choose", "pick", "select", "set", "define"],
    &["compare", "match up", "line up", "correlate"],
    &[
        "interview",
        "speak with",
        "talk to",
        "speak to",
        "talk with",
    ],
    &["explain", "walk through"],
    &["show", "demonstrate"],
    &["teach", "train", "coach", "mentor"],
    &["document", "write up", "write down"],
    &["automate", "script"],
    &["begin", "start", "kick off"],
    &["finish", "complete", "wrap up"],
    &["lead", "run", "drive", "head"],
    &["need", "require"],
    &["use", "rely on"],
    &["help", "assist", "support"],
    &["own", "take ownership of", "be responsible for"],
    &["remove", "delete", "take out", "drop"],
    &["replace", "swap", "swap out"],
    &["migrate", "move"],
    &["persuade", "convince", "win over"],
    &["warn", "caution", "alert"],
    &["admit", "acknowledge", "own up"],
    &["thank", "credit"],
    &["believe", "think", "assume"],
    // Up and down.
    &[
        "fall",
        "drop",
        "decline",
        "decrease",
        "sink",
        "go",
        "come down",
        "go down",
    ],
    &[
        "rise", "increase", "grow", "climb", "jump", "go up", "go", "shoot up",
    ],
    &[
        "reduce",
        "cut",
        "lower",
        "bring down",
        "shrink",
        "decrease",
        "bring",
    ],
    &["raise", "increase", "boost", "lift", "bring up"],
    &[
        "recover",
        "save",
        "recoup",
        "win back",
        "get back",
        "regain",
        "claw back",
    ],
    &["return", "go back", "come back", "get back", "be back"],
    &["zero", "nothing", "none", "nil", "no"],
    &["half", "halve", "50"],
    &["double", "twice"],
    &["save", "spare", "cut"],
    &["speed up", "accelerate"],
    // People and their places.
    &["manager", "boss", "supervisor", "team lead", "line manager"],
    &[
        "colleague",
        "coworker",
        "teammate",
        "peer",
        "co worker",
        "team mate",
    ],
    &["customer", "client", "user", "shopper", "buyer"],
    &["engineer", "developer"],
    &["team", "group", "squad"],
    &["company", "organization", "business", "firm"],
    &[
        "organizational",
        "company wide",
        "organization wide",
        "org wide",
        "org",
        "organisation wide",
    ],
    &["doubter", "skeptic", "critic", "sceptic"],
    &["nobody", "not a single person", "not one person", "none"],
    // Things.
    &["ticket", "jira", "work item"],
    &["open", "file", "raise"],
    &[
        "job",
        "responsibility",
        "duty",
        "task",
        "remit",
        "area",
        "scope",
    ],
    &["service", "system", "component"],
    &["bug", "defect", "fault"],
    &["problem", "issue"],
    &["failure", "error", "fault"],
    &["cause", "reason"],
    &["alert", "alarm"],
    &["dlq", "dead letter queue", "dead letter"],
    &["queue", "q", "cue", "que"],
    &["webhook", "web hook", "callback"],
    &["pr", "pull request", "merge request", "mr"],
    &[
        "slo",
        "objective",
        "target",
        "service level objective",
        "goal",
    ],
    &["sla", "service level agreement"],
    &["lack", "absence"],
    &["shared", "common", "joint", "mutual"],
    &["share", "agree on", "have in common"],
    &["standard", "norm", "convention", "guideline"],
    &["standard", "default"],
    &["visibility", "insight", "overview", "view", "transparency"],
    &["gap", "hole", "blind spot"],
    &["systemic", "structural", "organizational", "system wide"],
    &["across", "cross", "between", "among", "multiple"],
    &["monitoring", "observability"],
    &["alerting", "alerts"],
    &["solution", "fix"],
    &["harm", "damage", "bleeding", "hurt"],
    &["limit", "threshold", "cap", "ceiling"],
    &["decision", "call", "choice"],
    &["inventory", "stock"],
    &["cancellation", "cancel", "canceled", "cancelled"],
    &["evidence", "proof", "data"],
    &["metric", "figure", "number"],
    &["outage", "downtime"],
    &["incident", "outage"],
    &["latency", "response time"],
    &["document", "doc"],
    &["template", "blueprint"],
    &["pattern", "approach", "design"],
    &["initiative", "first step"],
    &["money", "cost", "spend"],
    &["revenue", "sales", "turnover"],
    &["test", "testing"],
    &["postmortem", "post mortem", "retrospective"],
    &["rate", "percentage", "share"],
    &["mistake", "error"],
    // How things are.
    &["wrong", "mistaken", "incorrect"],
    &["sure", "certain", "confident", "convinced", "positive"],
    &["slowly", "slow", "gradually"],
    &["quickly", "quick", "fast", "rapidly", "rapid"],
    &["biggest", "strongest", "loudest", "fiercest", "harshest"],
    &["other", "another", "different", "more"],
    &[
        "local",
        "locally",
        "laptop",
        "on my machine",
        "on my laptop",
        "on my own machine",
    ],
    &["week", "7 days"],
    &["afterwards", "after", "later", "post"],
    &["first", "before anything else", "right away", "immediately"],
    &[
        "mine",
        "my job",
        "my responsibility",
        "my task",
        "my duty",
        "my remit",
    ],
    &["together", "jointly"],
    &["everyone", "everybody"],
    &["every", "each", "all"],
    &["previous", "earlier"],
    &["broken", "down"],
];
