//! Where an answer rightly differs from the document, and why.

use super::Finding;

/// One difference.
pub struct Exception {
    /// The method, or `*`.
    pub method: &'static str,
    /// The path; a piece `*` is any piece.
    pub path: &'static str,
    /// The status.
    pub status: u16,
    /// Part of the complaint.
    pub complaint: &'static str,
    /// Why the sandbox is right.
    pub reason: &'static str,
}

impl Exception {
    /// Whether this is about a finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        let pieces = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (pattern, path) = (pieces(self.path), pieces(&finding.path));
        (self.method == "*" || self.method == finding.method)
            && pattern.len() == path.len()
            && pattern.iter().zip(&path).all(|(piece, text)| piece == "*" || piece == text)
            && self.status == finding.status
            && finding.complaint.contains(self.complaint)
    }
}

/// All of them.
pub const EXCEPTIONS: &[Exception] = &[];
