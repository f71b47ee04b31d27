//! What the demo shows: a picture of both orgs as lines of text. Drawing is a calculation; `live.rs` puts it on the terminal.

use crate::terminal::{pad, width};
use std::collections::VecDeque;

/// How many edits stay in view.
const EDITS: usize = 12;

/// Everything in the picture.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Where the console is.
    pub console: String,
    /// The orgs' names, left and right.
    pub orgs: [String; 2],
    /// A row per module.
    pub modules: Vec<ModuleRow>,
    /// API calls the hub made, left and right.
    pub calls: [u64; 2],
    /// Credits they cost.
    pub credits: [u64; 2],
    /// Records added and updated by the hub.
    pub writes: u64,
    /// Writes somebody else overtook in the meantime, or that must be looked at by a person.
    pub attention: u64,
    /// Work known and not done yet.
    pub waiting: u64,
    /// The newest edits, the newest first.
    pub edits: VecDeque<Edit>,
    /// How long the edits took, in milliseconds, since the start.
    pub latencies: Vec<u64>,
    /// How long the demo has been running, in seconds.
    pub seconds: u64,
}

/// One module in both orgs.
#[derive(Clone, Debug, Default)]
pub struct ModuleRow {
    /// Its name.
    pub name: String,
    /// Records, left and right.
    pub records: [u64; 2],
    /// Pairs kept in agreement.
    pub links: u64,
}

/// An edit somebody made.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Time of day.
    pub at: String,
    /// In which org: 0 is left.
    pub side: usize,
    /// The module.
    pub module: String,
    /// By what people know the record.
    pub record: String,
    /// What was done, in a few words.
    pub what: String,
    /// When it was seen in the other org; nothing while it is under way.
    pub latency: Option<u64>,
}

impl Scene {
    /// Shows a new edit.
    pub fn edited(&mut self, edit: Edit) {
        self.edits.push_front(edit);
        self.edits.truncate(EDITS);
    }

    /// Half of all edits took no longer, and 99 of 100 took no longer.
    pub fn percentiles(&self) -> Option<(u64, u64)> {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = |share: usize| {
            sorted.get((sorted.len() * share / 100).min(sorted.len().saturating_sub(1))).copied()
        };
        Some((at(50)?, at(99)?))
    }

    /// The picture, at most so many columns wide; fewer edits are shown where there are few rows.
    pub fn draw(&self, columns: usize, rows: usize) -> Vec<String> {
        let columns = columns.clamp(60, 110);
        let mut lines = vec![self.title(columns), rule(columns)];
        let side = (columns - 14 - 2 * 9 - 8) / 2;
        let row = |name: &str, cells: [String; 4]| {
            format!(
                " {}  {}  {}  {}  {}",
                pad(name, 12),
                left_pad(&cells[0], side),
                left_pad(&cells[1], side),
                left_pad(&cells[2], 9),
                left_pad(&cells[3], 9)
            )
        };
        let heading = row("", [self.orgs[0].clone(), self.orgs[1].clone(), "in step".into(), String::new()]);
        lines.push(format!("{BOLD}{heading}{PLAIN}"));
        for module in &self.modules {
            let whole = module.links == module.records[0] && module.links == module.records[1];
            let mark = if whole { format!("{GREEN}✓{PLAIN}") } else { format!("{YELLOW}…{PLAIN}") };
            let text = row(
                &module.name,
                [
                    module.records[0].to_string(),
                    module.records[1].to_string(),
                    module.links.to_string(),
                    String::new(),
                ],
            );
            lines.push(format!("{} {mark}", text.trim_end()));
        }
        let api = |at: usize| format!("{} calls, {} credits", self.calls[at], self.credits[at]);
        lines.push(format!("{DIM}{}{PLAIN}", row("API", [api(0), api(1), String::new(), String::new()])));
        lines.push(String::new());
        lines.push(self.figures());
        lines.push(rule(columns));
        let room = rows.saturating_sub(lines.len() + 2).clamp(3, EDITS);
        lines.extend(self.edits.iter().take(room).map(|edit| self.edit(edit, columns)));
        lines.extend((self.edits.len().min(room)..room).map(|_| String::new()));
        lines.push(rule(columns));
        lines.push(format!(
            " Console: {BOLD}{}{PLAIN}{DIM}   two people keep editing, one in each org; q ends the demo{PLAIN}",
            self.console
        ));
        lines
    }

    fn title(&self, columns: usize) -> String {
        let state = if self.waiting == 0 { "in agreement" } else { "working" };
        let colour = if self.waiting == 0 { GREEN } else { YELLOW };
        let time = format!("{:02}:{:02}", self.seconds / 60, self.seconds % 60);
        let left = " Musubi 結び";
        let gap = columns.saturating_sub(width(left) + state.len() + time.len() + 4);
        format!("{BOLD}{left}{PLAIN}{}{colour}{state}{PLAIN}  {time}", " ".repeat(gap))
    }

    /// The figures in one line.
    pub fn figures(&self) -> String {
        let latency = match self.percentiles() {
            Some((median, most)) => {
                format!("an edit arrives after {median} ms (median), {most} ms (99 of 100)")
            }
            None => "waiting for the first edit".to_owned(),
        };
        let attention =
            if self.attention == 0 { String::new() } else { format!("   {} to look at", self.attention) };
        format!(" {} records written   {latency}{attention}", self.writes)
    }

    fn edit(&self, edit: &Edit, columns: usize) -> String {
        let short = |name: &str| {
            name.strip_prefix("Musubi ").unwrap_or(name).split(' ').next().unwrap_or("").to_owned()
        };
        let way = format!("{} → {}", short(&self.orgs[edit.side]), short(&self.orgs[1 - edit.side]));
        let end = match edit.latency {
            Some(latency) => format!("{GREEN}{}{PLAIN}", left_pad(&format!("{latency} ms"), 9)),
            None => format!("{YELLOW}{}{PLAIN}", left_pad("…", 9)),
        };
        let room = columns.saturating_sub(8 + 2 + 16 + 2 + 9 + 2 + 12);
        let text = format!("{}: {}", edit.record, edit.what);
        format!(
            " {DIM}{}{PLAIN}  {}  {}  {} {end}",
            edit.at,
            pad(&way, 16),
            pad(&edit.module, 9),
            pad(&text, room)
        )
    }
}

/// An edit that arrived, as one line for a log.
pub fn line(orgs: &[String; 2], edit: &Edit) -> String {
    let latency = edit.latency.map_or("on its way".to_owned(), |latency| format!("{latency} ms"));
    format!(
        "{}  {} → {}  {}  {}: {}  {latency}",
        edit.at,
        orgs[edit.side],
        orgs[1 - edit.side],
        edit.module,
        edit.record,
        edit.what
    )
}

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

fn rule(columns: usize) -> String {
    format!("{DIM} {}{PLAIN}", "─".repeat(columns.saturating_sub(2)))
}

fn left_pad(text: &str, columns: usize) -> String {
    let taken = width(text);
    if taken > columns { pad(text, columns) } else { format!("{}{text}", " ".repeat(columns - taken)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        let mut scene = Scene {
            orgs: ["Musubi Tokyo K.K.".into(), "Musubi London Ltd".into()],
            modules: vec![
                ModuleRow { name: "Accounts".into(), records: [40, 40], links: 40 },
                ModuleRow { name: "Contacts".into(), records: [120, 119], links: 119 },
            ],
            calls: [12, 34],
            credits: [12, 30],
            writes: 71,
            waiting: 1,
            latencies: vec![80, 40, 60],
            seconds: 65,
            ..Scene::default()
        };
        let edit = |record: &str, latency| Edit {
            at: "12:00:01".into(),
            side: 0,
            module: "Contacts".into(),
            record: record.into(),
            what: "Title = 部長".into(),
            latency,
        };
        scene.edited(edit("佐藤 遥香", Some(84)));
        scene.edited(edit("Grace Bennett", None));
        scene
    }

    fn plain(line: &str) -> String {
        [BOLD, DIM, GREEN, YELLOW, PLAIN].iter().fold(line.to_owned(), |line, code| line.replace(code, ""))
    }

    #[test]
    fn the_picture() {
        let lines: Vec<String> = scene().draw(80, 50).iter().map(|line| plain(line)).collect();
        let shown: Vec<&str> = lines[..11].iter().map(|line| line.trim_end()).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
         Musubi 結び                                                    working  01:05
         ──────────────────────────────────────────────────────────────────────────────
                          Musubi Tokyo K.K.     Musubi London Ltd    in step
         Accounts                        40                    40         40 ✓
         Contacts                       120                   119        119 …
         API           12 calls, 12 credits  34 calls, 30 credits

         71 records written   an edit arrives after 60 ms (median), 80 ms (99 of 100)
         ──────────────────────────────────────────────────────────────────────────────
         12:00:01  Tokyo → London    Contacts   Grace Bennett: Title = 部長           …
         12:00:01  Tokyo → London    Contacts   佐藤 遥香: Title = 部長           84 ms
        ");
        assert!(lines.iter().all(|line| width(line) <= 80), "a line is too long");
    }

    #[test]
    fn the_picture_keeps_its_height_and_its_edits() {
        let mut scene = scene();
        let before = scene.draw(100, 24).len();
        for n in 0..40 {
            scene.edited(Edit {
                at: "12:00:02".into(),
                side: 1,
                module: "Deals".into(),
                record: format!("Deal {n}"),
                what: "Amount = 1".into(),
                latency: Some(n),
            });
        }
        assert_eq!(scene.draw(100, 24).len(), before);
        assert!(before <= 24);
        assert_eq!(scene.percentiles(), Some((60, 80)));
    }
}
