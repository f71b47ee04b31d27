import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { fieldsQuery } from "../../api/queries";
import type { Draft } from "../mapping/pairs";
import { previewsQuery } from "../mapping/queries";

/** A lookup to several modules, as those of notes and activities are: it names no module that it leads to. */
const leadsAnywhere = ({ type, lookup }: Schema<"Field">) => type === "lookup" && lookup === null;

/** The labels of the mapped lookups by which records of a module pair hang on those of several modules (S2-39). */
export function useParentLookups(draft: Draft): string[] {
  const module = draft.modules[draft.at]?.left;
  const fields = useQuery({ ...fieldsQuery(draft.left, module ?? ""), enabled: module !== undefined });
  const lookups = (fields.data?.items ?? []).filter(leadsAnywhere);
  // Where none of their modules is synced, they are not mapped: nothing hangs on anything then.
  const previews = useQuery({ ...previewsQuery(draft), enabled: lookups.length > 0 });
  const mapped = (previews.data?.[draft.at]?.mapped ?? []).filter(({ direction }) => direction !== null);
  return lookups
    .filter(({ api_name }) => mapped.some(({ left }) => left === api_name))
    .map(({ label }) => label);
}
