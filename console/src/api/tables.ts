/** Where tables for spreadsheets are had, in the language that the page is shown in. */

import { currentLanguage } from "../look/texts";
import { type AttentionFilter, set } from "./queries";

function table(path: string, filter: Record<string, string | undefined>): string {
  const query = new URLSearchParams({ ...set(filter), language: currentLanguage() });
  return `/api/v1/${path}/csv?${query.toString()}`;
}

const of = (name: string, what: string) => `integrations/${encodeURIComponent(name)}/${what}`;

/** Where a spreadsheet of all of them is had. */
export function allAttentionCsv(filter: AttentionFilter): string {
  return table("attention", { ...filter });
}

/** Where a spreadsheet of the same is had. */
export function attentionCsv(name: string, filter: AttentionFilter): string {
  return table(of(name, "attention"), { ...filter });
}

/** Where a spreadsheet of the records that wait for others is had. */
export function waitingCsv(name: string, module: string | undefined): string {
  return table(of(name, "waiting"), { module });
}

/** Where a spreadsheet of the records that are skipped for a reason is had. */
export function skippedCsv(name: string, module: { left: string; right: string }, reason: string): string {
  const pair = `${module.left}:${module.right}`;
  return table(of(name, "skipped"), { module: pair, code: `skipped.${reason}` });
}
