//! Adding up what the test runners report.

/// The sum over all test programs of one run.
#[derive(Default, Debug)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests marked to be left out.
    pub ignored: u64,
    /// What the tests that failed are called.
    pub names: Vec<String>,
    /// Where they broke off, and with which words.
    panics: Vec<String>,
    /// The line before told where; the words follow.
    words_follow: bool,
}

/// So many names stand in a closing line, which may be all that is kept of a run.
const NAMED: usize = 10;

/// So many letters of what a test broke off with.
const TOLD: usize = 600;

impl Counts {
    /// Takes a line of Rust's test harness into account: `test result: ok. 5 passed; 0 failed; 1 ignored; …`, `test NAME ... FAILED`.
    pub fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.names.push(name.to_string());
        }
        self.read_panic(line);
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let number: u64 = number.parse().unwrap_or_default();
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// `thread 'NAME' (123) panicked at FILE:1:2:`, and in the next line the words.
    fn read_panic(&mut self, line: &str) {
        if self.words_follow {
            self.words_follow = false;
            if let Some(place) = self.panics.last_mut() {
                place.push(' ');
                place.extend(line.chars().take(TOLD));
            }
        } else if line.starts_with("thread '")
            && let Some((_, place)) = line.split_once(" panicked at ")
        {
            self.panics.push(place.to_string());
            self.words_follow = true;
        }
    }

    /// The closing words.
    pub fn closing(&self) -> String {
        let ignored = if self.ignored == 0 { String::new() } else { format!(", {} ignored", self.ignored) };
        let named = match self.names.split_at_checked(NAMED) {
            Some((first, _)) => format!(": {}, …", first.join(", ")),
            None if self.names.is_empty() => String::new(),
            None => format!(": {}", self.names.join(", ")),
        };
        let panics: String =
            self.panics.iter().take(NAMED).map(|told| format!("\n          {told}")).collect();
        format!("{} passed, {} failed{ignored}{named}{panics}", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_broke_off_with_is_told_where_it_happened() {
        let mut counts = Counts::default();
        counts.read("test a::b ... FAILED");
        for line in ["", "thread 'a::b' (77) panicked at src/a.rs:3:9:", "2 is not 3", "note: run with", ""] {
            counts.read(line);
        }
        assert_eq!(counts.closing(), "0 passed, 0 failed: a::b\n          src/a.rs:3:9: 2 is not 3");
    }

    #[test]
    fn results_add_up() {
        let mut counts = Counts::default();
        counts.read(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        counts.read("test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        counts.read("test tests::result ... ok");
        assert_eq!((counts.passed, counts.failed, counts.ignored), (12, 2, 1));
        assert_eq!(counts.closing(), "12 passed, 2 failed, 1 ignored");
        counts.read("test tests::result ... FAILED");
        counts.read("test other ... FAILED");
        assert_eq!(counts.closing(), "12 passed, 2 failed, 1 ignored: tests::result, other");
        counts.names.extend((0..9).map(|at| at.to_string()));
        assert!(counts.closing().ends_with("other, 0, 1, 2, 3, 4, 5, 6, 7, …"), "{}", counts.closing());
    }
}
