//! Every answer of the sandbox fits the vendor's OpenAPI documents.
//!
//! The folder of documents comes from `MUSUBI_ZOHO_OPENAPI`; by default it stands beside the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]

mod corpus;
mod exceptions;
#[path = "../harness/mod.rs"]
mod harness;
mod spec;

use exceptions::EXCEPTIONS;
use harness::{Exchange, Harness, vendor};
use musubi_sandbox::Dataset;
use serde_json::Value;
use spec::Spec;

/// Makes calls and keeps what is wrong with their answers.
struct Recorder {
    harness: Harness,
    spec: Spec,
    calls: usize,
    findings: Vec<Finding>,
}

/// One thing that is wrong with one answer.
struct Finding {
    method: String,
    path: String,
    status: u16,
    complaint: String,
    body: String,
}

impl Recorder {
    /// A call whose status must be the one given, and whose answer must fit its document.
    async fn call(&mut self, expected: u16, method: &str, target: &str, body: Value) -> Exchange {
        let exchange = self.harness.call(method, target, body).await;
        self.check(expected, exchange)
    }

    /// The same with headers and bytes.
    async fn send(
        &mut self,
        expected: u16,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Exchange {
        let exchange = self.harness.send(method, target, headers, body).await;
        self.check(expected, exchange)
    }

    fn check(&mut self, expected: u16, exchange: Exchange) -> Exchange {
        self.calls += 1;
        let mut complaints =
            self.spec.complaints(&exchange.method, &exchange.path, exchange.status, &exchange.body);
        if exchange.status != expected {
            complaints.push(format!("expected status {expected}"));
        }
        for complaint in complaints {
            self.findings.push(Finding {
                method: exchange.method.clone(),
                path: exchange.path.clone(),
                status: exchange.status,
                complaint,
                body: exchange.body.to_string().chars().take(600).collect(),
            });
        }
        exchange
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_fit_the_documents() {
    let Some(folder) = vendor("MUSUBI_ZOHO_OPENAPI", "../shared/zoho/openapi") else { return };
    let harness = Harness::start(Dataset::Demo).await;
    let mut recorder = Recorder { harness, spec: Spec::load(&folder), calls: 0, findings: Vec::new() };
    corpus::run(&mut recorder).await;

    let mut used = vec![false; EXCEPTIONS.len()];
    let mut wrong = Vec::new();
    for finding in &recorder.findings {
        let excepted = EXCEPTIONS.iter().position(|exception| exception.covers(finding));
        match excepted {
            Some(at) => used[at] = true,
            None => wrong.push(format!(
                "{} {} -> {}\n    {}\n    {}",
                finding.method,
                finding.path,
                finding.status,
                finding.complaint,
                if finding.status >= 400 { finding.body.as_str() } else { "" }
            )),
        }
    }
    wrong.dedup();
    let unused: Vec<&str> =
        used.iter().zip(EXCEPTIONS).filter(|(used, _)| !**used).map(|(_, e)| e.reason).collect();
    println!("{} calls, {} exceptions", recorder.calls, EXCEPTIONS.len());
    assert!(wrong.is_empty(), "{} answers do not fit:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:#?}");
}
