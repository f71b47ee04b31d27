//! Where things are kept: the data folder and the database.

use crate::cli::Global;
use crate::environment;
use crate::failure::{Exit, Failure};
use std::path::{Path, PathBuf};

/// The data folder: `--data`, `MUSUBI_DATA`, or where the platform keeps application data.
pub fn data(global: &Global) -> PathBuf {
    global
        .data
        .clone()
        .or_else(|| environment::variable("MUSUBI_DATA").map(PathBuf::from))
        .unwrap_or_else(environment::platform_data_folder)
}

/// The database: `--database`, `MUSUBI_DATABASE`, or an SQLite file in the data folder.
pub fn database(global: &Global) -> Result<Database, Failure> {
    let named = global.database.clone().or_else(|| environment::variable("MUSUBI_DATABASE"));
    parse(named.as_deref(), &data(global))
}

/// What `--database` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server's address.
    Postgres(String),
}

impl Database {
    /// The name for people: no password in it.
    pub fn shown(&self) -> String {
        match self {
            Database::Sqlite(path) => format!("sqlite:{}", path.display()),
            Database::Postgres(address) => match url::Url::parse(address) {
                Ok(mut url) => {
                    if url.password().is_some() {
                        let _ = url.set_password(Some("…"));
                    }
                    url.set_query(None);
                    url.to_string()
                }
                Err(_) => "postgres://…".to_owned(),
            },
        }
    }
}

fn parse(named: Option<&str>, data: &Path) -> Result<Database, Failure> {
    let Some(named) = named else { return Ok(Database::Sqlite(data.join("musubi.db"))) };
    if named.starts_with("postgres://") || named.starts_with("postgresql://") {
        return Ok(Database::Postgres(named.to_owned()));
    }
    match named.split_once(':') {
        Some(("sqlite", "")) => Ok(Database::Sqlite(data.join("musubi.db"))),
        Some(("sqlite", path)) => {
            Ok(Database::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))))
        }
        Some((scheme, rest)) if rest.starts_with("//") => Err(Failure::new(
            Exit::Usage,
            "usage.database",
            format!("there is no database of the kind {scheme:?}"),
            "use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
        )),
        _ => Ok(Database::Sqlite(PathBuf::from(named))),
    }
}

/// Makes a folder that only this user can read.
pub fn make(folder: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Failure::new(
            Exit::Store,
            "data.folder",
            format!("the data folder {} cannot be made: {error}", folder.display()),
            "name another one with --data or MUSUBI_DATA",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(named: Option<&str>, expected: &Database) {
        assert_eq!(&parse(named, Path::new("/d")).unwrap(), expected, "{named:?}");
    }

    #[test]
    fn what_a_database_argument_may_be() {
        check(None, &Database::Sqlite("/d/musubi.db".into()));
        check(Some("sqlite:"), &Database::Sqlite("/d/musubi.db".into()));
        check(Some("sqlite:/x/y.db"), &Database::Sqlite("/x/y.db".into()));
        check(Some("sqlite:///x/y.db"), &Database::Sqlite("/x/y.db".into()));
        check(Some("y.db"), &Database::Sqlite("y.db".into()));
        check(Some("postgres://h/d"), &Database::Postgres("postgres://h/d".into()));
        assert_eq!(parse(Some("mysql://h/d"), Path::new("/d")).unwrap_err().code, "usage.database");
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = Database::Postgres("postgres://me:secret@h/d?sslpassword=secret".into()).shown();
        assert!(!shown.contains("secret"), "{shown}");
    }
}
