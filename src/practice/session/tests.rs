//! Tests of the session. Events and effects are written as words: `start:a tick:3` leads to `open:a`.

use std::sync::Arc;

use super::*;
use crate::analysis::FindingKind;
use crate::domain::builders;
use crate::domain::builders::{TakeBuilder, webhook_story, words};
use crate::domain::caption::Caption;
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::story::{Level, Part, SectionKind};
use crate::domain::take::{Audio, Take, TakeId, Transcription};

fn session() -> Session {
    let parts = [SectionKind::Situation, SectionKind::Task].map(Part::Section);
    Session::new(
        Arc::new(webhook_story()),
        parts.to_vec(),
        Level::Mid,
        Profile::default(),
    )
}

fn transcription(text: &str) -> Box<Transcription> {
    Box::new(builders::transcription(words(text)))
}

#[test]
fn reopened_take_is_reviewed_with_or_without_transcript() {
    let story = Arc::clone(session().story());
    let untranscribed = TakeBuilder::new("a").section(SectionKind::Action).build();
    let profile = Profile::default();
    let (mut transcribed_now, effects) =
        Session::reopened(Arc::clone(&story), untranscribed.clone(), profile.clone());
    assert_eq!(effects, [Effect::Transcribe(untranscribed.id.clone())]);
    assert!(
        transcribed_now
            .secs_to_transcribe(&untranscribed.id)
            .is_some()
    );
    let words = transcription("I traced it and nobody had to ask");
    transcribed_now.handle(SessionEvent::Transcribed(
        untranscribed.id.clone(),
        words.clone(),
    ));
    let take = Take {
        transcription: Some(*words),
        ..untranscribed
    };
    let (transcribed_before, effects) =
        Session::reopened(Arc::clone(&story), take.clone(), profile.clone());
    assert_eq!(effects, []);
    for session in [&transcribed_now, &transcribed_before] {
        assert_eq!(*session.stage(), Stage::Review);
        assert_eq!(session.parts().len(), 5);
        let reviewed = session.reviewed(session.current()).expect("its review");
        assert_eq!(reviewed.take, take);
    }
    assert_eq!(
        transcribed_now.reviewed(transcribed_now.current()),
        transcribed_before.reviewed(transcribed_before.current())
    );

    // A whole answer is practiced together with its follow-ups.
    for (part, index) in [(Part::Whole, 0), (Part::FollowUp(2), 2)] {
        let take = Take {
            part,
            ..take.clone()
        };
        let (session, _) = Session::reopened(Arc::clone(&story), take, profile.clone());
        assert_eq!(session.parts().len(), 1 + story.follow_ups.len());
        assert_eq!(
            (session.parts()[0], session.current()),
            (Part::Whole, index)
        );
        assert_eq!(*session.stage(), Stage::Review);
    }
}

/// Sends one request or event, such as `start:a` or `tick:3`.
fn send(session: &mut Session, word: &str) -> Vec<Effect> {
    let (name, argument) = word.split_once(':').unwrap_or((word, ""));
    let id = TakeId(argument.to_owned());
    let request = match name {
        "start" => SessionRequest::Start(id, None),
        "stop" => SessionRequest::Stop,
        "cancel" => SessionRequest::Cancel,
        "retry" => SessionRequest::Retry,
        "next" => SessionRequest::Next,
        "finish" => SessionRequest::Finish,
        "goto" => SessionRequest::GoTo(argument.parse().expect("a number")),
        _ => return session.handle(event(name, argument)),
    };
    session.request(request)
}

fn event(name: &str, argument: &str) -> SessionEvent {
    let id = TakeId(argument.to_owned());
    match name {
        "tick" => SessionEvent::Ticked(argument.parse().expect("seconds")),
        "opened" => SessionEvent::MicrophoneOpened(id),
        "recorded" => SessionEvent::Recorded(id, 1.5),
        "saved" => SessionEvent::RecordingSaved(id, Audio::default()),
        "failed" => SessionEvent::RecordingFailed(id),
        "half" => SessionEvent::Progressed(id, 0.5),
        "transcribed" => SessionEvent::Transcribed(id, transcription("there was no ticket")),
        "untranscribed" => SessionEvent::TranscriptionFailed(id, "why".to_owned()),
        _ => panic!("no such event: {name}"),
    }
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::OpenMicrophone(id) => format!("open:{id}"),
        Effect::BeginRecording(id) => format!("begin:{id}"),
        Effect::EndRecording(id) => format!("end:{id}"),
        Effect::SaveTake(take) => format!("save:{}", take.id),
        Effect::Transcribe(id) => format!("transcribe:{id}"),
        Effect::CancelTranscription(id) => format!("cancel:{id}"),
    }
}

fn stage(stage: &Stage) -> String {
    match stage {
        Stage::Ready => "ready".to_owned(),
        Stage::CountIn { take, left, .. } => format!("count-in {take} {left}"),
        Stage::Answering { take, elapsed, .. } => format!("answering {} {elapsed}", take.id),
        Stage::Transcribing { take, progress } => {
            format!("transcribing {} {progress:?}", take.id)
        }
        Stage::Untranscribed { take, .. } => format!("untranscribed {}", take.id),
        Stage::Review => "review".to_owned(),
        Stage::Summary => "summary".to_owned(),
    }
}

/// Checks the stage after `events`, and all their effects.
fn check(events: &str, expected_stage: &str, expected_effects: &str) {
    let mut session = session();
    let effects: Vec<String> = events
        .split(' ')
        .flat_map(|word| send(&mut session, word))
        .map(|e| effect(&e))
        .collect();
    assert_eq!(stage(session.stage()), expected_stage, "after {events}");
    assert_eq!(effects.join(" "), expected_effects, "after {events}");
}

#[test]
fn prediction_is_used_only_if_final_transcript_matches() {
    let feedback_with = |prediction: Option<(&str, &str, Profile)>| {
        let mut session = session();
        for word in ["start:a", "tick:3", "opened:a", "stop", "saved:a"] {
            send(&mut session, word);
        }
        if let Some((take, text, profile)) = prediction {
            let predicted = transcription(text);
            let plan = session.plan().expect("a plan");
            let measurements = plan.measure(&predicted.voice, &predicted.transcript, &profile);
            let take = TakeId(take.to_owned());
            session.handle(SessionEvent::Predicted(take, Box::new(measurements)));
        }
        send(&mut session, "transcribed:a");
        session.reviewed(0).expect("a review").feedback.clone()
    };
    let unpredicted = feedback_with(None);
    let same = "there was no ticket";
    let other_profile = Profile {
        pace_red_wpm: [1.0, 2.0],
        ..Profile::default()
    };
    for (take, text, profile) in [
        ("a", same, Profile::default()),
        ("a", "I led it and we shipped it", Profile::default()),
        ("b", "I led it and we shipped it", Profile::default()),
        ("a", same, other_profile),
    ] {
        assert_eq!(
            feedback_with(Some((take, text, profile))),
            unpredicted,
            "{take}: {text}"
        );
    }
}

#[test]
fn take_goes_from_count_in_to_review() {
    check("start:a", "count-in a 3", "open:a");
    check("start:a tick:1 tick:5", "count-in a 0", "open:a");
    check("start:a tick:3 opened:a", "answering a 0", "open:a begin:a");
    // The take is saved once audio is on disk.
    check(
        "start:a tick:3 opened:a recorded:a recorded:a",
        "answering a 1.5",
        "open:a begin:a save:a",
    );
    check(
        "start:a opened:a tick:3 stop",
        "transcribing a None",
        "open:a begin:a end:a",
    );
    check(
        "start:a opened:a tick:3 stop saved:a half:a",
        "transcribing a Some(0.5)",
        "open:a begin:a end:a transcribe:a save:a",
    );
    check(
        "start:a opened:a tick:3 stop saved:a transcribed:a",
        "review",
        "open:a begin:a end:a transcribe:a save:a save:a",
    );
}

#[test]
fn start_and_next_move_through_the_parts() {
    let take = "start:a opened:a tick:3 stop saved:a transcribed:a";
    let done = "open:a begin:a end:a transcribe:a save:a save:a";
    check(
        &format!("{take} start:b"),
        "count-in b 3",
        &format!("{done} open:b"),
    );
    check(&format!("{take} next"), "ready", done);
    check(&format!("{take} next next"), "summary", done);
    check(&format!("{take} next goto:0"), "review", done);
}

#[test]
fn interview_shows_no_review_before_its_end() {
    let story = Arc::clone(session().story());
    let parts = vec![Part::Whole, Part::FollowUp(1)];
    let mut session = Session::interview(story, parts, Level::Mid, Profile::default());
    let mut after = |events: &str| {
        for word in events.split(' ') {
            send(&mut session, word);
        }
        (
            session.current(),
            stage(session.stage()),
            session.interview_phase(),
        )
    };
    let running = Some(InterviewPhase::Running);
    let take = |id: &str| format!("start:{id} opened:{id} tick:3 stop saved:{id} transcribed:{id}");
    assert_eq!(after(&take("a")), (1, "ready".to_owned(), running));
    // Answering a question again does not show the review of the first answer.
    assert_eq!(after("goto:0"), (0, "ready".to_owned(), running));
    assert_eq!(
        after("next start:b opened:b tick:3 stop saved:b untranscribed:b").1,
        "untranscribed b"
    );
    assert_eq!(after("next").1, "summary");
    let finished = Some(InterviewPhase::Finished);
    assert_eq!(after("goto:0"), (0, "review".to_owned(), finished));
    // After the interview, further takes are practice.
    assert_eq!(after(&take("c")), (0, "review".to_owned(), finished));
    assert_eq!(after("goto:1"), (1, "ready".to_owned(), finished));
    assert!(session.reviewed(0).is_some_and(|r| r.take.id.0 == "c"));
    // The answers of the interview do not change.
    assert!(
        session
            .interview_answer(0)
            .is_some_and(|r| r.take.id.0 == "a")
    );
    assert_eq!(session.interview_answer(1), None);
}

#[test]
fn new_profile_updates_feedback_of_reviewed_takes() {
    let story = Arc::clone(session().story());
    let parts = vec![Part::Section(SectionKind::Action)];
    let profile = Profile::default();
    let mut session = Session::interview(story, parts, Level::Mid, profile.clone());
    for word in ["start:a", "opened:a", "tick:3", "stop", "saved:a"] {
        send(&mut session, word);
    }
    let answer =
        transcription("We pulled the logs and we traced it and we wrote a patch and we shipped it");
    session.handle(SessionEvent::Transcribed(TakeId("a".to_owned()), answer));
    let we_findings = |session: &Session| {
        let counts = [session.reviewed(0), session.interview_answer(0)].map(|reviewed| {
            let findings = reviewed.expect("a review").feedback.findings.iter();
            findings
                .filter(|finding| matches!(finding.kind, FindingKind::We { .. }))
                .count()
        });
        assert_eq!(counts[0], counts[1]);
        counts[0]
    };
    assert_eq!(we_findings(&session), 1);
    session.set_profile(Profile {
        ownership: OwnershipStyle::Collaborative,
        ..profile.clone()
    });
    assert_eq!(we_findings(&session), 0);
    session.set_profile(profile);
    assert_eq!(we_findings(&session), 1);
}

#[test]
fn leaving_an_interview_would_lose_it_after_the_first_answer() {
    let story = Arc::clone(session().story());
    let parts = vec![Part::Whole, Part::FollowUp(1)];
    let mut session = Session::interview(story, parts, Level::Mid, Profile::default());
    let mut would_lose = |events: &str| {
        for word in events.split(' ') {
            send(&mut session, word);
        }
        session.would_lose_interview()
    };
    assert!(!would_lose("start:a opened:a tick:3 cancel saved:a"));
    assert!(would_lose(
        "start:b opened:b tick:3 stop saved:b untranscribed:b"
    ));
    assert!(would_lose("retry transcribed:b"));
    assert!(would_lose("start:c opened:c tick:3 cancel saved:c"));
    assert!(would_lose("finish goto:1"));
}

#[test]
fn recording_is_saved_however_the_take_ends() {
    let begun = "open:a begin:a";
    // Cancel while answering: the take is saved once its recording is complete.
    check(
        "start:a opened:a tick:3 cancel saved:a",
        "ready",
        &format!("{begun} end:a save:a"),
    );
    // Start over: likewise, during the next count-in.
    check(
        "start:a opened:a tick:3 start:b saved:a",
        "count-in b 3",
        &format!("{begun} end:a open:b save:a"),
    );
    // The microphone is lost: the recording so far is the take.
    check(
        "start:a opened:a tick:3 saved:a transcribed:a",
        "review",
        &format!("{begun} transcribe:a save:a save:a"),
    );
    // Cancel before the recording is complete: no transcription is started.
    check(
        "start:a opened:a tick:3 stop cancel saved:a",
        "ready",
        &format!("{begun} end:a cancel:a save:a"),
    );
    // Cancel during the transcription.
    check(
        "start:a opened:a tick:3 stop saved:a cancel transcribed:a",
        "ready",
        &format!("{begun} end:a transcribe:a save:a cancel:a"),
    );
    // The recognizer fails: retry.
    check(
        "start:a opened:a tick:3 stop saved:a untranscribed:a retry transcribed:a",
        "review",
        &format!("{begun} end:a transcribe:a save:a transcribe:a save:a"),
    );
}

#[test]
fn microphone_failure_leads_back_to_ready() {
    check("start:a failed:a", "ready", "open:a");
    check("start:a cancel", "ready", "open:a end:a");
}

#[test]
fn events_of_another_take_or_stage_change_nothing() {
    check("stop retry tick:9 transcribed:a saved:a", "ready", "");
    check(
        "start:b opened:a tick:3 recorded:a transcribed:a saved:a failed:a",
        "count-in b 0",
        "open:b",
    );
    check("start:a start:b next goto:1", "count-in a 3", "open:a");
}

/// Sends captions with these final words during a Situation, and returns after each the shown final
/// words and the planned phrases marked as said.
fn captioned(captions: &[&str]) -> Vec<String> {
    let mut session = session();
    for word in ["start:a", "opened:a", "tick:3"] {
        send(&mut session, word);
    }
    captions
        .iter()
        .map(|firm| {
            let caption = Caption {
                confirmed: transcription(firm).transcript.words,
                tentative: "and so on".to_owned(),
            };
            session.handle(SessionEvent::Captioned(
                TakeId("b".to_owned()),
                Caption::default(),
            ));
            session.handle(SessionEvent::Captioned(TakeId("a".to_owned()), caption));
            let Stage::Answering { caption, said, .. } = session.stage() else {
                panic!("{:?}", session.stage());
            };
            let planned = session.brief(0).expect("a part").phrases;
            assert_eq!(planned.len(), said.len());
            let marked = std::iter::zip(planned, said).filter(|(_, said)| **said);
            let marked: Vec<&str> = marked.map(|(phrase, _)| phrase.say.as_str()).collect();
            let words: Vec<&str> = caption.confirmed.iter().map(|w| w.text.as_str()).collect();
            format!("{} -> {}", words.join(" "), marked.join(", "))
        })
        .collect()
}

#[test]
fn planned_phrases_are_marked_as_they_are_said() {
    assert_eq!(
        captioned(&[
            "So",
            "So I noticed",
            "So I noticed it. There was no",
            "So I noticed it. There was no ticket."
        ]),
        [
            "So -> ",
            "So I noticed -> I noticed",
            "So I noticed it. There was no -> I noticed",
            "So I noticed it. There was no ticket. -> I noticed, no ticket",
        ]
    );
    // Final words do not change, and marked phrases stay marked.
    assert_eq!(
        captioned(&["I noticed it", "We ran it and it", "I"]),
        [
            "I noticed it -> I noticed",
            "I noticed it and it -> I noticed",
            "I noticed it and it -> I noticed",
        ]
    );
}
