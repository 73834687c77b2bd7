//! The words that raise a red flag, as patterns that fit any story.

use std::sync::LazyLock;

use crate::analysis::finding::RedFlagKind;
use crate::analysis::language::token_pattern::TokenPattern;

/// A condition on a match in addition to the words of its pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing.
    Always,
    /// The speaker or "we" did what the first word, a verb, says.
    ByUs,
    /// There is no number in the sentence: with one, it can be checked.
    WithoutNumber,
    /// What was learned does not follow: "about how ..." says it.
    Unspecific,
}

pub(super) static PATTERNS: LazyLock<Vec<(RedFlagKind, Condition, TokenPattern)>> = LazyLock::new(
    || {
        use Condition::*;
        use RedFlagKind::*;
        let patterns = [
            (
                Assigned,
                Always,
                "MANAGER asked|told|wanted|instructed|needed|ordered|got me to",
            ),
            (
                Assigned,
                Always,
                "MANAGER .. asked|told|wanted|instructed me to",
            ),
            (Assigned, Always, "MANAGER asked me if|whether|for"),
            (
                Assigned,
                Always,
                "MANAGER assigned|tasked|delegated|gave .. me",
            ),
            (Assigned, Always, "MANAGER put me on"),
            (
                Assigned,
                Always,
                "they|he|she|someone|somebody|team|people asked|told|wanted me to",
            ),
            (
                Assigned,
                Always,
                "they|he|she|someone|somebody|team assigned|tasked|delegated .. me",
            ),
            (
                Assigned,
                Always,
                "i was|got|been assigned|tasked|instructed|ordered|requested",
            ),
            (Assigned, Always, "i was|got|been told that|i would|had"),
            // Not "I was told about the outage".
            (Assigned, Always, "i was|got|been asked|told to"),
            (
                Assigned,
                Always,
                "i was|got|been asked|told by MANAGER|them|him|her|someone|somebody|team to",
            ),
            (
                Assigned,
                Always,
                "i was|been given the|this|that|a task|ticket|job|project|assignment",
            ),
            (Assigned, Always, "assigned|delegated|given|handed to me"),
            (Assigned, Always, "it|this|that|was my assignment"),
            (Assigned, Always, "landed|put|dropped on my plate|desk"),
            (Assigned, Always, "at MANAGER request"),
            (Assigned, Always, "i was|got put in charge"),
            (
                Assigned,
                Always,
                "i was put on it|this|that|case|project|task",
            ),
            (
                Assigned,
                Always,
                "i got|received .. task|job|assignment|ticket|order from MANAGER",
            ),
            (
                Assigned,
                Always,
                "MANAGER handed|passed|gave it|this|that|task|case|job to me",
            ),
            (Assigned, Always, "MANAGER handed|passed me"),
            (Assigned, Always, "MANAGER .. said|asked please"),
            (
                Assigned,
                Always,
                "MANAGER .. said i|we should|must|had|have|needed",
            ),
            (Assigned, Always, "i was|got put into|onto"),
            (Routed, ByUs, "escalated"),
            (
                Routed,
                ByUs,
                "opened|filed|raised|created|logged ticket|case|request|incident",
            ),
            (Routed, ByUs, "let MANAGER know"),
            (
                Routed,
                ByUs,
                "told|informed|notified my|our MANAGER about|of",
            ),
            (
                Routed,
                ByUs,
                "waited for them|answer|reply|response|fix|team",
            ),
            (Routed, Always, "i|we had|have to wait"),
            (
                Routed,
                Always,
                "it|that|ticket|case was|is with the .. team|department|line|supplier|vendor",
            ),
            (
                Routed,
                Always,
                "they|he|she|MANAGER would|will pass it|this|that on",
            ),
            (Routed, Always, "can|could not do anything|much .. myself"),
            (Routed, Always, "do|did not have access"),
            (Routed, Always, "out of my hands|control"),
            (Routed, Always, "never heard anything|back|more"),
            (
                Routed,
                ByUs,
                "sent|dropped|shot .. message|email|mail|slack|ping|dm|note",
            ),
            (
                Routed,
                ByUs,
                "pinged|messaged|slacked|emailed|notified them|him|her|team|owners|folks",
            ),
            (
                Routed,
                ByUs,
                "pinged|messaged|slacked|emailed .. team|owners|lead|oncall",
            ),
            (
                Routed,
                ByUs,
                "opened|filed|raised|created|logged|wrote|made .. ticket|bug|issue for|with|to|against|in them|their|his|her|team|platform|board|backlog|queue",
            ),
            (
                Routed,
                ByUs,
                "handed|passed|forwarded|delegated|reassigned|kicked it|this|that|them over|off|on|along|to|back",
            ),
            (Routed, ByUs, "handed|passed|forwarded .. over|off|on|along"),
            (
                Routed,
                ByUs,
                "raised it|this|that|issue|problem|bug with|to them|team|platform|owners|lead",
            ),
            (
                Routed,
                ByUs,
                "left it|this|that|rest to|with|for them|him|her|team|platform",
            ),
            (
                Routed,
                ByUs,
                "reported it|this|that|problem|issue|bug to them|team|owners|platform|lead",
            ),
            (
                Routed,
                Always,
                "they|he|she|team|engineers|someone|somebody handled|handle",
            ),
            (
                Routed,
                Always,
                "they|he|she|team|engineers|someone|somebody took|take care",
            ),
            (
                Routed,
                Always,
                "they|he|she|team|engineers|someone|somebody took|take it from there",
            ),
            (
                Routed,
                Always,
                "they|he|she|team|engineers|someone|somebody dealt with",
            ),
            (
                Routed,
                Always,
                "they|he|she|team|engineers|someone|somebody sorted|fixed it|this|that|everything",
            ),
            (
                Vague,
                WithoutNumber,
                "things|thing|situation|everything|stuff|it got|became|were|was|is|are better",
            ),
            (
                Vague,
                WithoutNumber,
                "things|thing|situation|everything|stuff|it improved",
            ),
            (
                Vague,
                WithoutNumber,
                "improved somewhat|slightly|noticeably",
            ),
            (Vague, WithoutNumber, "improved a bit|little|lot"),
            (Vague, WithoutNumber, "somewhat better|improved|faster"),
            (Vague, WithoutNumber, "a lot|bit better"),
            (Vague, WithoutNumber, "things|it|everything worked out"),
            (
                Vague,
                WithoutNumber,
                "things|it|everything went well|fine|smoothly",
            ),
            (
                Vague,
                WithoutNumber,
                "things|it|everything turned out well|fine|okay|good",
            ),
            (
                Vague,
                Always,
                "team|everyone|everybody|manager|boss|lead|management|people|they|stakeholders was|were|is|seemed|felt happy|pleased|satisfied|glad|thrilled",
            ),
            (
                Vague,
                Always,
                "communication is|was|important|key|crucial|essential|matters important|key|crucial|essential|everything|vital",
            ),
            (Vague, Always, "communication matters"),
            (Vague, Always, "importance of .. communication"),
            (
                Vague,
                Always,
                "communicate|communicating better|more|earlier|clearly|clearer",
            ),
            (Vague, Always, "better communication"),
            (
                Vague,
                Always,
                "assumed|assume|assuming|figured|hoped|guess|guessed it|that|this|everything|fix worked|works|working|fine|fixed|okay|ok|good|solved|gone",
            ),
            (Vague, Unspecific, "learned|learnt a lot"),
            (Vague, Always, "i am more careful"),
            (Vague, Always, "i would|will|should be more careful"),
            (Vague, Always, "on the same page"),
            (
                Vague,
                Always,
                "everyone|everybody|people|team|all aligned|align",
            ),
            (Vague, Always, "shared vision|understanding|goal"),
            (
                Vague,
                Always,
                "everyone|everybody felt heard|included|valued|good",
            ),
            (Vague, Always, "fall|fell|falls into place"),
            (
                Vague,
                Always,
                "believe|believed in yourself|transparency|teamwork|communication|honesty|myself",
            ),
            (Vague, Always, "make|made things happen"),
            (Vague, Always, "gave|give it|them # percent"),
            (Vague, Always, "listen|listening|listened actively"),
            (
                Vague,
                Always,
                "how important it|that|this|communication|teamwork|planning|trust|listening is|was",
            ),
            (Vague, Always, "brought us|everyone|team closer"),
            (Vague, Always, "never seen anything like"),
            (Vague, Always, "can not communicate too much|enough"),
            (Vague, WithoutNumber, "as far as i know"),
            (Vague, WithoutNumber, "seemed|seem to like|enjoy|appreciate"),
            (
                Vague,
                WithoutNumber,
                "inspection|audit|review|launch|interview|release|visit|day|evening went well|fine|okay|smoothly|great",
            ),
            (Vague, Always, "great|good|valuable learning experience"),
            (
                Vague,
                Always,
                "everyone|everybody|all did|played their part|bit|best|share",
            ),
            (Vague, Always, "we all learned|learnt"),
            (Vague, WithoutNumber, "met|meet in the middle"),
            (
                Vague,
                WithoutNumber,
                "found|reached|made .. compromise|agreement|arrangement",
            ),
            (Vague, WithoutNumber, "agreed|settled on something"),
            (Vague, WithoutNumber, "found something that worked|works"),
            (
                Vague,
                WithoutNumber,
                "came to .. agreement|compromise|arrangement|understanding",
            ),
            (
                Vague,
                WithoutNumber,
                "we worked|work around|through|on it|that|this|them",
            ),
            (
                Vague,
                WithoutNumber,
                "it|things|everything|all was|got|were solved|sorted|resolved|fixed|handled",
            ),
            (
                Vague,
                WithoutNumber,
                "project|presentation|event|meeting|job went well|fine|okay|smoothly|great",
            ),
            (
                Vague,
                ByUs,
                "sorted|figured|worked it|that|things|everything out",
            ),
            (
                Vague,
                WithoutNumber,
                "feedback|response|reaction|reception .. positive|good|great|fantastic|amazing|excellent",
            ),
            (
                Vague,
                WithoutNumber,
                "overwhelmingly|very|really|extremely positive",
            ),
            (
                Vague,
                WithoutNumber,
                "moved|moves|brought|took us|company|team|business forward|further",
            ),
            (
                Vague,
                WithoutNumber,
                "much|far|lot better|clearer view|picture|understanding|visibility|position",
            ),
            (Vague, WithoutNumber, "put us in .. position|place"),
            (
                Vague,
                WithoutNumber,
                "nice|great|good|interesting|wonderful|amazing experience",
            ),
            (
                Vague,
                WithoutNumber,
                "mood|atmosphere|vibe|energy|morale|spirit .. better|good|great|positive",
            ),
            (
                Vague,
                WithoutNumber,
                "challenges|tensions|trouble|difficulties|disagreements|obstacles|hurdles|friction .. but those|they|that|these|we",
            ),
            (
                Vague,
                Always,
                "open|honest|transparent|constant communication|dialogue|dialog",
            ),
            (
                Vague,
                Always,
                "great|good products|results|things .. teams|people",
            ),
            (Vague, Always, "only as good|strong as"),
            (
                Vague,
                Always,
                "take|bring|get|bringing|taking people|everyone|everybody with|along you|us|on",
            ),
            (Vague, Always, "results|rest|success will|would follow"),
            (
                Vague,
                Always,
                "i have|had .. real|natural|good|great instinct|talent|gift|knack|feeling for",
            ),
            (Vague, Always, "i did what i always do"),
            (Vague, Always, "turned|turn on the charm"),
            (
                Vague,
                Always,
                "i am|was relentless|tireless|unstoppable|perfectionist",
            ),
            (Vague, Always, "good|great|strong under pressure"),
            (
                Vague,
                Always,
                "i am a|an .. great|natural|strong|born leader|communicator|player|listener",
            ),
            (
                Vague,
                Always,
                "followed|follow|following process|procedure|protocol|rules correctly|properly|exactly",
            ),
            (Vague, Always, "back and forth"),
            (Vague, Always, "more or less"),
            (Vague, Always, "did|do|gave|tried my|our best|all"),
            (Vague, Always, "worked|work really|very|so|extremely hard"),
            (
                Vague,
                Always,
                "is|be important to be|listen|communicate|talk|stay|have|understand|work",
            ),
            (
                Vague,
                Always,
                "teamwork|trust|honesty|patience|planning|listening|feedback|flexibility is|was|are really|very|so|always important|key|crucial|essential|everything",
            ),
            (
                Vague,
                Always,
                "important|importance of teamwork|listening|planning|trust|patience|feedback",
            ),
            (Vague, Always, "always try|tried to"),
            (Motiveless, Always, "somebody|someone had to do|say|it"),
            (
                Blame,
                Always,
                "nobody|none .. explained|showed|shown|trained|taught|warned|helped .. me|us",
            ),
            (
                Blame,
                Always,
                "can|could not rely|count|depend|trust on|other|others|them|people|anybody|anyone",
            ),
            (Blame, Always, "can|could not expect .. everything|me|us"),
            (Blame, Always, "ones who are|is|were supposed to"),
            (
                Blame,
                Always,
                "late|wrong every single|time|year|month|week",
            ),
            (
                Blame,
                Always,
                "nobody|none|say|think|claim .. my fault|mistake",
            ),
            (Blame, Always, "mistake|accident|disaster waiting to happen"),
            (Blame, Always, "not my|our fault|mistake|problem"),
            (Blame, Always, "their|his|her|team own fault|mistake"),
            (
                Blame,
                Always,
                "somebody|someone|other|their|his|her else|own|people job|mess",
            ),
            (Blame, Always, "what|that kind|sort of people|person"),
            (
                Blame,
                Always,
                "nobody|none .. cared|care|cares|bothered|listened|understood",
            ),
            (
                Blame,
                Always,
                "never|not even .. thanked|thanks|thank|apologized|sorry",
            ),
            (Blame, Always, "blamed me|us"),
            (
                Blame,
                Always,
                "messed|screwed it|this|that|everything|things up",
            ),
            (Blame, Always, "nothing to do with me|us|it"),
            (Blame, Always, "whenever they|he|she feel|feels|felt like"),
            (Blame, Always, "your|their|his|her mess"),
            (
                Blame,
                Always,
                "what they|he|she are|is|were|was paid for|to",
            ),
            (
                Blame,
                Always,
                "lazy|incompetent|useless|hopeless|clueless|unprofessional|careless|stubborn",
            ),
            (Blame, Always, "idiot|idiots|morons|amateurs"),
            (Blame, Always, "could|can not be bothered"),
            (Motiveless, Always, "free|spare|extra time"),
            (Motiveless, Always, "time to kill|spare"),
            (Motiveless, Always, "had nothing else|better to do"),
            (Motiveless, Always, "i was|got bored"),
            (
                Motiveless,
                Always,
                "seemed|looked|sounded|found|thought|was interesting|fun|cool",
            ),
            (
                Motiveless,
                Always,
                "slow|quiet week|day|month|sprint|afternoon",
            ),
            (Motiveless, Always, "out of curiosity|boredom"),
            (Motiveless, Always, "i was just|curious curious"),
            (Motiveless, Always, "i was curious"),
        ];
        let managers = "manager|boss|lead|supervisor|director|vp|cto|pm|management|head|superior";
        patterns
            .into_iter()
            .map(|(flag, condition, pattern)| {
                (
                    flag,
                    condition,
                    TokenPattern::new(&pattern.replace("MANAGER", managers)),
                )
            })
            .collect()
    },
);
