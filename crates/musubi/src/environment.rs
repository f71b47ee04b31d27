//! The environment: the only file that reads it.

use std::path::PathBuf;

/// A variable, if it is set to something.
#[expect(clippy::disallowed_methods, reason = "this file owns the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The data folder when nobody names one: where the platform keeps a user's application data.
pub fn platform_data_folder() -> PathBuf {
    let home = || PathBuf::from(variable("HOME").unwrap_or_else(|| ".".to_owned()));
    if cfg!(windows) {
        return PathBuf::from(variable("LOCALAPPDATA").unwrap_or_else(|| ".".to_owned())).join("Musubi");
    }
    if cfg!(target_os = "macos") {
        return home().join("Library/Application Support/Musubi");
    }
    variable("XDG_DATA_HOME").map_or_else(|| home().join(".local/share"), PathBuf::from).join("musubi")
}

/// The variable that holds a part of a connection's secrets: `MUSUBI_CONNECTION_TOKYO_CLIENT_ID`.
pub fn secret_name(connection: &str, part: &str) -> String {
    let name: String = connection
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    format!("MUSUBI_CONNECTION_{name}_{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connections_name_becomes_a_variables() {
        assert_eq!(secret_name("tokyo", "CLIENT_ID"), "MUSUBI_CONNECTION_TOKYO_CLIENT_ID");
        assert_eq!(secret_name("uk-2.main", "REFRESH_TOKEN"), "MUSUBI_CONNECTION_UK_2_MAIN_REFRESH_TOKEN");
    }
}
