import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { fieldsQuery } from "../../api/queries";
import { isListed, type ModulePair } from "../mapping/pairs";

/** A lookup to several modules, as those of notes and activities are: it names no module that it leads to. */
const leadsAnywhere = ({ type, lookup }: Schema<"Field">) => type === "lookup" && lookup === null;

/** The labels of the mapped lookups by which records of a module pair hang on those of several modules (S2-39). */
export function useParentLookups(sides: { left: string; right: string }, pair: ModulePair): string[] {
  const left = useQuery(fieldsQuery(sides.left, pair.left)).data?.items ?? [];
  const right = useQuery(fieldsQuery(sides.right, pair.right)).data?.items ?? [];
  const isMapped = (name: string) =>
    isListed(pair)
      ? pair.fields.some((each) => each.left === name)
      : right.some((other) => other.api_name === name && leadsAnywhere(other));
  return left.filter((field) => leadsAnywhere(field) && isMapped(field.api_name)).map(({ label }) => label);
}
