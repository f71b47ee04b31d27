//! Encrypted lines to a real server with a certificate of its own, in a throw-away cluster that this test makes and ends.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]
#![cfg(unix)]

use musubi_store::Store;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A server, as a service user when we are root.
struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    user: Option<u32>,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// None when there is no server to start; with CI=true there must be one.
    #[expect(clippy::disallowed_methods, reason = "a variable says whether the test may be left out")]
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    fn start() -> Option<Server> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
        let found = versions.map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").exists());
        let Some(programs) = found else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "with CI=true, PostgreSQL must be installed"
            );
            eprintln!("skipped: PostgreSQL's server is not installed");
            return None;
        };
        let number = |arguments: &[&str]| -> Option<u32> {
            let output = Command::new("id").args(arguments).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        let user = (number(&["-u"]) == Some(0)).then(|| number(&["-u", "postgres"]).unwrap());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Server { programs, folder: tempfile::tempdir().unwrap(), user, port, process: None };
        let folder = server.path("").to_owned();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        chown(&folder, user, None).unwrap();
        server.certificates();
        let data = server.path("data");
        let made = server
            .command("initdb")
            .args(["--username=musubi", "--auth=trust", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\nssl = on\n\
             ssl_cert_file = '{}'\nssl_key_file = '{}'\n",
            server.root("server.pem"),
            server.root("server.key")
        );
        std::fs::write(data.join("postgresql.conf"), settings).unwrap();
        let mut command = server.command("postgres");
        command.arg("-D").arg(&data).stderr(Stdio::null()).stdout(Stdio::null());
        server.process = Some(command.spawn().unwrap());
        let ready = || server.psql("select 1", "disable").is_some();
        assert!(wait(ready), "the server did not start");
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.folder.path().to_owned() } else { self.folder.path().join(name) }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        if let Some(user) = self.user {
            command.uid(user);
        }
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// An authority, a certificate for `localhost` that it signed, and an authority that signed nothing.
    fn certificates(&self) {
        for authority in ["ca", "other"] {
            self.openssl(&format!(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={authority} \
                 -keyout {authority}.key -out {authority}.pem"
            ));
        }
        self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
        );
        std::fs::write(self.path("extensions"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
            .unwrap();
        self.openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem",
        );
        let key = self.path("server.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        chown(&key, self.user, None).unwrap();
    }

    fn openssl(&self, arguments: &str) {
        let done = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output();
        let done = done.expect("openssl comes with PostgreSQL on Debian");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn psql(&self, statement: &str, mode: &str) -> Option<String> {
        let url = format!("postgres://musubi@127.0.0.1:{}/postgres?sslmode={mode}", self.port);
        let output = Command::new("psql").args([&url, "-XAtqc", statement]).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// Opens a store and tells whether its line is encrypted, or the code of the failure.
    fn open(&self, host: &str, options: &str) -> Result<bool, &'static str> {
        let name = format!("test{}", options.len());
        let url =
            format!("postgres://musubi@{host}:{}/postgres?application_name={name}&{options}", self.port);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // Statements, transactions and listening all go over the same kind of line.
            let store = Store::open_postgres(&url).await.map_err(|error| error.code)?;
            store.ensure_workspace("w", 1).await.map_err(|error| error.code)?;
            let statement = format!(
                "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where application_name = '{name}'"
            );
            Ok(self.psql(&statement, "disable").unwrap() == "t")
        })
    }

    fn root(&self, file: &str) -> String {
        self.path(file).display().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = Command::new("kill").args(["-INT", &process.id().to_string()]).status();
            let _ = process.wait();
        }
    }
}

#[test]
fn a_line_is_encrypted_and_its_server_checked_as_the_address_says() {
    let Some(server) = Server::start() else { return };
    let with = |mode: &str, file: &str| format!("sslmode={mode}&sslrootcert={}", server.root(file));
    assert_eq!(server.open("127.0.0.1", "sslmode=disable"), Ok(false));
    assert_eq!(server.open("127.0.0.1", "sslmode=prefer"), Ok(true));
    assert_eq!(server.open("127.0.0.1", ""), Ok(true), "prefer is what nobody asked for");
    assert_eq!(server.open("127.0.0.1", "sslmode=require"), Ok(true));

    assert_eq!(server.open("127.0.0.1", &with("verify-ca", "ca.pem")), Ok(true), "its name is not asked for");
    assert_eq!(server.open("127.0.0.1", &with("require", "ca.pem")), Ok(true));
    assert_eq!(server.open("127.0.0.1", &with("verify-ca", "server.pem")), Ok(true), "its own certificate");
    assert_eq!(server.open("127.0.0.1", &with("verify-ca", "other.pem")), Err("store.tls"));
    assert_eq!(server.open("127.0.0.1", &with("require", "other.pem")), Err("store.tls"));
    assert_eq!(
        server.open("127.0.0.1", "sslmode=verify-ca"),
        Err("store.tls"),
        "the system knows no such authority"
    );

    assert_eq!(server.open("localhost", &with("verify-full", "ca.pem")), Ok(true));
    assert_eq!(server.open("127.0.0.1", &with("verify-full", "ca.pem")), Err("store.tls"), "another name");
    assert_eq!(
        server.open("127.0.0.1", &with("verify-full", "server.pem")),
        Err("store.tls"),
        "another name"
    );
    assert_eq!(server.open("localhost", &with("verify-full", "none.pem")), Err("store.tls"));

    // A server that does not encrypt.
    server.psql("alter system set ssl = off", "disable").unwrap();
    server.psql("select pg_reload_conf()", "disable").unwrap();
    let off = || server.psql("select 1", "require").is_none();
    assert!(wait(off), "the server still encrypts");
    assert_eq!(server.open("127.0.0.1", "sslmode=prefer"), Ok(false));
    assert_eq!(server.open("127.0.0.1", "sslmode=require"), Err("store.tls"));
    assert_eq!(server.open("localhost", &with("verify-full", "ca.pem")), Err("store.tls"));
}

/// Whether it comes true within half a minute.
fn wait(mut comes_true: impl FnMut() -> bool) -> bool {
    (0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        comes_true()
    })
}
