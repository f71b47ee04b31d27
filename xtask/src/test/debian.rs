//! Fetching a program from Debian's packages where it is missing and we may.

use super::{identity, runner};
use crate::say;
use std::process::Command;

/// Makes sure that a thing is there; installs the packages that bring it where we are root.
pub fn ensure(what: &str, is_there: impl Fn() -> bool, packages: &[&str]) -> Result<(), String> {
    if is_there() {
        return Ok(());
    }
    let names = packages.join(" ");
    if !identity::is_root() {
        return Err(format!("{what} is missing; install it: sudo apt-get install {names}"));
    }
    if !runner::exists("apt-get") {
        return Err(format!(
            "{what} is missing, and there is no apt-get; install Debian's {names} or their like"
        ));
    }
    say::line(&format!("{what} is missing; installing {names}"));
    apt(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend_from_slice(packages);
    apt(&install)?;
    if is_there() { Ok(()) } else { Err(format!("{what} is still missing after installing {names}")) }
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.args(["-q"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let ended = runner::run(command, |_| ())?;
    if ended.success { Ok(()) } else { Err(format!("apt-get {} failed, see above", arguments.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_installed_that_is_there() {
        assert_eq!(ensure("the shell", || true, &["no-such-package"]), Ok(()));
    }
}
