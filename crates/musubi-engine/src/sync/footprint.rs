//! Which rows a decision reads, and which it changes: decisions that share none may be taken up while the changes of the one before are still on their way to
//! the store.

use foldhash::{HashSet, fast::FixedState};
use musubi_core::Side;
use musubi_store::{Changes, SyncId, Want};
use std::hash::{BuildHasher, Hash};

/// Rows, as digests: two that are taken for one only cost a wait.
#[derive(Default, Debug)]
pub(super) struct Footprint {
    rows: HashSet<u64>,
    /// It may be any row.
    any: bool,
}

/// What a row is known by.
#[derive(Hash)]
enum Row<'a> {
    Record(Side, &'a str),
    Key(Side, &'a [u8; 16]),
}

impl Footprint {
    /// What is changed.
    pub fn of_changes(changes: &Changes) -> Footprint {
        // Of a link that is deleted only one record is named; it is rare.
        let mut print = Footprint { any: !changes.links_delete.is_empty(), ..Footprint::default() };
        print.rows.reserve(2 * changes.links_put.len() + changes.keys_put.len());
        for link in &changes.links_put {
            print.add(Row::Record(Side::Left, &link.left_id));
            print.add(Row::Record(Side::Right, &link.right_id));
        }
        changes.unlinked_put.iter().for_each(|row| print.add(Row::Record(row.side, &row.id)));
        changes.unlinked_delete.iter().for_each(|(side, id)| print.add(Row::Record(*side, id)));
        let keys = changes.keys_put.iter().chain(&changes.keys_delete);
        keys.for_each(|row| print.add(Row::Key(row.side, &row.key)));
        print
    }

    /// What is asked for is read too. References into other syncs change under us in any case.
    pub fn reads(&mut self, want: &Want, own: SyncId) {
        self.rows.reserve(want.ids.len() + want.keys.len());
        want.ids.iter().for_each(|(side, id)| self.add(Row::Record(*side, id)));
        want.keys.iter().for_each(|(side, key)| self.add(Row::Key(*side, key)));
        let refs = want.refs.iter().filter(|(sync, ..)| *sync == own);
        refs.for_each(|(_, side, id)| self.add(Row::Record(*side, id)));
    }

    fn add(&mut self, row: Row<'_>) {
        self.rows.insert(FixedState::default().hash_one(row));
    }

    /// They share a row.
    pub fn meets(&self, other: &Footprint) -> bool {
        let (few, many) = match self.rows.len() < other.rows.len() {
            true => (self, other),
            false => (other, self),
        };
        self.any || other.any || few.rows.iter().any(|row| many.rows.contains(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_store::{LinkRow, MatchRow, UnlinkedRow};

    const OWN: SyncId = SyncId(1);

    fn reading(want: Want) -> Footprint {
        let mut print = Footprint::default();
        print.reads(&want, OWN);
        print
    }

    #[test]
    fn whoever_reads_what_is_changed_meets_it() {
        let changes = Changes {
            links_put: vec![LinkRow { left_id: "a".into(), right_id: "b".into(), state: 0, body: vec![] }],
            unlinked_put: vec![UnlinkedRow {
                side: Side::Left,
                id: "u".into(),
                state: 0,
                due: 0,
                body: vec![],
            }],
            unlinked_delete: vec![(Side::Right, "v".into())],
            keys_put: vec![MatchRow { side: Side::Left, key: [1; 16], id: "a".into() }],
            keys_delete: vec![MatchRow { side: Side::Right, key: [2; 16], id: "b".into() }],
            ..Changes::default()
        };
        let changed = Footprint::of_changes(&changes);
        let ids = |side, id: &str| Want { ids: vec![(side, id.into())], ..Want::default() };
        let keys = |side, key| Want { keys: vec![(side, [key; 16])], ..Want::default() };
        let refs = |sync, id: &str| Want { refs: vec![(sync, Side::Left, id.into())], ..Want::default() };
        for want in [
            ids(Side::Left, "a"),
            ids(Side::Right, "b"),
            ids(Side::Left, "u"),
            ids(Side::Right, "v"),
            keys(Side::Left, 1),
            keys(Side::Right, 2),
            refs(OWN, "a"),
        ] {
            assert!(changed.meets(&reading(want.clone())), "{want:?}");
            assert!(reading(want).meets(&changed));
        }
        for want in [
            Want::default(),
            ids(Side::Right, "a"),
            ids(Side::Left, "c"),
            keys(Side::Right, 1),
            refs(SyncId(2), "a"),
        ] {
            assert!(!changed.meets(&reading(want.clone())), "{want:?}");
        }
        let untied = Changes { links_delete: vec!["x".into()], ..Changes::default() };
        assert!(Footprint::of_changes(&untied).meets(&reading(ids(Side::Right, "y"))));
    }
}
