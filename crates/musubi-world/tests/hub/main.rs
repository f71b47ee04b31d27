//! The hub at work over real HTTP between two orgs of the sandbox, on real stores. One program for all of it: building the hub into each of thirty would take
//! most of the time that the tests take.

use musubi_world as world;

#[path = "../../../musubi-notices/tests/receivers/mod.rs"]
mod receivers;

mod agreement;
mod applied;
mod approved;
mod attached;
mod attachments;
mod bulk;
mod children;
mod circles;
mod computed;
mod costs;
mod decisions;
mod deletions;
mod directions;
mod drift;
mod erasure;
mod explained;
mod failed;
mod links;
mod mass;
mod matching;
mod mistakes;
mod named;
mod newborn;
mod notices;
mod owners;
mod parameters;
mod pausing;
mod planned;
mod policies;
mod regions;
mod remembered;
mod reports;
mod required;
mod resting;
mod restored;
mod retries;
mod rows;
mod scope;
mod stopped;
mod successors;
mod tags;
mod together;
mod totals;
mod transforms;
mod trouble;
mod undeleted;
mod undo;
mod unmappable;
mod views;
