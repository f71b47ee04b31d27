//! How a record that is gone left its module.

use crate::{
    ModuleName, RemoteId,
    codec::{Damaged, Reader, Writer},
};

/// How a record left its module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was deleted, and nothing took its place.
    Deleted,
    /// It was merged into another record of its module, which took over what hung on it.
    Merged(Successor),
    /// It was converted into records of other modules.
    Converted(Vec<Successor>),
}

impl Fate {
    /// What took its place.
    pub fn successors(&self) -> &[Successor] {
        match self {
            Fate::Deleted => &[],
            Fate::Merged(master) => std::slice::from_ref(master),
            Fate::Converted(became) => became,
        }
    }
}

/// A record that took the place of one that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its module.
    pub module: ModuleName,
    /// Its id.
    pub id: RemoteId,
}

impl Fate {
    /// Adds the stored form: a zero where it is not known.
    pub fn encode(fate: Option<&Fate>, out: &mut Writer) {
        out.byte(match fate {
            None => 0,
            Some(Fate::Deleted) => 1,
            Some(Fate::Merged(_)) => 2,
            Some(Fate::Converted(_)) => 3,
        });
        Successor::encode(fate.map_or(&[], Fate::successors), out);
    }

    /// Reads the stored form.
    pub fn decode(input: &mut Reader<'_>) -> Result<Option<Fate>, Damaged> {
        let kind = input.byte()?;
        let mut successors = Successor::decode(input)?;
        Ok(match kind {
            0 => None,
            1 => Some(Fate::Deleted),
            2 => Some(Fate::Merged(successors.pop().ok_or(Damaged)?)),
            3 => Some(Fate::Converted(successors)),
            _ => return Err(Damaged),
        })
    }
}

impl Successor {
    /// Adds the stored form of several.
    pub fn encode(successors: &[Successor], out: &mut Writer) {
        out.unsigned(successors.len() as u64);
        for Successor { module, id } in successors {
            out.text(module.as_str());
            out.text(id.as_str());
        }
    }

    /// Reads the stored form.
    pub fn decode(input: &mut Reader<'_>) -> Result<Vec<Successor>, Damaged> {
        let count = input.count()?;
        let one = |_| {
            let module = ModuleName::new(input.text()?);
            Ok(Successor { module, id: RemoteId::new(input.text()?) })
        };
        (0..count).map(one).collect()
    }
}
