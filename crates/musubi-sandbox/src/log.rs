//! The state log of `--data`: one JSON line per change, appended before the answer goes out, replayed on start.
//!
//! A line that was cut short by a kill is dropped; everything before it counts. Replaying puts whole values, so a
//! line that is applied twice does no harm.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    SandboxError,
    accounts::Accounts,
    crm::notify::channel::Channel,
    http::credits::{Limits, Usage},
    org::{
        self, Org, State,
        ids::Ids,
        module::{Meta, Module},
        people::{GlobalPicklist, Profile, Role, User},
        record::Record,
        rule::Rule,
        state::StoredFile,
        table::Deleted,
    },
    world::World,
};

/// One change. Orgs are named by their number, modules by their place.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A new org, without modules.
    Org(Box<org::Profile>, Ids),
    /// A module's metadata, new or changed.
    Module(i64, usize, Box<Meta>),
    /// A record, new, changed or restored.
    Put(i64, usize, Record),
    /// A record that went to the recycle bin.
    Delete(i64, usize, i64, Deleted),
    /// A deleted record whose content is gone.
    Purge(i64, usize, i64),
    /// Users, roles, profiles.
    People(i64, Vec<User>, Vec<Role>, Vec<Profile>),
    /// Global picklists and workflow rules.
    Settings(i64, Vec<GlobalPicklist>, Vec<Rule>),
    /// The notification channels.
    Channels(i64, Vec<Channel>),
    /// A stored file: id, name, media type, content in base64.
    File(i64, i64, String, String, String),
    /// Two records that were related, or parted.
    Link(i64, (u8, i64, i64), bool),
    /// What was booked since the line before: org, time in milliseconds, calls and credits per endpoint.
    Used(i64, i64, Vec<(String, Usage)>),
    /// Counting started anew; the rolling day of credits went on.
    Uncounted(i64),
    /// Limits that were set.
    Limits(i64, Limits),
    /// The accounts server's state.
    Accounts(Box<Accounts>),
    /// The clock's offset in milliseconds.
    Clock(i64),
}

/// The open log.
pub struct Log {
    path: PathBuf,
    file: Mutex<BufWriter<File>>,
}

impl Log {
    /// Opens the log in this folder and reads what it holds.
    pub fn open(folder: &Path) -> Result<(Log, Vec<Line>), SandboxError> {
        let path = folder.join("sandbox.log");
        let fail = |error: io::Error| SandboxError::Data(folder.to_owned(), error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        let (lines, whole) = if path.exists() { read(&path)? } else { (Vec::new(), 0) };
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(&path).map_err(fail)?;
        file.set_len(whole).map_err(fail)?;
        drop(file);
        let file = OpenOptions::new().append(true).open(&path).map_err(fail)?;
        Ok((Log { path, file: Mutex::new(BufWriter::with_capacity(1 << 16, file)) }, lines))
    }

    /// Appends one line; it has left this process when this returns.
    pub fn write(&self, line: &Line) {
        self.write_all(std::slice::from_ref(line));
    }

    /// Appends lines.
    pub fn write_all(&self, lines: &[Line]) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        for line in lines {
            let Ok(mut text) = serde_json::to_vec(line) else { continue };
            text.push(b'\n');
            // A full disk loses the sandbox's memory, not its service.
            let _ = file.write_all(&text);
        }
        let _ = file.flush();
    }

    /// Empties the log, for a reset.
    pub fn clear(&self) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.flush();
        if let Ok(fresh) = File::create(&self.path) {
            *file = BufWriter::with_capacity(1 << 16, fresh);
        }
    }
}

/// The whole lines of a log and the length up to the end of the last one.
fn read(path: &Path) -> Result<(Vec<Line>, u64), SandboxError> {
    let fail = |error: io::Error| SandboxError::Data(path.to_owned(), error);
    let mut reader = BufReader::new(File::open(path).map_err(fail)?);
    let (mut lines, mut whole, mut text) = (Vec::new(), 0, Vec::new());
    loop {
        text.clear();
        let length = reader.read_until(b'\n', &mut text).map_err(fail)?;
        if length == 0 || !text.ends_with(b"\n") {
            return Ok((lines, whole));
        }
        match serde_json::from_slice(&text) {
            Ok(line) => lines.push(line),
            Err(error) => {
                return Err(SandboxError::Damaged(path.to_owned(), lines.len() + 1, error.to_string()));
            }
        }
        whole += length as u64;
    }
}

/// Puts a world back together.
pub fn replay(world: &World, lines: Vec<Line>, path: PathBuf) -> Result<(), SandboxError> {
    for (at, line) in lines.into_iter().enumerate() {
        apply(world, line).ok_or_else(|| {
            SandboxError::Damaged(path.clone(), at + 1, "it names an org or module that is not there".into())
        })?;
    }
    Ok(())
}

fn apply(world: &World, line: Line) -> Option<()> {
    let find = |number: i64| world.orgs().into_iter().find(|org| org.profile.number == number);
    match line {
        Line::Org(profile, ids) => {
            world.add_org(Org::new(*profile, State::new(ids, vec![], vec![], vec![], vec![])));
        }
        Line::Module(number, at, meta) => {
            let org = find(number)?;
            let mut state = org.write();
            skip_ids(&mut state, &meta);
            match state.modules.get_mut(at) {
                Some(module) => {
                    module.meta = *meta;
                    module.refresh_names();
                }
                None => state.modules.push(Module::new(*meta)),
            }
            state.refresh_names();
        }
        Line::Put(number, at, record) => {
            let org = find(number)?;
            let mut state = org.write();
            state.ids.skip_past(record.id);
            let module = state.modules.get_mut(at)?;
            module.table.put(record, &module.meta.fields, 0);
        }
        Line::Delete(number, at, id, deleted) => {
            let org = find(number)?;
            let mut state = org.write();
            let module = state.modules.get_mut(at)?;
            module.table.delete(id, deleted, &module.meta.fields, 0);
        }
        Line::Purge(number, at, id) => {
            find(number)?.write().modules.get_mut(at)?.table.purge(id);
        }
        Line::People(number, users, roles, profiles) => {
            let org = find(number)?;
            let mut state = org.write();
            users
                .iter()
                .map(|u| u.id)
                .chain(roles.iter().map(|r| r.id))
                .chain(profiles.iter().map(|p| p.id))
                .for_each(|id| state.ids.skip_past(id));
            (state.users, state.roles, state.profiles) = (users, roles, profiles);
        }
        Line::Settings(number, picklists, rules) => {
            let org = find(number)?;
            let mut state = org.write();
            picklists
                .iter()
                .flat_map(|p| p.picks.iter().map(|v| v.id).chain([p.id]))
                .chain(rules.iter().map(|r| r.id))
                .for_each(|id| state.ids.skip_past(id));
            (state.global_picklists, state.rules) = (picklists, rules);
        }
        Line::Channels(number, channels) => find(number)?.write().channels = channels,
        Line::File(number, id, name, content_type, content) => {
            let content = STANDARD.decode(content).ok()?.into();
            find(number)?.write().files.insert(id, StoredFile { name, content_type, content });
        }
        Line::Link(number, link, true) => _ = find(number)?.write().links.insert(link),
        Line::Link(number, link, false) => _ = find(number)?.write().links.remove(&link),
        Line::Used(number, at_ms, kept) => {
            find(number)?.credits.lock().unwrap_or_else(PoisonError::into_inner).restore(at_ms, kept);
        }
        Line::Uncounted(number) => {
            find(number)?.credits.lock().unwrap_or_else(PoisonError::into_inner).endpoints.clear();
        }
        Line::Limits(number, limits) => {
            find(number)?.credits.lock().unwrap_or_else(PoisonError::into_inner).set_limits(limits);
        }
        Line::Accounts(accounts) => *world.accounts() = *accounts,
        Line::Clock(offset) => world.clock.set_offset_ms(offset),
    }
    Some(())
}

fn skip_ids(state: &mut State, meta: &Meta) {
    let fields = meta.fields.iter().flat_map(|f| f.picks.iter().map(|p| p.id).chain([f.id]));
    let layouts = meta
        .layouts
        .iter()
        .flat_map(|l| l.sections.iter().map(|s| s.id).chain(l.pipelines.iter().map(|p| p.id)).chain([l.id]));
    let others = meta.views.iter().map(|v| v.id).chain(meta.tags.iter().map(|t| t.id)).chain([meta.id]);
    let highest = fields.chain(layouts).chain(others).max().unwrap_or(0);
    state.ids.skip_past(highest);
}
