//! What people and scripts are told: help, exit codes, mistakes.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;

/// Exit code and what stands on stderr, for these arguments.
fn told(arguments: &[&str]) -> String {
    let home = Home::new();
    std::fs::write(
        home.path().join("bad.toml"),
        "[connections.tokyo]\nservice = \"crm\"\ndata_center = \"jp\"\n",
    )
    .unwrap();
    std::fs::write(
        home.path().join("place.toml"),
        "[connections.tokyo]\nservice = \"crm\"\ndata_centre = \"japan\"\n",
    )
    .unwrap();
    std::fs::write(
        home.path().join("service.toml"),
        "[connections.tokyo]\nservice = \"desk\"\ndata_centre = \"jp\"\n",
    )
    .unwrap();
    let ended = home.run(arguments);
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
    let text = ended.stderr.replace(&home.path().display().to_string(), "FOLDER");
    format!("{} {text}", ended.code)
}

#[test]
fn mistakes_in_the_arguments() {
    insta::assert_snapshot!(told(&["statsu"]), @r##"
    2 error[usage]: unrecognized subcommand 'statsu'
    hint: a similar subcommand exists: 'status'; Usage: musubi [OPTIONS] <COMMAND>; `--help` explains
    "##);
    insta::assert_snapshot!(told(&["run", "a", "--timeout", "soon"]), @r##"
    2 error[usage]: invalid value 'soon' for '--timeout <TIME>': "soon" is no length of time: use 500ms, 60s, 5m, 2h or 7d
    hint: `--help` explains
    "##);
    insta::assert_snapshot!(told(&["status", "--database", "mysql://h/d"]), @r##"
    2 error[usage.database]: there is no database of the kind "mysql"
    hint: use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE
    "##);
    insta::assert_snapshot!(told(&["status", "--log", "musubi=loud"]), @r##"
    2 error[usage.log]: the log filter cannot be read: error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5
    hint: examples: --log info, --log debug, --log warn,musubi_engine=debug
    "##);
    insta::assert_snapshot!(told(&["serve", "--public-url", "musubi.example.com"]), @r##"
    2 error[usage.public_url]: --public-url "musubi.example.com" cannot be used: it must begin with https:// or http://
    hint: give the address under which the services reach this hub, such as https://musubi.example.com
    "##);
}

#[test]
fn mistakes_in_the_configuration() {
    insta::assert_snapshot!(told(&["apply", "none.toml"]), @r##"
    4 error[config.file]: the configuration none.toml cannot be read: No such file or directory (os error 2)
    hint: name a TOML file; `musubi help apply` shows one
    "##);
    insta::assert_snapshot!(told(&["apply", "bad.toml"]), @r##"
    4 error[config.syntax]: line 3: unknown field `data_center`, expected one of `service`, `data_centre`, `base_url`, `org`
    hint: did you mean `data_centre`?
    "##);
    insta::assert_snapshot!(told(&["apply", "place.toml"]), @r##"
    4 error[config.place]: connections.tokyo: "japan" is no Zoho data centre; there are us, eu, in, au, jp, cn, ca, sa, ae and uk (did you mean jp, Japan?)
    hint: set one of the data centres named
    "##);
    insta::assert_snapshot!(told(&["apply", "service.toml"]), @r##"
    4 error[config.service]: connections.tokyo: there is no connector for the service "desk"
    hint: name a service that there is one for: crm
    "##);
    insta::assert_snapshot!(told(&["connect", "tokyo", "--service", "desk", "--data-centre", "jp"]), @r##"
    4 error[config.service]: tokyo: there is no connector for the service "desk"
    hint: name a service that there is one for: crm
    "##);
}

#[test]
fn nothing_is_there_yet() {
    insta::assert_snapshot!(told(&["status"]), @r##"
    6 error[store.none]: there is no database at FOLDER/data/musubi.db
    hint: begin with `musubi apply FILE` or `musubi demo`, or say where it is with --database or --data
    "##);
    insta::assert_snapshot!(told(&["connect", "tokyo"]), @r##"
    2 error[connect.missing]: data centre (us, eu, in, au, jp, cn, ca, sa, ae, uk) is missing, and there is nobody to ask
    hint: give --data-centre or --base-url
    "##);
    insta::assert_snapshot!(told(&["restore", "none.backup"]), @r##"
    2 error[restore.no_file]: there is no file none.backup
    hint: name a file that `musubi backup` made
    "##);
}

#[test]
fn an_error_is_one_object_for_a_script() {
    let home = Home::new();
    let ended = home.run(&["status", "--json"]);
    assert_eq!(ended.code, 6);
    assert_eq!(ended.json()["error"]["code"], "store.none");
    assert!(ended.stderr.is_empty(), "{}", ended.stderr);
    let ended = home.run(&["nonsense", "--json"]);
    assert_eq!((ended.code, ended.json()["error"]["code"].as_str()), (2, Some("usage")));
}

#[test]
fn every_command_explains_itself() {
    let home = Home::new();
    let ended = home.run(&["--help"]);
    assert_eq!(ended.code, 0);
    for command in [
        "demo", "serve", "sandbox", "connect", "apply", "plan", "run", "status", "pause", "resume",
        "history", "failures", "retry", "verify", "backup", "restore", "doctor",
    ] {
        assert!(ended.stdout.contains(&format!("\n  {command} ")), "{command} is not in the help");
        let help = home.run(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.stdout.contains(&format!("musubi {command}")), "{command} has no example");
    }
    assert!(ended.stdout.contains("Exit codes:"));
    assert_eq!(home.run(&[]).code, 2);
    assert_eq!(home.run(&["--version"]).stdout, format!("musubi {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_damaged_or_locked_database_is_told_from_a_missing_one() {
    let mut home = Home::new();
    std::fs::write(home.path().join("damaged.db"), "this is no database, whatever its name says").unwrap();
    let ended = home.run(&["status", "--database", "sqlite:damaged.db"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error[store."), "{}", ended.stderr);

    std::fs::write(home.path().join("ok.toml"), "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n")
        .unwrap();
    assert_eq!(home.run(&["apply", "ok.toml", "--yes"]).code, 0);
    home.set("MUSUBI_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let ended = home.run(&["status"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error[store.wrong_key]"), "{}", ended.stderr);
    home.set("MUSUBI_KEY", "short");
    assert!(home.run(&["status"]).stderr.starts_with("error[key.invalid]"));
}

#[cfg(unix)]
#[test]
fn a_shared_database_without_a_key_is_refused_before_it_is_touched() {
    let ended = Home::new().run(&["status", "--database", "postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(ended.code, 4);
    assert!(ended.stderr.starts_with("error[key.missing]"), "{}", ended.stderr);
}
