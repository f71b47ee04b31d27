//! What a seed draws: the shape of the world, its people's edits, its accidents.

use crate::{
    act::Act,
    bounds::Bounds,
    owners::{self, Owners},
    schema::schema,
    scopes::Scopes,
    steps,
    weather::Weather,
};
use musubi_connector::Projection;
use musubi_core::{
    Side, Sides, Value,
    mapping::{Mapping, Wanted, WantedPair},
    mutant::Mutant,
    policy::{
        AutomationPolicy, BlankPolicy, ConflictPolicy, DeleteConflictPolicy, DeletionPolicy, Direction,
        FieldPolicy, InitialPolicy, LaterChanges, LeavingPolicy, Policy,
    },
    reconcile::Rules,
};
use musubi_engine::scope_config::ViewChanges;
use musubi_engine::sync::{BatchSizes, ByBulk, Parent, Plan, Settings};
use musubi_store::SyncId;
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Names of the mapped fields, by slot.
pub const FIELDS: [&str; 8] = ["Tag", "Name", "Email", "Phone", "Note", "Status", "Parent", "Owner"];
/// A text that tells one person from all others; people never change it.
pub const TAG: usize = 0;
/// What somebody is called.
pub const NAME: usize = 1;
/// The match field.
pub const EMAIL: usize = 2;
/// A field with a direction of its own.
pub const PHONE: usize = 3;
/// A field that a workflow may rewrite.
pub const NOTE: usize = 4;
/// A picklist.
pub const STATUS: usize = 5;
/// A lookup to another record of the module.
pub const PARENT: usize = 6;
/// Who owns it.
pub const OWNER: usize = 7;

/// A world's plan.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The seed it was drawn from.
    pub seed: u64,
    /// What happens when (milliseconds from the start), in order.
    pub acts: Vec<(i64, Act)>,
    /// Accidents.
    pub weather: Weather,
    /// Which way.
    pub direction: Direction,
    /// Which way until it is opened.
    pub until_open: Option<Direction>,
    /// Policies.
    pub policy: Policy,
    /// So many deletions are carried over without asking.
    pub deletion_limit: u64,
    /// What is different for a field, by slot.
    pub fields: [FieldPolicy; FIELDS.len()],
    /// Which records take part.
    pub scopes: Scopes,
    /// Those that take part once list views were changed, and whether somebody is asked about it.
    pub views: Option<(Scopes, ViewChanges)>,
    /// What bounds them besides.
    pub bounds: Bounds,
    /// What is done to values on their way, by slot.
    pub steps: steps::Drawn,
    /// Who is whom on the other side.
    pub owners: Owners,
    /// The field's own direction for `Phone`.
    pub phone: Direction,
    /// Per side: a workflow rewrites `Note` after each write, ours included.
    pub hostile: Sides<bool>,
    /// Those workflows run whatever a write says about automations.
    pub stubborn: bool,
    /// All edits happen before the engine looks, to compare two orders of work (I16).
    pub before_engine: bool,
    /// Page and batch sizes.
    pub page: usize,
    /// Per side: whether the first reading is a bulk read.
    pub bulk: Sides<ByBulk>,
    /// See [`Settings::lone_updates`].
    pub lone_updates: usize,
    /// Per side: how far the service's clock is off, in milliseconds.
    pub skew: Sides<i64>,
    /// People use our credential.
    pub shared: bool,
    /// Backups are made and restored.
    pub restores: bool,
    /// Crash exactly at this store effect (enumerated crashes).
    pub crash_at: Option<usize>,
    /// Seed of the order in which things are done.
    pub order: u64,
}

impl Scenario {
    /// These acts in this weather, by the policies that ship: nothing but the page and batch sizes is drawn.
    pub fn plain(acts: Vec<(i64, Act)>, weather: Weather) -> Scenario {
        Scenario {
            acts,
            weather,
            direction: Direction::Both,
            until_open: None,
            policy: Policy::default(),
            phone: Direction::Both,
            hostile: Sides::default(),
            before_engine: false,
            restores: false,
            shared: false,
            scopes: Scopes::default(),
            views: None,
            bounds: Bounds::default(),
            steps: Default::default(),
            owners: Owners::default(),
            fields: Default::default(),
            bulk: Sides::from_fn(|_| ByBulk::Never("setting")),
            ..Scenario::draw(1)
        }
    }

    /// The world of this seed.
    pub fn draw(seed: u64) -> Scenario {
        let mut rng = SmallRng::seed_from_u64(seed);
        let calm = rng.random_ratio(1, 4);
        let chance = |rng: &mut SmallRng, most: u32| if calm { 0 } else { rng.random_range(0..=most) };
        let weather = Weather {
            throttled: chance(&mut rng, 80),
            failed: chance(&mut rng, 60),
            lost: chance(&mut rng, 60),
            lost_writes: 0,
            late: chance(&mut rng, 30),
            item: chance(&mut rng, 60),
            crash: if calm || rng.random_ratio(1, 2) { 0 } else { rng.random_range(1..30) },
            webhook_lost: chance(&mut rng, 400),
            webhooks: rng.random_ratio(2, 3),
            list_lag: if calm { 0 } else { *[0, 500, 3_000].choose(&mut rng).unwrap_or(&0) },
        };
        let direction = match rng.random_range(0..6) {
            0 => Direction::LeftToRight,
            1 => Direction::RightToLeft,
            _ => Direction::Both,
        };
        let conflict = match rng.random_range(0..8) {
            0 => ConflictPolicy::Left,
            1 => ConflictPolicy::Right,
            2 => ConflictPolicy::Skip,
            3 => ConflictPolicy::Hold,
            _ => ConflictPolicy::Latest,
        };
        let deletion = if rng.random_ratio(1, 4) { DeletionPolicy::Delete } else { DeletionPolicy::Unlink };
        let phone = if rng.random_ratio(1, 4) { Direction::LeftToRight } else { Direction::Both };
        let hostile = if rng.random_ratio(1, 12) {
            Sides { left: rng.random_ratio(1, 2), right: rng.random_ratio(1, 2) }
        } else {
            Sides::default()
        };
        let before_engine = calm && rng.random_ratio(1, 2);
        let mut scenario = Scenario {
            seed,
            acts: Vec::new(),
            weather,
            direction,
            until_open: None,
            policy: Policy {
                conflict,
                deletion: Sides { left: deletion, right: deletion },
                ..Policy::default()
            },
            deletion_limit: 5,
            fields: Default::default(),
            scopes: Scopes::default(),
            views: None,
            bounds: Bounds::default(),
            steps: Default::default(),
            owners: Owners::default(),
            phone,
            hostile,
            stubborn: seed % 2 == 1,
            before_engine,
            page: rng.random_range(2..6),
            bulk: Sides::from_fn(|_| ByBulk::Never("setting")),
            lone_updates: if rng.random_ratio(1, 5) { 0 } else { 3 },
            skew: Sides { left: rng.random_range(-3_000..3_000), right: rng.random_range(-3_000..3_000) },
            shared: rng.random_ratio(1, 4),
            restores: !before_engine && rng.random_ratio(1, 6),
            crash_at: None,
            order: rng.random(),
        };
        if scenario.lone_updates == 0 {
            // A batch that is carried out late overwrites unseen what was edited meanwhile: the window of batches, see the specification.
            scenario.weather.late = 0;
        }
        scenario.draw_acts(&mut rng);
        scenario.draw_policies(&mut SmallRng::seed_from_u64(seed ^ 0x706f_6c69));
        scenario.draw_scopes(&mut SmallRng::seed_from_u64(seed ^ 0x7363_6f70));
        scenario.steps = steps::draw(&mut SmallRng::seed_from_u64(seed ^ 0x7374_6570));
        scenario.draw_decisions(&mut SmallRng::seed_from_u64(seed ^ 0x6465_6369));
        crate::sim::erasures::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x6572_6173));
        scenario.draw_meanwhile(&mut SmallRng::seed_from_u64(seed ^ 0x6d65_616e));
        crate::sim::bulk::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x6275_6c6b));
        crate::sim::successors::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x7375_6363));
        crate::sim::undeletes::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x756e_6465));
        crate::sim::openings::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x6f70_656e));
        owners::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x6f77_6e65));
        scenario.scopes.join_conditions(&mut SmallRng::seed_from_u64(seed ^ 0x6a6f_696e));
        crate::sim::views::draw(&mut scenario, &mut SmallRng::seed_from_u64(seed ^ 0x7669_6577));
        scenario.bounds = Bounds::draw(&scenario, &mut SmallRng::seed_from_u64(seed ^ 0x626f_756e));
        scenario
    }

    /// Drawn apart: in an eighth of the worlds the module was taken up again a moment ago.
    fn draw_meanwhile(&mut self, rng: &mut SmallRng) {
        let rules =
            [ConflictPolicy::Latest, ConflictPolicy::Left, ConflictPolicy::Right, ConflictPolicy::Skip];
        if rng.random_ratio(1, 8) {
            self.policy.meanwhile = rules.choose(rng).copied();
        }
    }

    /// Drawn apart, so that the rest of a world does not depend on what policies there are.
    fn draw_policies(&mut self, rng: &mut SmallRng) {
        let either = [None, None, Some(Side::Left), Some(Side::Right)];
        let side = |rng: &mut SmallRng| either.choose(rng).copied().flatten();
        let blank = [BlankPolicy::Clear, BlankPolicy::Clear, BlankPolicy::Keep, BlankPolicy::ClearFromMaster];
        let conflict = [
            None,
            None,
            Some(ConflictPolicy::Latest),
            Some(ConflictPolicy::Left),
            Some(ConflictPolicy::Right),
            Some(ConflictPolicy::Skip),
            Some(ConflictPolicy::Hold),
        ];
        let initial = [
            None,
            None,
            None,
            Some(InitialPolicy::Latest),
            Some(InitialPolicy::Left),
            Some(InitialPolicy::Right),
            Some(InitialPolicy::FillBlanks),
            Some(InitialPolicy::Hold),
        ];
        self.policy.initial = initial.choose(rng).copied().flatten();
        self.policy.master = side(rng).unwrap_or(Side::Left);
        self.policy.blank = blank.choose(rng).copied().unwrap_or_default();
        let automations = [AutomationPolicy::AfterLoad, AutomationPolicy::Always, AutomationPolicy::Never];
        self.policy.automations = automations.choose(rng).copied().unwrap_or_default();
        for slot in [NAME, PHONE, STATUS] {
            self.fields[slot].conflict = conflict.choose(rng).copied().flatten();
            self.fields[slot].master = side(rng);
            self.fields[slot].blank = rng.random_ratio(1, 3).then(|| blank.choose(rng).copied()).flatten();
        }
        self.draw_later(&mut SmallRng::seed_from_u64(self.seed ^ 0x6465_6c65));
        if rng.random_ratio(1, 3) {
            self.fields[STATUS].default = Sides::from_fn(|_| Some(Value::text("Open")));
        }
    }

    /// Drawn apart as well.
    fn draw_scopes(&mut self, rng: &mut SmallRng) {
        let leaving = [
            LeavingPolicy::KeepLinked,
            LeavingPolicy::StopUpdates,
            LeavingPolicy::StopSending,
            LeavingPolicy::Unlink,
        ];
        self.scopes = Scopes::draw(rng);
        self.policy.leaving = leaving.choose(rng).copied().unwrap_or_default();
    }

    /// Drawn apart too: in half of the worlds persons decide and undo, while others edit and after that.
    fn draw_decisions(&mut self, rng: &mut SmallRng) {
        if self.before_engine || rng.random_ratio(1, 2) {
            return;
        }
        let length = self.length();
        for _ in 0..rng.random_range(1..7) {
            let at = rng.random_range(1_000..length + 40_000);
            let side = if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
            let nth = rng.random_range(0..9);
            let act = match rng.random_ratio(1, 2) {
                true => Act::Decide { nth, winner: side },
                false => Act::Undo { side, nth },
            };
            self.acts.push((at, act));
        }
        // A pause ends, whatever is decided after it.
        self.acts.sort_by_key(|(at, _)| *at);
    }

    /// What is said about deletions, and about changes after the first agreement: drawn apart once more.
    fn draw_later(&mut self, rng: &mut SmallRng) {
        let deletes = [DeletionPolicy::Delete, DeletionPolicy::DeleteIfUnrelated, DeletionPolicy::Unlink];
        for side in Side::BOTH {
            let policy = self.policy.deletion.get_mut(side);
            if policy.deletes() {
                *policy = deletes.choose(rng).copied().unwrap_or_default();
            }
        }
        let conflict = [DeleteConflictPolicy::Edit, DeleteConflictPolicy::Delete, DeleteConflictPolicy::Hold];
        self.policy.delete_conflict = conflict.choose(rng).copied().unwrap_or_default();
        self.deletion_limit = *[0, 1, 2, 5].choose(rng).unwrap_or(&5);
        if rng.random_ratio(1, 6) {
            self.fields[STATUS].later = LaterChanges::Keep;
        }
    }

    fn draw_acts(&mut self, rng: &mut SmallRng) {
        let side = |rng: &mut SmallRng| if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        for person in 0..rng.random_range(1..7) {
            let first = side(rng);
            let with_email = rng.random_ratio(4, 5);
            self.acts.push((0, Act::Create { side: first, person, with_email }));
            if with_email && rng.random_ratio(1, 3) {
                self.acts.push((0, Act::Create { side: first.other(), person, with_email }));
            }
        }
        let most = if self.before_engine { 8 } else { 25 };
        let mut paused = false;
        let mut at = 0;
        for _ in 0..rng.random_range(0..most) {
            at += *[0, 50, 400, 1_000, 3_000, 20_000].choose(rng).unwrap_or(&0);
            let act = match rng.random_range(0..40) {
                0..=2 if !self.before_engine => Act::Create {
                    side: side(rng),
                    person: rng.random_range(10..40),
                    with_email: rng.random_ratio(4, 5),
                },
                3 => Act::Delete { side: side(rng), nth: rng.random_range(0..9) },
                4 if !self.before_engine => {
                    paused = !paused;
                    if paused { Act::Pause } else { Act::Resume }
                }
                5 if !self.before_engine => Act::FullPass,
                6 if !self.before_engine && self.weather.crash > 0 => Act::TakeOver,
                7 if !self.before_engine && self.weather.crash > 0 => Act::Rival,
                8 if !self.before_engine => {
                    Act::ClockStep { side: side(rng), by: *[300, 4_000, 90_000].choose(rng).unwrap_or(&0) }
                }
                9..=11 if self.restores => Act::Backup,
                12..=13 if self.restores => Act::Restore,
                _ => Act::Edit {
                    side: side(rng),
                    nth: rng.random_range(0..9),
                    slot: rng.random_range(1..=PARENT),
                    value: rng.random_range(0..12),
                },
            };
            self.acts.push((at, act));
        }
        if paused {
            self.acts.push((at + 100, Act::Resume));
        }
    }

    /// How long after the start the last thing happens.
    pub fn length(&self) -> i64 {
        self.acts.last().map_or(0, |(at, _)| *at)
    }

    /// The engine's plan for this world, as it is at first.
    pub fn plan(&self, sync: SyncId, mutant: Mutant) -> Plan {
        self.plan_of(self.until_open.unwrap_or(self.direction), sync, mutant)
    }

    /// The plan once both sides are written to: another version of the mapping.
    pub fn opened(&self, sync: SyncId, mutant: Mutant) -> Plan {
        let plan = self.anew(self.direction, sync, mutant);
        Plan { narrower: [1].into(), ..plan }
    }

    /// The plan once these scopes count: another version as well.
    pub fn judged_by(&self, scopes: &Scopes, sync: SyncId, mutant: Mutant) -> Plan {
        let later = Scenario { scopes: scopes.clone(), ..self.clone() };
        let plan = later.anew(self.direction, sync, mutant);
        Plan { rejudged: [1].into(), ..plan }
    }

    /// Another version of the mapping, with the same fields.
    fn anew(&self, direction: Direction, sync: SyncId, mutant: Mutant) -> Plan {
        let mut plan = self.plan_of(direction, sync, mutant);
        plan.rules.version = 2;
        plan.earlier = [(1, (0..FIELDS.len() as u16).map(Some).collect())].into();
        plan
    }

    fn plan_of(&self, direction: Direction, sync: SyncId, mutant: Mutant) -> Plan {
        let schema = schema();
        let wanted = (0..).zip(FIELDS.iter().zip(&self.fields)).map(|(slot, (name, policy))| WantedPair {
            steps: steps::of(&self.steps[slot], direction),
            direction: (*name == FIELDS[PHONE]).then_some(self.phone),
            policy: policy.clone(),
            ..WantedPair::new(*name, *name)
        });
        let wanted = Wanted::Pairs(wanted.collect());
        let sides = Sides { left: &schema, right: &schema };
        let mapping =
            Mapping::compile(sides, &wanted, direction, &["Email".into()]).expect("the fields are all there");
        let projection = |side| {
            let fields = mapping.pairs.iter().map(|pair| pair.fields.get(side).clone()).collect();
            Arc::new(Projection { module: "Contacts".into(), fields })
        };
        let projections = Sides::from_fn(projection);
        let parent = Parent { sync, modules: mapping.modules.clone() };
        let batch = BatchSizes { page: self.page, read: self.page, write: 3, conditional: true };
        Plan {
            sync,
            rules: Rules { mapping, version: 1, policy: self.policy, mutant },
            direction,
            projections,
            intake: Sides::from_fn(|side| self.scopes.intake(side, &schema)),
            window: self.bounds.window(),
            parents: (0..FIELDS.len())
                .map(|slot| if slot == PARENT { vec![parent.clone()] } else { Vec::new() })
                .collect(),
            later: Sides::from_fn(|_| self.bounds.later()),
            any_lookups: self.bounds.any_lookups(),
            only_with_parent: self.bounds.only_with_parent,
            mandatory: Sides::default(),
            tells_merged: Sides { left: true, right: true },
            deletion_limit: self.bounds.deletion_limit(self.deletion_limit),
            owner_slots: vec![OWNER as u16],
            people: self.owners.people(),
            earlier: HashMap::new(),
            narrower: HashSet::new(),
            rejudged: HashSet::new(),
            found_by: HashMap::new(),
            settings: Settings {
                poll_min: 1_000,
                poll_max: 20_000,
                poll_watched: 40_000,
                settle_every: 10_000,
                horizon: 12_000,
                look_back: 2_000,
                lateness: 10_000,
                clock_slack: 3_000,
                call_timeout: 5_000,
                writes_at_once: 2,
                pages_ahead: 4,
                lone_updates: self.lone_updates,
                // The shorter, the more often a load waits for its looks.
                load_freshness: if self.seed.is_multiple_of(3) { 6_000 } else { 30_000 },
                burst_limit: 8,
                burst_window: 600_000,
                views_every: i64::MAX / 4,
                day: 24 * 3_600_000,
                notices_every: i64::MAX / 4,
                notices_timeout: i64::MAX / 4,
                delete_breaker: 5,
                bulk_wait: 2_000,
                bulk_longest: 60_000,
                bulk_check: 10_000,
                retries: [4_000, 8_000, 12_000, 16_000, 20_000, 24_000, 28_000, 32_000],
            },
            batch: Sides { left: batch, right: batch },
            bulk: self.bulk,
        }
    }
}
