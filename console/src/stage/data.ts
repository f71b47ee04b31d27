import type { Schema } from "../api/client";

const both = (left: number, right = left) => ({ left, right });

export const member: Schema<"Member"> = {
  id: 1,
  name: "山田 太郎",
  email: "taro@example.jp",
  role: "owner",
  language: null,
  theme: "auto",
  active: true,
  created_at: 0,
  last_seen_at: null,
};

export const session: Schema<"Session"> = {
  member,
  workspace: { id: 1, name: "本社" },
  csrf: "the-token",
  expires_at: 0,
  version: "1",
  demo: false,
};

export function module(left: string, more: Partial<Schema<"ModuleStatus">> = {}): Schema<"ModuleStatus"> {
  return {
    left,
    right: left,
    state: "active",
    paused: false,
    meanwhile: null,
    waits_for: null,
    direction: "both",
    phase: "steady",
    process: "p",
    agreed_since: 1,
    links: 10,
    unlinked: both(0),
    open: 0,
    held: {},
    failed: {},
    scanned: both(0),
    expected: both(0),
    seconds_left: null,
    seen_until: both(1),
    watched: { left: true, right: false },
    views_changed: false,
    outcomes: {},
    seen: 0,
    calls: both(0),
    credits: both(0),
    problem: null,
    ...more,
  };
}

export function integration(
  name: string,
  modules: Schema<"ModuleStatus">[],
  state: "active" | "paused" = "active",
): Schema<"IntegrationStatus"> {
  return { name, state, left: "tokyo", right: "london", modules };
}

const connection = (id: number, name: string): Schema<"ConnectionStatus"> => ({
  id,
  name,
  service: "crm",
  place: "jp",
  org: "600123",
  has_credential: true,
  refused_at: null,
  stand_ins: [],
  credits_used: 12,
  calls_under_way: 0,
  channels: 0,
});

export const status: Schema<"StatusReport"> = {
  integrations: [
    integration("tokyo-london", [
      module("Accounts"),
      module("Contacts", { failed: { "value.not_an_option": 7 } }),
    ]),
  ],
  connections: [connection(1, "tokyo"), connection(2, "london")],
  processes: ["p"],
  undelivered_notices: 0,
};

export function asConnection(name: string, integrations: string[]): Schema<"Connection"> {
  return {
    ...connection(1, name),
    data_centre: "jp",
    base_url: null,
    integrations,
    token: { state: "fresh", expires_at: null },
  };
}

export function field(
  api_name: string,
  type: Schema<"FieldType">,
  more: Partial<Schema<"Field">> = {},
): Schema<"Field"> {
  return {
    api_name,
    label: api_name,
    type,
    required: false,
    create_only: false,
    custom: false,
    read_only: false,
    unique: false,
    max_length: null,
    options: [],
    columns: [],
    lookup: null,
    ...more,
  };
}

export const contacts: Schema<"Module"> = {
  api_name: "Contacts",
  label: "連絡先",
  plural_label: "連絡先",
  creatable: true,
  editable: true,
  deletable: true,
  custom: false,
};

export const activity: Schema<"Activity"> = {
  step_ms: 3_600_000,
  from: 0,
  buckets: [],
  credits: [{ connection: "tokyo", used: [], limit: 1000, used_today: 250 }],
};

export function job(more: Partial<Schema<"Job">>): Schema<"Job"> {
  return {
    id: "7",
    kind: "verify",
    integration: "tokyo-london",
    state: "done",
    started_at: 0,
    ended_at: 1000,
    progress: null,
    result: null,
    problem: null,
    ...more,
  };
}

export const entry: Schema<"HistoryEntry"> = {
  at: 10_400,
  module: "Contacts",
  number: 5,
  kind: "updated",
  side: "right",
  left_id: "1",
  right_id: "2",
  label: "佐藤 結衣",
  changes: [{ field: "Phone", before: "03-1", after: "03-2" }],
  by: null,
  caused_at: null,
};

/** A record with which everything is as it should be. */
export const agreeing: Schema<"Explanation"> = {
  module: "Contacts",
  side: "left",
  id: "1",
  label: null,
  counterpart: "2",
  synced: true,
  reasons: [
    {
      code: "explain.agrees",
      what: "both records agree",
      hint: "",
      field: null,
      since: null,
      by: null,
      matter: null,
      waits_for: null,
      said: null,
    },
  ],
};
