//! `/sandbox/clock`.

use serde_json::{Value as Json, json};

use super::Outcome;
use crate::{clock, log::Line, world::World};

/// The present instant and the offset.
pub fn show(world: &World) -> Json {
    json!({
        "now": clock::instant(world.clock.now()).to_string(),
        "now_ms": world.clock.now_ms(),
        "offset_s": world.clock.offset_ms() as f64 / 1000.0,
    })
}

/// Moves the clock: `{"set": ISO}`, `{"advance_s": n}` or `{"offset_s": n}`.
pub fn set(world: &World, body: &Json) -> Outcome {
    let seconds = |key: &str| body[key].as_f64().map(|s| (s * 1000.0) as i64);
    if let Some(text) = body["set"].as_str() {
        let at = clock::parse_instant(text)
            .ok_or_else(|| (400, format!("{text} is not an ISO date-time with offset")))?;
        world.clock.set_ms(at * 1000);
    } else if let Some(ms) = seconds("advance_s") {
        world.clock.advance_ms(ms);
    } else if let Some(ms) = seconds("offset_s") {
        world.clock.set_offset_ms(ms);
    } else {
        return Err((400, "give set, advance_s or offset_s".into()));
    }
    if let Some(log) = &world.log {
        log.write(&Line::Clock(world.clock.offset_ms()));
    }
    Ok(show(world))
}
