//! The ceiling loop does real work: what it measures must have arrived.
#![expect(clippy::unwrap_used, reason = "a test fails where something is wrong")]

use musubi_bench::ceiling::{self, Job};
use musubi_bench::control::{Account, Control};
use musubi_bench::service::{self, Module};
use musubi_sandbox::{Dataset, Options, Sandbox};
use std::path::Path;

const RECORDS: usize = 450;

/// A sandbox with two CRM orgs, the first of which has contacts.
struct World {
    sandbox: Sandbox,
    control: Control,
    source: Account,
    target: Account,
}

impl World {
    async fn new() -> World {
        let listen = "127.0.0.1:0".parse().unwrap();
        let options = Options { listen, data: None, dataset: Dataset::Empty, seed: 1 };
        let sandbox = Sandbox::start(options).await.unwrap();
        let control = Control::new(sandbox.base_url()).unwrap();
        let mut orgs = control.orgs().await.unwrap().into_iter().filter(|org| org.service == "crm");
        let (source, target) = (orgs.next().unwrap(), orgs.next().unwrap());
        control.generate(&source, "Contacts", RECORDS, 3).await.unwrap();
        World { sandbox, control, source, target }
    }

    async fn job(&self, folder: &Path) -> Job {
        Job {
            source: self.control.authorize(&self.source).await.unwrap(),
            target: self.control.authorize(&self.target).await.unwrap(),
            module: "Contacts".into(),
            store: folder.join("rows.db"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_arrives_once_and_a_second_pass_sends_only_what_changed() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let job = world.job(folder.path()).await;

    let first = ceiling::run(&job).await.unwrap();
    assert_eq!((first.records, first.sent), (RECORDS, RECORDS));
    assert_eq!(world.control.count(&job.target, "Contacts").await.unwrap(), RECORDS);

    let second = ceiling::run(&job).await.unwrap();
    assert_eq!((second.records, second.sent), (RECORDS, 0));

    let contacts = Module::new(service::client().unwrap(), &job.source, "Contacts");
    let page = musubi_bench::page::read(&contacts.page(None).await.unwrap()).unwrap();
    let edit = format!(r#"{{"data":[{{"id":"{}","Fax":"+81 3 1234 5678"}}]}}"#, page[0].id);
    contacts.change(edit.into_bytes()).await.unwrap();
    let third = ceiling::run(&job).await.unwrap();
    assert_eq!((third.records, third.sent), (RECORDS, 1));
    assert_eq!(world.control.count(&job.target, "Contacts").await.unwrap(), RECORDS);

    let copies = Module::new(service::client().unwrap(), &job.target, "Contacts");
    let mut body = copies.page(None).await.unwrap();
    let mut arrived = false;
    loop {
        arrived |= String::from_utf8_lossy(&body).contains("+81 3 1234 5678");
        let Some(token) = musubi_bench::page::next_token(&body).map(str::to_string) else { break };
        body = copies.page(Some(&token)).await.unwrap();
    }
    assert!(arrived, "the edit is not in the target");
    world.sandbox.stop().await;
}

#[tokio::test]
async fn a_refused_token_is_an_error_and_not_a_figure() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut job = world.job(folder.path()).await;
    job.target.token = "wrong".into();
    let failure = ceiling::run(&job).await.unwrap_err();
    assert!(failure.to_string().contains("401"), "{failure}");
    world.sandbox.stop().await;
}
