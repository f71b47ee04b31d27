//! A helper process that outlives nobody: it ends with us, however we end.
//!
//! The program runs under a small shell that waits on a pipe from us. When the pipe closes, because we are done, or
//! failed, or were killed, the shell ends the program by its process id and removes its folder. Ctrl-C reaches the
//! shell too; it only makes it begin its work at once.

use super::identity::ServiceUser;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// `$0` is the folder to remove at the end (or empty), `$1` the signal that asks for the end, the rest the program.
const SHELL: &str = r#"
signal=$1
shift
trap ':' HUP INT TERM
"$@" &
program=$!
cat >/dev/null
kill -s "$signal" "$program" 2>/dev/null
( sleep 5; kill -s KILL "$program" ) >/dev/null 2>&1 </dev/null &
killer=$!
while kill -s 0 "$program" 2>/dev/null; do wait "$program" 2>/dev/null; done
kill "$killer" 2>/dev/null
if [ -n "$0" ]; then rm -rf "$0"; fi
"#;

/// The signal that asks a program to end, because they listen to different ones.
#[derive(Clone, Copy)]
pub enum Ending {
    /// A database server: end now, in good order.
    Interrupt,
    /// Anything else.
    Terminate,
}

/// A running helper process.
pub struct Guarded {
    shell: Child,
    hold: Option<ChildStdin>,
}

impl Guarded {
    /// Starts a program; `folder`, if any, is removed after it ended. The program's output is handed out.
    pub fn start(
        program: &Command,
        ending: Ending,
        user: Option<ServiceUser>,
        folder: Option<&Path>,
    ) -> Result<(Guarded, ChildStdout), String> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(SHELL).arg(folder.unwrap_or_else(|| Path::new("")));
        shell.arg(match ending {
            Ending::Interrupt => "INT",
            Ending::Terminate => "TERM",
        });
        shell.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        if let Some(directory) = program.get_current_dir() {
            shell.current_dir(directory);
        }
        if let Some(user) = user {
            shell.gid(user.gid).uid(user.uid);
        }
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| {
            format!("`{}` could not be started: {error}", program.get_program().display())
        })?;
        let hold = shell.stdin.take();
        let output = shell.stdout.take().expect("its output is piped to us");
        Ok((Guarded { shell, hold }, output))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.hold.take());
        // Nothing is left to do when waiting fails: the shell does its work without us.
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::path::PathBuf;

    fn alive(pid: &str) -> bool {
        // A zombie is no longer alive; only its parent has not looked yet.
        std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[test]
    fn the_program_and_its_folder_end_with_the_guard() {
        let folder: PathBuf = std::env::temp_dir().join(format!("musubi-guard-test-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        let mut program = Command::new("sh");
        program.args(["-c", "echo $$ $GREETING; exec sleep 600"]).env("GREETING", "hello");
        let (guarded, output) = Guarded::start(&program, Ending::Terminate, None, Some(&folder)).unwrap();
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        let (pid, greeting) = line.trim().split_once(' ').unwrap();
        assert_eq!(greeting, "hello");
        assert!(alive(pid));
        drop(guarded);
        assert!(!alive(pid));
        assert!(!folder.exists());
    }
}
