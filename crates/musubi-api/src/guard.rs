//! How often one may try to log in. Guessing is slowed down by where it comes from, so that nobody can lock somebody else out: an account is only closed to
//! places that never logged in to it, and only while it is under attack.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failures of one place for one account that are free.
const FREE: u32 = 5;
/// Failures of one place for all accounts within [`WINDOW`].
const PER_PLACE: u32 = 30;
/// Failures of all places for one account within [`WINDOW`], after which only places that were there before may try.
const PER_ACCOUNT: u32 = 60;
/// Failures are remembered so long, in milliseconds.
const WINDOW: i64 = 15 * 60_000;
/// The longest wait after one more failure.
const LONGEST: i64 = 5 * 60_000;

/// Who tried what, in this process.
#[derive(Default)]
pub struct Guard {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    places: HashMap<IpAddr, Failures>,
    accounts: HashMap<String, Failures>,
    pairs: HashMap<(IpAddr, String), Failures>,
    known: HashSet<(IpAddr, String)>,
    swept: i64,
}

#[derive(Clone, Copy, Default)]
struct Failures {
    count: u32,
    last: i64,
}

impl Failures {
    fn at(self, now: i64) -> u32 {
        if now - self.last > WINDOW { 0 } else { self.count }
    }

    fn add(&mut self, now: i64) {
        *self = Failures { count: self.at(now) + 1, last: now };
    }
}

impl Guard {
    /// Seconds to wait before this may be tried, if any.
    pub fn wait(&self, place: IpAddr, account: &str, now: i64) -> Option<u64> {
        let inner = self.inner();
        let pair = (place, account.to_owned());
        let seconds = |until: i64| (until > now).then(|| (until - now).unsigned_abs().div_ceil(1000));
        let of_pair = inner.pairs.get(&pair).copied().unwrap_or_default();
        let over = of_pair.at(now).saturating_sub(FREE);
        if over > 0 {
            let pause = (1_000 << over.min(12)).min(LONGEST);
            if let Some(wait) = seconds(of_pair.last + pause) {
                return Some(wait);
            }
        }
        let of_place = inner.places.get(&place).copied().unwrap_or_default();
        if of_place.at(now) >= PER_PLACE {
            return seconds(of_place.last + LONGEST);
        }
        let of_account = inner.accounts.get(account).copied().unwrap_or_default();
        if of_account.at(now) >= PER_ACCOUNT && !inner.known.contains(&pair) {
            return seconds(of_account.last + LONGEST);
        }
        None
    }

    /// It was wrong.
    pub fn failed(&self, place: IpAddr, account: &str, now: i64) {
        let mut inner = self.inner();
        inner.sweep(now);
        inner.places.entry(place).or_default().add(now);
        inner.accounts.entry(account.to_owned()).or_default().add(now);
        inner.pairs.entry((place, account.to_owned())).or_default().add(now);
    }

    /// It was right.
    pub fn succeeded(&self, place: IpAddr, account: &str) {
        let mut inner = self.inner();
        let pair = (place, account.to_owned());
        inner.pairs.remove(&pair);
        inner.known.insert(pair);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// What is too old to count is forgotten, so that guessing does not fill the memory.
    fn sweep(&mut self, now: i64) {
        if now - self.swept < 60_000 {
            return;
        }
        self.swept = now;
        self.places.retain(|_, failures| failures.at(now) > 0);
        self.accounts.retain(|_, failures| failures.at(now) > 0);
        self.pairs.retain(|_, failures| failures.at(now) > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn attacker(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn a_place_that_guesses_waits_longer_each_time() {
        let guard = Guard::default();
        for n in 0..FREE {
            assert_eq!(guard.wait(HOME, "ann", 0), None, "{n}");
            guard.failed(HOME, "ann", 0);
        }
        assert_eq!(guard.wait(HOME, "ann", 0), None);
        guard.failed(HOME, "ann", 0);
        assert_eq!(guard.wait(HOME, "ann", 0), Some(2));
        assert_eq!(guard.wait(HOME, "ann", 2_000), None);
        guard.failed(HOME, "ann", 2_000);
        assert_eq!(guard.wait(HOME, "ann", 2_000), Some(4));
        assert_eq!(guard.wait(HOME, "bob", 2_000), None, "another account");
        assert_eq!(guard.wait(HOME, "ann", 2_000 + WINDOW + 1), None, "forgotten");
        guard.succeeded(HOME, "ann");
        assert_eq!(guard.wait(HOME, "ann", 2_000), None);
    }

    #[test]
    fn an_attack_on_an_account_does_not_lock_its_owner_out() {
        let guard = Guard::default();
        guard.succeeded(HOME, "ann");
        for n in 0..PER_ACCOUNT {
            guard.failed(attacker(n as u8), "ann", 0);
        }
        assert_eq!(guard.wait(attacker(200), "ann", 0), Some(300));
        assert_eq!(guard.wait(HOME, "ann", 0), None);
    }

    #[test]
    fn a_place_that_tries_every_account_waits() {
        let guard = Guard::default();
        for n in 0..PER_PLACE {
            guard.failed(attacker(1), &format!("user{n}"), 0);
        }
        assert_eq!(guard.wait(attacker(1), "somebody", 1_000), Some(299));
        assert_eq!(guard.wait(HOME, "somebody", 1_000), None);
    }
}
