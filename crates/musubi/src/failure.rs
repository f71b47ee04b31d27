//! How the program ends: an exit code for scripts; a code, a sentence and a hint for people.

use musubi_connector::{CallError, CallErrorKind};
use musubi_sandbox::SandboxError;
use musubi_store::StoreError;
use serde::Serialize;
use std::borrow::Cow;
use std::process::ExitCode;

/// The exit codes, as `musubi --help` and `docs/errors.md` list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed, with a reason.
    Failed = 1,
    /// The arguments do not make sense.
    Usage = 2,
    /// Carried out, and the answer is no: not agreed in time, or differences found.
    Differs = 3,
    /// The configuration is wrong, or names what does not exist.
    Configuration = 4,
    /// A service refused a credential, or there is none.
    Credential = 5,
    /// The database cannot be used.
    Store = 6,
    /// A service could not be reached or did not do what was asked.
    Service = 7,
    /// Stopped by Ctrl-C or a signal.
    Stopped = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// A failure, ready to be shown. It holds no value of a record and no secret (I18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// How the program ends.
    #[serde(skip)]
    pub exit: Exit,
    /// Stable and machine-readable.
    pub code: Cow<'static, str>,
    /// What happened, in one sentence.
    pub message: String,
    /// What a person can do about it.
    pub hint: Cow<'static, str>,
}

impl Failure {
    /// Any failure.
    pub fn new(
        exit: Exit,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Failure {
        Failure { exit, code: code.into(), message: message.into(), hint: hint.into() }
    }

    /// A failure of the configuration.
    pub fn configuration(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Failure {
        Failure::new(Exit::Configuration, code, message, hint)
    }

    /// A failure of the machine the program runs on.
    pub fn other(code: &'static str, message: impl Into<String>) -> Failure {
        Failure::new(Exit::Failed, code, message, "`musubi doctor` checks what the program needs")
    }

    /// Ended because somebody asked for it.
    pub fn stopped() -> Failure {
        Failure::new(
            Exit::Stopped,
            "stopped",
            "stopped before the end",
            "nothing is lost: run the same command again and it goes on where it was",
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let exit = if error.code == "store.missing" { Exit::Configuration } else { Exit::Store };
        Failure::new(exit, error.code, error.message, error.hint)
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Failure {
        let (code, hint) = match &error {
            SandboxError::Listen(..) => {
                ("sandbox.listen", "choose another --listen address; port 0 takes any free port")
            }
            SandboxError::Data(..) => {
                ("sandbox.data", "choose another --data folder, one this user may write to")
            }
            SandboxError::Damaged(..) => {
                ("sandbox.damaged", "empty the folder to begin with fresh sample orgs")
            }
        };
        Failure::new(Exit::Failed, code, error.to_string(), hint)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        let (exit, code, hint) = match error.kind {
            CallErrorKind::Auth => {
                (Exit::Credential, "credential.refused", "connect again with `musubi connect NAME`")
            }
            CallErrorKind::NotSent | CallErrorKind::Unknown => {
                (Exit::Service, "service.unreachable", "check the network and the address, then try again")
            }
            CallErrorKind::Throttled => {
                (Exit::Service, "service.throttled", "the service asks for patience: try again in a minute")
            }
            CallErrorKind::Refused => (
                Exit::Service,
                "service.refused",
                "the code is the service's own: docs/errors.md says where to look",
            ),
            CallErrorKind::SchemaChanged => (
                Exit::Service,
                "service.schema_changed",
                "look at the module and its fields in the service's set-up",
            ),
            CallErrorKind::CursorLost => (Exit::Service, "service.cursor_lost", "try again"),
        };
        Failure::new(exit, code, error.to_string(), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_credential_is_told_from_an_unreachable_service() {
        let exit = |kind| Failure::from(CallError::new(kind, "X", "x")).exit;
        assert_eq!(exit(CallErrorKind::Auth), Exit::Credential);
        assert_eq!(exit(CallErrorKind::NotSent), Exit::Service);
    }

    #[test]
    fn what_a_script_reads() {
        let failure = Failure::configuration("config.unknown", "there is no such thing", "look again");
        assert_eq!(
            serde_json::to_string(&failure).unwrap(),
            r#"{"code":"config.unknown","message":"there is no such thing","hint":"look again"}"#
        );
    }
}
