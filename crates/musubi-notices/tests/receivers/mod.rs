//! A mail server and a program that is called, as small as they can be: they speak SMTP and HTTP over real sockets, keep what they are
//! sent, and say no when a test tells them to.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What a receiver does with the next message: the first of these, and takes what comes after the last one.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These words, as an SMTP server says them, or this status of HTTP.
    No(&'static str),
    /// It takes the message and never says so.
    Silence,
}

#[derive(Debug)]
struct Shared<T> {
    taken: Mutex<Vec<T>>,
    answers: Mutex<VecDeque<Answer>>,
}

impl<T: Clone> Shared<T> {
    fn new() -> Arc<Shared<T>> {
        Arc::new(Shared { taken: Mutex::default(), answers: Mutex::default() })
    }

    fn next(&self) -> Option<Answer> {
        self.answers.lock().unwrap().pop_front()
    }

    fn take(&self, one: T) {
        self.taken.lock().unwrap().push(one);
    }
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and text, with the line ends and dots of SMTP taken away.
    pub data: String,
}

impl Mail {
    /// A header, in one line.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\n\n").next().unwrap().replace("\n ", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    /// The text, if it was sent as it is.
    pub fn text(&self) -> String {
        self.data.split_once("\n\n").map(|(_, text)| text.to_owned()).unwrap_or_default()
    }
}

/// A mail server.
pub struct MailServer {
    pub port: u16,
    shared: Arc<Shared<Mail>>,
    _tasks: JoinSet<()>,
}

impl MailServer {
    /// One that lets everybody in, or only who knows the user and the password.
    pub async fn start(login: Option<(&'static str, &'static str)>) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Shared::new();
        let kept = Arc::clone(&shared);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                visits.spawn(visit(stream, Arc::clone(&kept), login));
            }
        });
        MailServer { port, shared, _tasks: tasks }
    }

    /// What it says to the next mails.
    pub fn will_say(&self, answers: &[Answer]) {
        self.shared.answers.lock().unwrap().extend(answers.iter().cloned());
    }

    /// All mails that it took.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.taken.lock().unwrap().clone()
    }
}

async fn visit(stream: TcpStream, shared: Arc<Shared<Mail>>, login: Option<(&str, &str)>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut from, mut to, mut known) = (String::new(), Vec::new(), login.is_none());
    let _ = write.write_all(b"220 receiver ESMTP\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let between = |text: &str| text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let said: String = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if login.is_some() => "250-receiver\r\n250 AUTH PLAIN\r\n".into(),
            "EHLO" => "250 receiver\r\n".into(),
            "AUTH" => {
                let sent = STANDARD.decode(rest.trim_start_matches("PLAIN ")).unwrap();
                known =
                    login.is_some_and(|(user, password)| sent == format!("\0{user}\0{password}").as_bytes());
                if known { "235 2.7.0 welcome\r\n".into() } else { "535 5.7.8 wrong password\r\n".into() }
            }
            "MAIL" if !known => "530 5.7.0 log in first\r\n".into(),
            "MAIL" => {
                from = between(rest);
                "250 2.1.0 ok\r\n".into()
            }
            "RCPT" => match shared.next() {
                Some(Answer::No(words)) => format!("{words}\r\n"),
                Some(Answer::Silence) => {
                    shared.answers.lock().unwrap().push_front(Answer::Silence);
                    to.push(between(rest));
                    "250 2.1.5 ok\r\n".into()
                }
                None => {
                    to.push(between(rest));
                    "250 2.1.5 ok\r\n".into()
                }
            },
            "DATA" => {
                let _ = write.write_all(b"354 go on\r\n").await;
                let mut data = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data += "\n";
                }
                let (from, to) = (std::mem::take(&mut from), std::mem::take(&mut to));
                shared.take(Mail { from, to, data });
                if let Some(Answer::Silence) = shared.next() {
                    return std::future::pending().await;
                }
                "250 2.0.0 queued as 1A2B\r\n".into()
            }
            "QUIT" => {
                let _ = write.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => "250 ok\r\n".into(),
        };
        let _ = write.write_all(said.as_bytes()).await;
    }
}

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// A program that is called.
pub struct Program {
    pub url: String,
    shared: Arc<Shared<Call>>,
    _tasks: JoinSet<()>,
}

impl Program {
    pub async fn start() -> Program {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let shared = Shared::new();
        let kept = Arc::clone(&shared);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                visits.spawn(take_call(stream, Arc::clone(&kept)));
            }
        });
        Program { url, shared, _tasks: tasks }
    }

    /// What it answers to the next calls: the status and its name, further headers, and a body after an empty line.
    pub fn will_say(&self, answers: &[Answer]) {
        self.shared.answers.lock().unwrap().extend(answers.iter().cloned());
    }

    /// All calls, whatever it answered.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.taken.lock().unwrap().clone()
    }
}

async fn take_call(stream: TcpStream, shared: Arc<Shared<Call>>) {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    let mut first = String::new();
    if reader.read_line(&mut first).await.unwrap_or(0) == 0 {
        return;
    }
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).await.unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    shared.take(Call { path, headers, body });
    let said = match shared.next() {
        Some(Answer::Silence) => return std::future::pending().await,
        Some(Answer::No(said)) => said,
        None => "204 No Content",
    };
    let (head, text) = said.split_once("\n\n").unwrap_or((said, ""));
    let length =
        if head.starts_with("204") { String::new() } else { format!("content-length: {}\r\n", text.len()) };
    let answer =
        format!("HTTP/1.1 {}\r\n{length}connection: close\r\n\r\n{text}", head.replace('\n', "\r\n"));
    let _ = write.write_all(answer.as_bytes()).await;
}
