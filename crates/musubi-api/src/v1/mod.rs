//! `/api/v1`: every route, by who may use it. Nothing is reached but through one of these four groups.

mod attention;
mod audit;
pub(crate) mod connecting;
mod connections;
mod decisions;
mod describe;
mod erasures;
mod events;
mod explain;
mod failed;
mod history;
mod integrations;
mod jobs;
mod mapping;
mod members;
mod modules;
mod notices;
mod pairs;
mod records;
mod remembered;
mod runs;
mod scope;
pub(crate) mod session;
mod settings;
mod skipped;
mod status;
mod tokens;
mod undo;
mod waiting;

use crate::access::{Role, require};
use crate::app::App;
use crate::idempotency;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Whoever comes.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(session::setup, session::set_up)).routes(routes!(session::log_in))
}

/// Whoever is logged in.
fn user() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::show, session::log_out))
        .routes(routes!(session::change_me))
        .routes(routes!(status::show))
        .routes(routes!(status::activity))
        .routes(routes!(settings::show))
        .routes(routes!(events::listen))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::remove))
        .routes(routes!(connecting::services))
        .routes(routes!(connections::list))
        .routes(routes!(connections::show))
        .routes(routes!(connections::test))
        .routes(routes!(records::modules))
        .routes(routes!(records::users))
        .routes(routes!(records::fields))
        .routes(routes!(records::list))
        .routes(routes!(scope::views))
        .routes(routes!(records::show))
        .routes(routes!(integrations::list))
        .routes(routes!(integrations::show))
        .routes(routes!(integrations::preview))
        .routes(routes!(integrations::preview_change))
        .routes(routes!(mapping::fits))
        .routes(routes!(mapping::records))
        .routes(routes!(mapping::suggestions))
        .routes(routes!(mapping::owners))
        .routes(routes!(mapping::owned))
        .routes(routes!(scope::count))
        .routes(routes!(scope::count_draft))
        .routes(routes!(integrations::owners))
        .routes(routes!(pairs::list))
        .routes(routes!(pairs::show))
        .routes(routes!(decisions::decide))
        .routes(routes!(decisions::show))
        .routes(routes!(decisions::candidates))
        .routes(routes!(explain::show))
        .routes(routes!(history::list))
        .routes(routes!(runs::list))
        .routes(routes!(notices::list))
        .routes(routes!(failed::list))
        .routes(routes!(failed::export))
        .routes(routes!(attention::list))
        .routes(routes!(attention::retry))
        .routes(routes!(attention::export))
        .routes(routes!(waiting::list))
        .routes(routes!(waiting::export))
        .routes(routes!(skipped::list))
        .routes(routes!(skipped::export))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::plan))
        .routes(routes!(jobs::verify))
}

/// Admins.
fn admin() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(connecting::add))
        .routes(routes!(connecting::begin))
        .routes(routes!(connections::remove))
        .routes(routes!(connections::remove_stand_in))
        .routes(routes!(records::add))
        .routes(routes!(records::change, records::remove))
        .routes(routes!(integrations::add))
        .routes(routes!(integrations::change, integrations::remove))
        .routes(routes!(integrations::pause))
        .routes(routes!(integrations::resume))
        .routes(routes!(integrations::full_pass))
        .routes(routes!(modules::deactivate))
        .routes(routes!(modules::activate))
        .routes(routes!(modules::pause))
        .routes(routes!(modules::resume))
        .routes(routes!(scope::take))
        .routes(routes!(decisions::link))
        .routes(routes!(decisions::unlink))
        .routes(routes!(undo::plan))
        .routes(routes!(undo::undo))
        .routes(routes!(remembered::list))
        .routes(routes!(remembered::forget))
        .routes(routes!(erasures::list, erasures::erase))
        .routes(routes!(settings::export))
        .routes(routes!(notices::show))
        .routes(routes!(notices::test))
        .routes(routes!(jobs::check_up))
}

/// Owners.
fn owner() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(settings::change))
        .routes(routes!(settings::back_up))
        .routes(routes!(notices::change))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Musubi",
        description = "The hub's API: everything that the console can do.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(events::Told))
)]
struct Document;

/// The routes under `/api/v1`, and the document that describes them.
pub(crate) fn router(app: &App) -> (Router, utoipa::openapi::OpenApi) {
    let guarded = |mut routes: OpenApiRouter<App>, role: Role| {
        idempotency::describe(routes.get_openapi_mut());
        // The latter comes first: nobody is told what somebody else was answered.
        routes
            .route_layer(from_fn_with_state(app.clone(), idempotency::once))
            .route_layer(from_fn_with_state((app.clone(), role), require))
    };
    let all = open()
        .merge(guarded(user(), Role::User))
        .merge(guarded(admin(), Role::Admin))
        .merge(guarded(owner(), Role::Owner));
    let whole = OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", all);
    let (router, mut document) = whole.split_for_parts();
    describe::complete(&mut document);
    // No call of the API: the service sends a browser here.
    let back = Router::new()
        .route("/oauth/callback", get(connecting::came_back))
        .route_layer(from_fn_with_state((app.clone(), Role::Admin), require));
    (router.merge(back).with_state(app.clone()), document)
}
