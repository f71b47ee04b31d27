//! Progress of long work: a bar on stderr, only when a person looks at it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// A bar that may be drawn.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar, hidden unless stderr is a terminal and `shown`.
    pub fn new(shown: bool) -> Bar {
        let bar = ProgressBar::no_length();
        if !shown || !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        bar.set_style(spinner());
        bar.enable_steady_tick(Duration::from_millis(120));
        Bar(bar)
    }

    /// What has been done, of how much if that is known, and what is being done.
    pub fn show(&self, done: u64, of: Option<u64>, what: String) {
        if let Some(of) = of.filter(|of| *of > 0) {
            if self.0.length() != Some(of.max(done)) {
                self.0.set_length(of.max(done));
                self.0.set_style(bar());
            }
            self.0.set_position(done);
        }
        self.0.set_message(what);
    }

    /// Takes the bar off the screen.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// About how long it still takes, to be read after something else; nothing where that is not known.
pub fn left(seconds: Option<u64>) -> String {
    match seconds {
        None => String::new(),
        Some(seconds) if seconds < 100 => format!(", about {seconds} s left"),
        Some(seconds) if seconds < 100 * 60 => format!(", about {} min left", seconds.div_ceil(60)),
        Some(seconds) => format!(", about {} h left", seconds.div_ceil(3_600)),
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end();
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}").expect("the template is valid")
}

fn bar() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {elapsed_precise} [{bar:30}] {pos}/{len} {msg}")
        .expect("the template is valid")
        .progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_its_largest_fitting_unit() {
        assert_eq!(left(None), "");
        assert_eq!(left(Some(42)), ", about 42 s left");
        assert_eq!(left(Some(200)), ", about 4 min left");
        assert_eq!(left(Some(7_000)), ", about 2 h left");
    }
}
