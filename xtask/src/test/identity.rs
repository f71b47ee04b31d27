//! Who we are, and the service user that runs a database when we are root (PostgreSQL refuses to be root).

use std::fs;
use std::os::unix::fs::MetadataExt;

/// A user to run a program as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceUser {
    /// The user's number.
    pub uid: u32,
    /// The number of its group.
    pub gid: u32,
}

/// Whether this process is root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The user `postgres` where there is one, else `nobody`.
pub fn service_user() -> Result<ServiceUser, String> {
    let users =
        fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd cannot be read: {error}"))?;
    ["postgres", "nobody"].iter().find_map(|name| find(&users, name)).ok_or_else(|| {
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it"
            .to_string()
    })
}

fn find(users: &str, name: &str) -> Option<ServiceUser> {
    let mut fields = users
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(ServiceUser { uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "postgresql:x:7:8::/:/bin/sh\npostgres:x:101:104:admin,,,:/var/lib:/bin/bash\n";
        assert_eq!(find(users, "postgres"), Some(ServiceUser { uid: 101, gid: 104 }));
        assert_eq!(find(users, "nobody"), None);
    }
}
