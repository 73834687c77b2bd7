//! Words by which an outcome is told: people, benefits, harms, and what lasts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::analysis::language::{Token, lexicon, stem};

/// Whether a token names a month or a season.
pub(super) fn is_date(token: &Token) -> bool {
    token.any(&lexicon::MONTHS) || token.any(&lexicon::SEASONS)
}

/// A person or group of people.
pub(super) fn is_people(text: &str) -> bool {
    let by_ending = ["er", "or", "ist", "ian", "ers", "ors", "ists", "ians"]
        .iter()
        .any(|ending| text.len() > ending.len() + 3 && text.ends_with(ending));
    let is_thing = [
        "number",
        "order",
        "error",
        "paper",
        "letter",
        "computer",
        "server",
        "counter",
        "folder",
        "timer",
        "matter",
        "winter",
        "summer",
        "weather",
        "water",
        "power",
        "offer",
        "monitor",
        "floor",
        "door",
        "motor",
        "factor",
        "color",
        "quarter",
        "center",
        "cover",
        "printer",
        "router",
        "container",
        "filter",
        "buffer",
        "parser",
        "scanner",
        "dinner",
        "corner",
        "calendar",
    ];
    let is_thing = is_thing.contains(&text) || is_thing.contains(&text.trim_end_matches('s'));
    by_ending && !is_thing
        || lexicon::AGENTS.contains(&text)
        || [
            "he",
            "she",
            "they",
            "who",
            "people",
            "patient",
            "patients",
            "student",
            "students",
            "child",
            "children",
            "pupil",
            "pupils",
            "parent",
            "parents",
            "nurse",
            "nurses",
            "doctor",
            "doctors",
            "teacher",
            "teachers",
            "man",
            "woman",
            "family",
            "families",
            "guest",
            "guests",
            "driver",
            "drivers",
            "member",
            "members",
            "resident",
            "residents",
            "boys",
            "girls",
            "kids",
            "boy",
            "girl",
            "lady",
            "crew",
            "crews",
            "panel",
            "board",
            "committee",
            "council",
            "court",
            "judge",
            "jury",
            "supplier",
            "agency",
            "university",
            "hospital",
            "union",
            "ministry",
            "bank",
            "landlord",
            "couple",
            "class",
            "branches",
            "offices",
            "shops",
            "stores",
            "schools",
            "wards",
            "sites",
            "apps",
            "services",
            "squads",
        ]
        .contains(&text)
}

pub(super) fn is_pronoun(text: &str) -> bool {
    [
        "it", "that", "this", "which", "they", "he", "she", "there", "you",
    ]
    .contains(&text)
}

/// Stems of verbs that count an audience.
pub(super) const VANITY: [&str; 6] = ["view", "click", "like", "download", "visit", "attend"];

/// Stems of verbs of saying.
pub(super) const SAYS: [&str; 5] = ["say", "tell", "ask", "think", "mention"];

/// Groups whose content proves nothing: "everybody was happy".
pub(super) fn is_vague_crowd(text: &str) -> bool {
    [
        "everybody",
        "everyone",
        "people",
        "team",
        "boss",
        "manager",
        "management",
        "they",
        "it",
        "we",
        "all",
        "lead",
        "project",
        "things",
        "everything",
    ]
    .contains(&text)
}

/// Stems of verbs by which others show that it helped them.
pub(super) static BENEFITS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "thank",
        "praise",
        "renew",
        "stay",
        "return",
        "recover",
        "pass",
        "recommend",
        "order",
        "reorder",
        "buy",
        "sign",
        "accept",
        "win",
        "prevent",
        "save",
        "gain",
        "earn",
        "approve",
        "extend",
        "choose",
        "survive",
        "finish",
        "graduate",
        "heal",
        "apologize",
        "agree",
        "keep",
        "change",
        "wake",
        "walk",
        "book",
        "rehire",
        "promote",
        "join",
        "subscribe",
        "donate",
        "smile",
        "hug",
    ])
});

/// Stems of what is worth something by itself.
pub(super) static VALUED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "customer",
        "client",
        "patient",
        "student",
        "pupil",
        "child",
        "guest",
        "resident",
        "parent",
        "cost",
        "refund",
        "revenue",
        "sale",
        "order",
        "booking",
        "complaint",
        "claim",
        "alarm",
        "message",
        "score",
        "trust",
        "mark",
        "grade",
        "injury",
        "accident",
        "waste",
        "absence",
        "turnover",
        "overtime",
        "delivery",
        "return",
        "donation",
        "visitor",
        "member",
        "subscriber",
        "renewal",
        "infection",
        "attendance",
        "satisfaction",
        "churn",
        "profit",
        "budget",
        "sick",
        "queue",
        "wait",
        "waiting",
        "bill",
        "fine",
        "penalty",
    ])
});

/// Stems of what was avoided.
pub(super) static HARMS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "hurt",
        "injure",
        "lose",
        "loss",
        "lost",
        "complain",
        "complaint",
        "cancel",
        "quit",
        "fail",
        "failure",
        "die",
        "leave",
        "miss",
        "crash",
        "incident",
        "accident",
        "breach",
        "outage",
        "penalty",
        "fine",
        "refund",
        "escalate",
        "repeat",
        "error",
        "harm",
        "damage",
    ])
});

/// Stems of verbs by which others take something over.
pub(super) static ADOPTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "use", "adopt", "copy", "borrow", "follow", "reuse", "imitate", "request", "check", "run",
        "apply", "require", "include", "teach", "ask", "do", "start", "begin", "rely", "look",
        "call", "send", "write",
    ])
});

/// Stems of verbs by which something is put in place.
pub(super) static PUTS_IN_PLACE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "write",
        "put",
        "add",
        "make",
        "turn",
        "change",
        "set",
        "document",
        "create",
        "build",
        "introduce",
        "establish",
        "install",
        "automate",
        "publish",
        "share",
        "teach",
        "train",
        "update",
        "rewrite",
        "start",
        "agree",
        "record",
        "hang",
        "give",
    ])
});

/// Stems of nouns for what outlasts the story.
pub(super) static DURABLE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "runbook",
        "playbook",
        "guide",
        "guideline",
        "checklist",
        "template",
        "process",
        "policy",
        "rule",
        "standard",
        "training",
        "procedure",
        "handover",
        "wiki",
        "documentation",
        "handbook",
        "workshop",
        "session",
        "pipeline",
        "release",
        "monitoring",
        "dashboard",
        "nightly",
        "onboarding",
        "routine",
        "rota",
        "protocol",
        "calendar",
        "lint",
        "programme",
        "program",
        "curriculum",
        "syllabus",
        "menu",
        "handover",
        "sticker",
    ])
});

fn stems(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|word| stem(word)).collect()
}
