//! Journeys through the window, without a screen: each test operates it by labels and keys.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/history_fixture.rs"]
mod history_fixture;

mod harness;
mod past;

mod accessibility;
mod drop;
mod export;
mod flow;
mod history;
mod home;
mod learn;
mod mock_interview;
mod problems;
mod quiz;
mod recording;
mod review;
mod scrolling;
mod settings;
mod time_limit;
mod trends;
mod window_sizes;

use common::builders;
