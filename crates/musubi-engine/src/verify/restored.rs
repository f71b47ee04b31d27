//! Pairs that a deletion untied, and of which both records are there: the deleted one came out of the recycle bin. It is as old as it was, so that nothing but
//! a comparison of everything may find it.

use super::{Found, Work, of_pair, short};
use crate::error::Result;
use crate::report::{Certificate, Mending};
use musubi_core::link::LinkBody;
use musubi_core::{RemoteId, Side, Sides};
use musubi_store::LinkRow;
use std::collections::HashMap;

/// What stands for the fields of such a pair.
const RESTORED: &str = "(restored)";

/// Such pairs, as far as lists tell, which may lag.
#[derive(Default)]
pub(super) struct CameBack {
    /// By their right record.
    left: HashMap<u128, LinkRow>,
    both: Vec<LinkRow>,
}

impl CameBack {
    /// The left record of a pair that is none any more was listed.
    pub fn left_is_there(&mut self, link: &LinkRow) {
        let was_deleted = LinkBody::decode(&link.body).is_ok_and(|body| body.gone != Sides::default());
        if was_deleted {
            self.left.insert(short(&link.right_id), link.clone());
        }
    }

    /// The right one was.
    pub fn other_is_there(&mut self, link: &LinkRow) {
        self.both.extend(self.left.remove(&short(&link.right_id)));
    }
}

impl Work<'_> {
    /// Reads both records of these pairs by id, where lists may lag.
    pub(super) async fn settle_restored(
        &self,
        came_back: CameBack,
        found: &mut Found,
        certificate: &mut Certificate,
    ) -> Result<()> {
        let ids = Sides::from_fn(|side| {
            came_back.both.iter().map(|link| RemoteId::new(link.id(side))).collect::<Vec<_>>()
        });
        let left = self.read(Side::Left, &ids.left, certificate).await?;
        let right = self.read(Side::Right, &ids.right, certificate).await?;
        for link in &came_back.both {
            if !left.contains_key(link.left_id.as_str()) || !right.contains_key(link.right_id.as_str()) {
                continue;
            }
            // They were counted as what is no pair any more.
            if let Some(untied) = certificate.skipped.get_mut("untied") {
                *untied -= 2;
            }
            found.mending.push(of_pair(link, Mending::default()));
            found.different.push((link.left_id.clone(), link.right_id.clone(), vec![RESTORED.to_owned()]));
        }
        certificate.skipped.retain(|_, count| *count > 0);
        Ok(())
    }
}
