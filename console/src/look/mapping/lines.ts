import type { Schema } from "../../api/client";
import { isSame, SIDES, type Direction, type FieldPair, type ModulePair } from "./pairs";

/** A pair of fields and all that is known of it. */
export interface Line {
  pair: FieldPair;
  /** Which way values go, where the pair itself says nothing, too. */
  direction: Direction;
  /** As the hub would map it. */
  mapped: Schema<"MappedField"> | undefined;
  /** What becomes of a real record's values. */
  preview: Schema<"PreviewedField"> | undefined;
  problem: Schema<"MappingProblem"> | undefined;
  /** A value that shows that both ways cannot be. */
  lossy: Schema<"LossyPair"> | undefined;
  /** A value that comes back changed or waits, which is allowed. */
  inexact: Schema<"LossyPair"> | undefined;
}

export function lineOf(
  pair: FieldPair,
  module: ModulePair,
  known: Schema<"ModulePreview">,
  record: Schema<"PreviewedRecord"> | undefined,
): Line {
  const mapped = known.mapped.find((each) => isSame(each, pair));
  return {
    pair,
    direction: pair.direction ?? mapped?.direction ?? module.direction,
    mapped,
    preview: record?.fields.find((each) => isSame(each, pair)),
    problem: known.problems.find(({ left, right }) => left === pair.left && right === pair.right),
    lossy: known.lossy.find((each) => isSame(each, pair)),
    inexact: known.inexact.find((each) => isSame(each, pair)),
  };
}

const GOES = { left: ["left_to_right", "both"], right: ["right_to_left", "both"] };

/** What keeps the real record's value from being carried over on a way that it is to go. */
export function refusalOf({ preview, direction }: Line): Schema<"Carried"> | undefined {
  if (preview === undefined || preview.agrees === true) return undefined;
  const carried = { left: preview.to_right, right: preview.to_left };
  const refused = SIDES.filter((side) => GOES[side].includes(direction))
    .map((side) => carried[side])
    .find((one) => one?.problem != null);
  return refused ?? undefined;
}

/** Whether there is anything to look at: a problem, or values that are not the same on both sides. */
export function standsOut(line: Line): boolean {
  return line.problem !== undefined || line.preview?.agrees === false || refusalOf(line) !== undefined;
}
