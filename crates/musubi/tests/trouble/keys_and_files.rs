//! Trouble that comes from this machine: configuration, key, database, disk.

use crate::program::database::Database;
use crate::world::World;
use std::path::{Path, PathBuf};
use std::process::Command;

const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

#[test]
fn a_broken_configuration_changes_nothing() {
    let world = World::new();
    world.apply();
    let before = world.home.run(&["status", "--json"]).json();
    let good = world.configuration();
    let broken = [
        (good.replace("[integrations.two]", "[integrations.two"), "config.syntax", "line"),
        (good.replace("left = \"paris\"", "left = \"pariss\""), "config.", "did you mean \"paris\"?"),
        (good.replace("match = ", "macht = "), "config.syntax", "did you mean `match`?"),
        (
            good.replacen("match = [\"Email\"]", "match = [\"Email\"]\ndirection = \"sideways\"", 1),
            "config.syntax",
            "both",
        ),
        (good.replace("service = \"crm\"", "service = \"crn\""), "config.", "crm"),
        (good.replace("right = \"rome\"", "right = \"paris\""), "config.", "two"),
    ];
    for (text, code, told) in broken {
        std::fs::write(world.home.path().join("broken.toml"), text).unwrap();
        let ended = world.home.run(&["apply", "broken.toml", "--yes"]);
        assert_eq!(ended.code, 4, "{told}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.starts_with(&format!("error[{code}")), "{told}: {}", ended.stderr);
        assert!(ended.stderr.contains(told) && ended.stderr.contains("hint: "), "{told}: {}", ended.stderr);
    }
    let after = world.home.run(&["status", "--json"]).json();
    assert_eq!(
        (&after["integrations"], &after["connections"]),
        (&before["integrations"], &before["connections"])
    );
}

#[test]
fn another_key_opens_nothing_and_spoils_nothing() {
    let world = World::new();
    world.apply();
    assert_eq!(world.run("two").code, 0);
    let key = world.home.path().join("data/musubi.key");
    let original = std::fs::read(&key).unwrap();
    for (content, code) in
        [(vec![9; 32], "store.wrong_key"), (vec![9; 31], "store.key_file"), (Vec::new(), "store.key_file")]
    {
        std::fs::write(&key, &content).unwrap();
        for command in [
            &["status"][..],
            &["run", "two"],
            &["serve", "--listen", "127.0.0.1:0"],
            &["apply", "musubi.toml"],
        ] {
            let ended = world.home.run(command);
            assert_eq!(ended.code, 6, "{command:?}: {}", ended.stderr);
            assert!(ended.stderr.starts_with(&format!("error[{code}]")), "{command:?}: {}", ended.stderr);
        }
        assert_eq!(std::fs::read(&key).unwrap(), content, "the key file was changed");
    }
    // A lost key is not made anew beside a database that was encrypted with it.
    std::fs::remove_file(&key).unwrap();
    let ended = world.home.run(&["status"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error[store.wrong_key]"), "{}", ended.stderr);
    std::fs::write(&key, original).unwrap();
    assert_eq!(world.run("two").code, 0);
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let Some(database) = Database::make() else { return };
    let mut world = World::new();
    world.home.set("MUSUBI_DATABASE", &database.url);
    world.home.set("MUSUBI_KEY", KEY);
    world.apply();
    assert!(world.run("two").code == 0 && world.add(2, "Contacts").contains('@'));
    database.tell("insert into schema_version (version) values (1000)");
    let commands: [&[&str]; 6] = [
        &["status"],
        &["run", "two"],
        &["verify", "two"],
        &["serve", "--listen", "127.0.0.1:0"],
        &["apply", "musubi.toml", "--yes"],
        &["backup", "copy.backup"],
    ];
    for command in commands {
        let ended = world.home.run(command);
        assert_eq!(ended.code, 6, "{command:?}: {}", ended.stderr);
        assert!(ended.stderr.starts_with("error[store.newer_version]"), "{command:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
    }
    database.tell("delete from schema_version where version = 1000");
    assert_eq!(world.run("two").code, 0);
    assert_eq!(world.home.run(&["verify", "two"]).code, 0);
}

/// A disk of its own, of so many megabytes; gone with this.
struct Disk(PathBuf);

impl Disk {
    /// None where this user may not make one.
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    fn make(at: &Path, megabytes: u32) -> Option<Disk> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={megabytes}m,mode=700");
        let made = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output();
        if made.is_ok_and(|made| made.status.success()) {
            return Some(Disk(at.to_owned()));
        }
        eprintln!("skipped: only a user who may mount a small disk can fill it up");
        None
    }

    fn resize(&self, megabytes: u32) {
        let options = format!("remount,size={megabytes}m");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_stops_the_work_and_room_lets_it_go_on() {
    let mut world = World::new();
    let folder = world.home.path().join("small");
    let Some(disk) = Disk::make(&folder, 2) else { return };
    world.home.set("MUSUBI_DATA", folder.to_str().unwrap());
    world.apply();
    for side in [2, 3] {
        let path = format!("orgs/{}/generate", world.service.org(side));
        world.service.control(&path, &serde_json::json!({"module": "Contacts", "count": 1500, "seed": 3}));
    }
    // The room left is taken by somebody else.
    let ballast = folder.join("ballast");
    let mut size = 2 << 20;
    while size > 4096 && std::fs::write(&ballast, vec![1; size]).is_err() {
        size -= 64 << 10;
    }
    let ran = world.run("two");
    assert_eq!(ran.code, 6, "{}{}", ran.stdout, ran.stderr);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], "store.full", "{error}");
    assert!(error["hint"].as_str().unwrap().contains("free some space"), "{error}");

    // A hub that meets a full disk goes on by itself when there is room.
    std::fs::remove_file(&ballast).unwrap();
    disk.resize(3);
    let log = world.home.path().join("hub.log");
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--log", "warn"];
    arguments.extend(crate::world::BOUNDS);
    let hub = world.home.spawn_logging(&arguments, &log);
    // It cannot note that the disk is full where there is no room to note anything: its log says so.
    let told = || std::fs::read_to_string(&log).is_ok_and(|text| text.contains("store.full"));
    assert!(crate::world::within(40, told), "{}", std::fs::read_to_string(&log).unwrap_or_default());
    disk.resize(64);
    assert!(crate::world::within(40, || world.home.run(&["verify", "two"]).code == 0), "it did not recover");
    assert_eq!(hub.interrupt(), 0);
    let contacts = |side: usize| world.people[side].all("Contacts", &["Email"]).len();
    assert_eq!((contacts(2), contacts(3)), (1500, 1500), "records were doubled or lost");
}
