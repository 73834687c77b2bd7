//! Tests of the segmenter. Speech is written as spans of seconds, windows as `start-end`.

use super::*;

/// The segmenter after `seconds` with the given speech, and the completed windows.
fn spoken(speech: &[(Secs, Secs)], seconds: Secs) -> (Segmenter, Vec<Span>) {
    let mut segmenter = Segmenter::default();
    let mut windows = Vec::new();
    for hop in 0..(seconds / HOP_SECS) as usize {
        let middle = (hop as f64 + 0.5) * HOP_SECS;
        let speaks = speech.iter().any(|(a, b)| (*a..*b).contains(&middle));
        windows.extend(segmenter.push(if speaks { 0.9 } else { 0.1 }));
    }
    (segmenter, windows)
}

/// Checks the windows of speech given as `1-8 9-20` in `seconds` of audio; the open window follows
/// after a bar.
fn check(speech: &str, seconds: Secs, expected: &str) {
    let spans: Vec<(Secs, Secs)> = speech
        .split_whitespace()
        .map(|span| {
            let (a, b) = span.split_once('-').expect("a-b");
            (a.parse().expect("secs"), b.parse().expect("secs"))
        })
        .collect();
    let (segmenter, cut) = spoken(&spans, seconds);
    let text = |w: &Span| format!("{:.1}-{:.1}", w.start, w.end);
    let mut found: Vec<String> = cut.iter().map(text).collect();
    found.extend(
        segmenter
            .open_window(seconds)
            .iter()
            .map(|w| format!("| {}", text(w))),
    );
    assert_eq!(found.join(" "), expected, "{speech}");
}

#[test]
fn windows_end_in_pauses() {
    check("", 5.0, "");
    check("1-3", 4.0, "| 0.5-3.3");
    check("1-3", 3.1, "| 0.5-3.1");
    // A pause ends a long window, a short pause ends a very long one.
    check("1-3 3.7-6.5 7.2-8.5", 9.5, "0.5-6.8 | 6.8-8.8");
    check("1-3 3.7-10 10.4-12", 13.0, "0.5-10.3 | 10.3-12.3");
    // A long silence ends any window and is left out.
    check("1-2 15-16", 17.0, "0.5-2.3 | 14.6-16.3");
}

#[test]
fn speech_without_a_pause_is_cut_at_the_quietest_point() {
    check("0-6 6.2-20", 20.0, "0.0-6.1 6.1-11.3 | 11.3-20.0");
    let mut segmenter = Segmenter::default();
    let mut cut = Vec::new();
    for hop in 0..500 {
        let soft = (300..305).contains(&hop);
        cut.extend(segmenter.push(if soft { 0.5 } else { 0.9 }));
    }
    assert_eq!(cut.len(), 1);
    assert!(
        (cut[0].end - 302.0 * HOP_SECS).abs() < 1e-9,
        "{}",
        cut[0].end
    );
    assert_eq!(segmenter.speech().len(), 1);
    assert_eq!(
        segmenter.open_window(16.0).map(|w| w.start),
        Some(cut[0].end)
    );
}

#[test]
fn completed_windows_do_not_change() {
    // Random speech and silences of every length.
    let mut state = 1_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut segmenter = Segmenter::default();
    let mut windows: Vec<(Span, Vec<Span>)> = Vec::new();
    let clipped = |segmenter: &Segmenter, window: Span| -> Vec<Span> {
        let inside = segmenter
            .speech()
            .into_iter()
            .map(|span| Span::new(span.start.max(window.start), span.end.min(window.end)));
        inside.filter(|span| !span.is_empty()).collect()
    };
    for _ in 0..3000 {
        let longest = [3, 12, 30, 120][random(4) as usize];
        for hops in [random(longest), random(longest / 2 + 1)] {
            let probability = if hops % 2 == 0 { 0.9 } else { 0.1 };
            for _ in 0..hops {
                if let Some(window) = segmenter.push(probability) {
                    let before = windows.last().map_or(0.0, |(last, _)| last.end);
                    assert!(window.start >= before && window.len() < MAX_WINDOW);
                    assert!(!clipped(&segmenter, window).is_empty(), "{window:?}");
                    windows.push((window, clipped(&segmenter, window)));
                }
            }
        }
    }
    assert!(windows.len() > 300, "{}", windows.len());
    for (window, speech) in &windows {
        assert_eq!(clipped(&segmenter, *window), *speech, "{window:?}");
    }
    // All speech before the open window is in a window.
    let open = segmenter
        .open_window(f64::INFINITY)
        .map_or(f64::INFINITY, |rest| rest.start);
    for span in segmenter.speech() {
        let covered: Secs = windows
            .iter()
            .map(|(w, _)| (span.end.min(w.end) - span.start.max(w.start)).max(0.0))
            .sum();
        let outside = span.end.min(open) - span.start - covered;
        assert!(outside < 1e-6, "{span:?} lacks {outside}");
    }
}

/// Checks the final windows of speech that is stopped after `seconds`.
fn check_last(speech: &[(Secs, Secs)], seconds: Secs, expected: &str) {
    let (segmenter, _) = spoken(speech, seconds);
    let text = |part: &WindowPart| {
        let soft = if part.ends_in_pause { "" } else { "~" };
        format!("{:.1}-{:.1}{soft}", part.window.start, part.window.end)
    };
    let last: Vec<String> = segmenter.final_windows(seconds).iter().map(text).collect();
    assert_eq!(last.join(" "), expected, "{speech:?}");
}

#[test]
fn interrupted_speech_has_two_final_windows() {
    // The first part ends in a pause, unless the answer is short ...
    check_last(&[(0.5, 3.0), (3.5, 9.0)], 6.0, "0.1-3.3 3.3-6.0~");
    check_last(&[(0.5, 3.0), (3.5, 9.0)], 4.9, "0.1-4.9~");
    // ... or the tail would be too short: then it ends in the pause before.
    check_last(
        &[(0.5, 3.0), (3.5, 5.5), (6.0, 9.0)],
        7.0,
        "0.1-3.3 3.3-7.0~",
    );
    check_last(&[(0.5, 4.5), (5.0, 9.0)], 6.0, "0.1-6.0~");
    // Speech without a pause is cut at a gap between words.
    check_last(&[(0.5, 4.0), (4.2, 9.0)], 8.0, "0.1-4.1~ 4.1-8.0~");
    // A pause before the tail is left out.
    check_last(&[(0.5, 2.0), (4.6, 9.0)], 7.5, "0.1-2.3 4.2-7.5~");
    check_last(&[(0.5, 2.0), (4.6, 9.0)], 5.2, "0.1-5.2~");
    // In silence there is one window.
    check_last(&[(0.5, 3.0), (3.5, 6.0)], 6.4, "0.1-6.3");
    check_last(&[], 3.0, "");
}

#[test]
fn no_window_ends_at_the_start_of_a_word() {
    // Two hops of a word, a dip, the rest of the word.
    check("0.5-9.28 9.568-9.632 9.696-11", 12.0, "0.1-11.3");
    // A silence before the quietest point stays outside.
    check("0-3.9 6.7-16", 16.0, "0.0-5.1 | 6.2-16.0");
}

#[test]
fn speech_starts_and_ends_at_different_probabilities() {
    let mut segmenter = Segmenter::default();
    let word = [0.6, 0.9, 0.4, 0.9, 0.3];
    let click = [0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.0];
    for probability in [0.1; 10].into_iter().chain(word).chain(click) {
        segmenter.push(probability);
    }
    let spans = segmenter.speech();
    assert_eq!(spans.len(), 1);
    assert!((spans[0].start - 0.32).abs() < 1e-9);
    assert!((spans[0].end - 0.448).abs() < 1e-9);
}

#[test]
fn may_have_ended_once_the_open_window_has_arrived() {
    let mut segmenter = Segmenter::default();
    for hop in 0..120 {
        segmenter.push(if hop < 60 { 0.9 } else { 0.1 });
        let quiet = (hop + 1).max(60) - 60;
        assert_eq!(
            segmenter.may_have_ended(),
            quiet as f64 * HOP_SECS >= LEAD_OUT,
            "{hop}"
        );
        if segmenter.may_have_ended() {
            let whole = segmenter.open_window(f64::INFINITY).expect("a window");
            assert_eq!(
                segmenter.open_window((hop + 1) as f64 * HOP_SECS),
                Some(whole)
            );
        }
    }
}
