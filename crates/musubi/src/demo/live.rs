//! The demo as people see it: a picture that redraws itself, or lines when nobody watches.

use super::edits::Dice;
use super::office::{Done, Office};
use super::scene::{Scene, line};
use super::start::Stage;
use super::watcher::Watcher;
use crate::failure::Failure;
use crate::output::Output;
use crate::terminal::{self, Mode};
use std::io::{IsTerminal, Read, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// What the watcher looks at, how often.
const FRAME: Duration = Duration::from_millis(40);
/// Frames between two countings.
const COUNT_EVERY: u64 = 10;
/// Frames between two lines of figures when nobody watches.
const FIGURES_EVERY: u64 = 250;

type Shared = Arc<Mutex<Office>>;

/// Runs the demo until `q`, or for so many seconds.
pub async fn run(stage: &Stage, seed: u64, seconds: Option<u64>, output: Output) -> Result<(), Failure> {
    let mut watcher = Watcher::new(stage, stage.serving.workspace).await?;
    let console = format!("http://{}", stage.serving.address);
    let mut scene = Scene {
        console: console.clone(),
        orgs: stage.orgs.each_ref().map(|org| org.name.clone()),
        ..Scene::default()
    };
    let offices = stage.people.iter().map(|org| Office::new(stage.sandbox.base_url(), org.clone()));
    let offices: Vec<Shared> =
        offices.map(|made| made.map(|made| Arc::new(Mutex::new(made)))).collect::<Result<_, _>>()?;
    let (report, mut done) = mpsc::unbounded_channel();
    let mut people = JoinSet::new();
    for (side, office) in offices.iter().enumerate() {
        people.spawn(work(
            side,
            Arc::clone(office),
            Dice::new(seed.wrapping_add(side as u64)),
            report.clone(),
        ));
    }
    let mut screen = Screen::take(output);
    if !screen.is_terminal() {
        output.text(&format!("Console: {console}"))?;
    }
    let (pressed, mut keys) = mpsc::unbounded_channel();
    if screen.is_terminal() {
        // Reading a key blocks; the thread ends with the process.
        std::thread::spawn(move || read_keys(&pressed));
    }
    let mut own = [(0, 0); 2];
    for frame in 0u64.. {
        while let Ok((side, done)) = done.try_recv() {
            watcher.done(side, done, &mut scene);
        }
        let arrived = watcher.follow(&mut scene).await?;
        if frame.is_multiple_of(COUNT_EVERY) {
            for (own, office) in own.iter_mut().zip(&offices) {
                // Someone in the middle of a call keeps the office; the next counting finds them.
                if let Ok(office) = office.try_lock() {
                    *own = (office.person.calls, office.person.credits);
                }
            }
            watcher.count(&mut scene, own).await?;
        }
        screen.show(&scene, arrived, frame)?;
        if keys.try_recv().is_ok_and(|key| matches!(key, b'q' | b'Q'))
            || seconds.is_some_and(|end| scene.seconds >= end)
        {
            break;
        }
        if let Some(Ok(Err(failure))) = people.try_join_next() {
            return Err(failure);
        }
        tokio::time::sleep(FRAME).await;
    }
    screen.leave(&scene)
}

/// Somebody's day: an edit every second or so, once the first records have met.
async fn work(
    side: usize,
    office: Shared,
    mut dice: Dice,
    report: mpsc::UnboundedSender<(usize, Done)>,
) -> Result<(), Failure> {
    tokio::time::sleep(Duration::from_secs(4)).await;
    office.lock().await.look_around().await?;
    loop {
        let done = office.lock().await.work(&mut dice).await?;
        if let Some(done) = done
            && report.send((side, done)).is_err()
        {
            return Ok(());
        }
        let pause = 900 + 700 * side as u64 + if dice.chance(30) { 1_200 } else { 0 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

fn read_keys(pressed: &mpsc::UnboundedSender<u8>) {
    for key in std::io::stdin().lock().bytes() {
        let Ok(key) = key else { return };
        if pressed.send(key).is_err() {
            return;
        }
    }
}

/// Where the picture goes. Dropping it puts the terminal back.
struct Screen {
    output: Output,
    keys: Option<Mode>,
}

const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

impl Screen {
    fn take(output: Output) -> Screen {
        let live = std::io::stdout().is_terminal() && !output.is_json();
        if live {
            let _ = write!(std::io::stdout(), "{ENTER}");
        }
        Screen { output, keys: live.then(Mode::keys) }
    }

    fn is_terminal(&self) -> bool {
        self.keys.is_some()
    }

    fn show(&mut self, scene: &Scene, arrived: Vec<super::scene::Edit>, frame: u64) -> Result<(), Failure> {
        if !self.is_terminal() {
            for edit in arrived {
                self.output.text(&line(&scene.orgs, &edit))?;
            }
            if frame > 0 && frame.is_multiple_of(FIGURES_EVERY) {
                self.output.text(&scene.figures())?;
            }
            return Ok(());
        }
        let (columns, rows) = terminal::size().unwrap_or((100, 30));
        let lines = scene.draw(columns, rows);
        // No line break after the last line: it would scroll a terminal that is just high enough.
        let picture = lines[..lines.len().min(rows)].join("\x1b[K\r\n");
        let mut stdout = std::io::stdout().lock();
        let _ = write!(stdout, "\x1b[H{picture}\x1b[K\x1b[J").and_then(|()| stdout.flush());
        Ok(())
    }

    /// Puts the terminal back and leaves the last picture standing.
    fn leave(mut self, scene: &Scene) -> Result<(), Failure> {
        if self.is_terminal() {
            self.restore();
            let (columns, rows) = terminal::size().unwrap_or((100, 30));
            return self.output.text(&scene.draw(columns, rows).join("\n"));
        }
        self.output.text(&scene.figures())
    }

    fn restore(&mut self) {
        if self.keys.take().is_some() {
            let mut stdout = std::io::stdout();
            let _ = write!(stdout, "{LEAVE}").and_then(|()| stdout.flush());
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.restore();
    }
}
