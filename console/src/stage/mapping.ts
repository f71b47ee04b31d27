import type { Schema } from "../api/client";
import type { ModulePair } from "../look/mapping/pairs";
import { newPair } from "../pages/wizard/draft";
import type { Answers, Asked } from ".";
import { field } from "./data";

/** The settings of one module pair, as the hub answers about them. */
export const PAGE = "/integrations/tokyo-london/modules/Contacts/Contacts/settings";
export const pair = (more: Partial<ModulePair> = {}): ModulePair => ({
  ...newPair("Contacts"),
  match: ["Email"],
  ...more,
});
export const integration = (module: ModulePair) => ({
  name: "tokyo-london",
  left: "tokyo",
  right: "london",
  state: "active",
  owners: {},
  modules: [module],
});
export const mapped = (name: string): Schema<"MappedField"> => ({
  left: name,
  right: name,
  label_left: name,
  label_right: name,
  matches: name === "Email",
  samples: [],
  direction: "both",
});
export const preview = (more: Partial<Schema<"ModulePreview">> = {}): Schema<"ModulePreview"> => ({
  custom_unmapped: { left: [], right: [] },
  lossy: [],
  inexact: [],
  left: "Contacts",
  right: "Contacts",
  mapped: [mapped("Last_Name"), mapped("Email")],
  left_out: [],
  required_missing: { left: [], right: [] },
  unmapped: {
    left: [{ field: "field1", reason: "field.no_counterpart", blocks: false }],
    right: [{ field: "Region", reason: "field.no_counterpart", blocks: true }],
  },
  problems: [],
  ...more,
});
export const record: Schema<"PreviewedRecord"> = {
  tie: "linked",
  left: {
    id: "1",
    label: "佐藤 結衣",
    values: { Last_Name: "佐藤", Email: "yui@example.jp", field1: "東日本" },
  },
  right: {
    id: "2",
    label: "佐藤 結衣",
    values: { Last_Name: "佐藤", Email: "y@example.jp", Region: "東日本" },
  },
  fields: [
    {
      left: "Last_Name",
      right: "Last_Name",
      agrees: true,
      to_right: { value: "佐藤", problem: null, what: null, steps: [] },
      to_left: { value: "佐藤", problem: null, what: null, steps: [] },
    },
    {
      left: "Email",
      right: "Email",
      agrees: false,
      to_right: {
        value: null,
        problem: "value.too_long",
        what: "the value is longer than the other side's field",
        steps: [],
      },
      to_left: { value: "y@example.jp", problem: null, what: null, steps: [] },
    },
  ],
};
export const contacts = (...more: Schema<"Field">[]) => ({
  items: [field("Last_Name", "text", { required: true }), field("Email", "email"), ...more],
});

export function answers(module: ModulePair, more: Answers = {}): Answers {
  return {
    "GET /integrations/tokyo-london": integration(module),
    "GET /connections/tokyo/modules/Contacts/fields": contacts(field("field1", "text", { label: "地域" })),
    "GET /connections/london/modules/Contacts/fields": contacts(
      field("Region", "text", { required: true }),
      field("Born", "date"),
    ),
    "GET /connections/tokyo/modules/Contacts/views": { items: [] },
    "GET /connections/london/modules/Contacts/views": { items: [] },
    "POST /integrations/preview": { modules: [preview()] },
    "POST /mapping/records": { items: [record] },
    "POST /mapping/suggestions": { items: [] },
    "POST /mapping/fits": ({ body }: Asked) => ({
      items:
        (body as { side: string }).side === "left"
          ? [
              { field: "Region", direction: "both", reason: null },
              { field: "Born", direction: null, reason: "field.types_differ" },
            ]
          : [{ field: "field1", direction: "both", reason: null }],
    }),
    "POST /integrations/tokyo-london/preview-change": { changes: [], modules: [preview()], cascades: [] },
    ...more,
  };
}

export const sentTo = (asked: Asked[], method: string, path: string) =>
  asked.filter((one) => one.method === method && one.path === path).map(({ body }) => body);
