/** Where tables for spreadsheets are had. */

import { type AttentionFilter, set } from "./queries";

/** Where a spreadsheet of all of them is had. */
export function allAttentionCsv(filter: AttentionFilter): string {
  const query = new URLSearchParams(set({ ...filter })).toString();
  return query === "" ? "/api/v1/attention/csv" : `/api/v1/attention/csv?${query}`;
}

/** Where a spreadsheet of the same is had. */
export function attentionCsv(name: string, filter: AttentionFilter): string {
  const query = new URLSearchParams(set({ ...filter })).toString();
  const path = `/api/v1/integrations/${encodeURIComponent(name)}/attention/csv`;
  return query === "" ? path : `${path}?${query}`;
}

/** Where a spreadsheet of the records that are skipped for a reason is had. */
export function skippedCsv(name: string, module: { left: string; right: string }, reason: string): string {
  const query = new URLSearchParams({ module: `${module.left}:${module.right}`, code: `skipped.${reason}` });
  return `/api/v1/integrations/${encodeURIComponent(name)}/skipped/csv?${query.toString()}`;
}
