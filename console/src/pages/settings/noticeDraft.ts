import type { Schema } from "../../api/client";
import { EVENTS } from "../../look/notice";

type Settings = Schema<"NoticeSettings">;
type Event = (typeof EVENTS)[number];

/** The settings as a form holds them: every field a text, a choice or a list. */
export interface NoticeDraft {
  server: string;
  port: string | number;
  tls: Schema<"NoticeTls">;
  user: string;
  password: string;
  from: string;
  to: string[];
  url: string;
  secret: string;
  language: Schema<"Language">;
  zone: string;
  digest: string;
  events: Event[];
}

/** Settings that say nothing of events tell all of them. */
export function draftOf(settings: Settings, zone: string): NoticeDraft {
  const { smtp, webhook, events } = settings;
  return {
    server: smtp?.server ?? "",
    port: smtp?.port ?? "",
    tls: smtp?.tls ?? "starttls",
    user: smtp?.user ?? "",
    password: "",
    from: smtp?.from ?? "",
    to: smtp?.to ?? [],
    url: webhook?.url ?? "",
    secret: "",
    language: settings.language ?? "en",
    zone: settings.zone ?? zone,
    digest: settings.digest ?? "",
    events: EVENTS.filter((event) => events?.includes(event) ?? true),
  };
}

/** What is sent to the hub. What the form does not show stays as it was; a secret that was not typed is left alone. */
export function changeOf(draft: NoticeDraft, before: Settings): Schema<"NoticeChange"> {
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  const server = text(draft.server);
  const url = text(draft.url);
  const port = Number(draft.port);
  const smtp = server !== null && {
    server,
    port: port > 0 ? port : null,
    tls: draft.tls,
    user: text(draft.user),
    from: draft.from.trim(),
    to: draft.to,
  };
  const digest = text(draft.digest);
  return {
    settings: {
      ...before,
      language: draft.language,
      zone: text(draft.zone),
      digest,
      events: draft.events.length === EVENTS.length ? null : draft.events,
      smtp: smtp === false ? null : smtp,
      webhook: url === null ? null : { url },
    },
    ...(draft.password === "" ? {} : { smtp_password: draft.password }),
    ...(draft.secret === "" ? {} : { webhook_secret: draft.secret }),
  };
}
