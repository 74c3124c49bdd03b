//! A sign of life on a terminal, for work that takes longer than a second.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows itself after a second, and goes away when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    /// Dropping it tells the waiting thread that the work is done.
    _done: Option<Sender<()>>,
}

impl Progress {
    /// For work of unknown length.
    pub fn spinner(doing: &str) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").expect("the template is right");
        Self::later(ProgressBar::no_length().with_style(style).with_message(doing.to_owned()))
    }

    /// For a number of equal steps.
    pub fn steps(doing: &str, steps: usize) -> Self {
        let style =
            ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}").expect("the template is right");
        Self::later(ProgressBar::new(steps as u64).with_style(style).with_message(doing.to_owned()))
    }

    /// Says that a step is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    fn later(bar: ProgressBar) -> Self {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        let done = stderr().is_terminal().then(|| {
            let (done, waiting) = mpsc::channel();
            let shown = bar.clone();
            thread::spawn(move || {
                if waiting.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(Duration::from_millis(100));
                }
            });
            done
        });
        Progress { bar, _done: done }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
