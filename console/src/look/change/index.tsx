import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { IconAlertTriangle } from "../icons";
import { Lossy } from "../mapping/Lossy";
import { isSame, oneWay, SIDES, type ModulePair } from "../mapping/pairs";
import { usePairName } from "../names";
import { Problem } from "../Problem";
import { Wrong } from "../Wrong";
import { useTexts } from "./texts";

/** What saving these module pairs would do to an integration, as the hub says. */
export function useChange(name: string, modules: ModulePair[], enabled = true) {
  return useQuery({
    queryKey: ["integration", name, "change", modules],
    gcTime: 0,
    retry: false,
    enabled,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/v1/integrations/{name}/preview-change", {
          signal,
          params: { path: { name } },
          body: { modules },
        }),
      ),
  });
}

/** What keeps a change from being saved, of the pairs that are changed here. */
function findings(preview: Schema<"ChangePreview"> | undefined, pairs: ModulePair[]) {
  const modules = preview?.modules ?? [];
  const lossy = modules.flatMap((module) => {
    const pair = pairs.find((each) => isSame(each, module));
    return pair === undefined ? [] : module.lossy.map((fields) => ({ pair, fields }));
  });
  // Those are shown by a value each, with the way out.
  const problems = modules
    .flatMap((module) => module.problems)
    .filter(
      ({ code, left, right }) =>
        code !== "mapping.lossy" ||
        !lossy.some(({ fields }) => fields.left === left && fields.right === right),
    );
  const missing = modules.flatMap((module) =>
    SIDES.map((side) => ({ module, side, fields: module.required_missing[side] })).filter(
      ({ fields }) => fields.length > 0,
    ),
  );
  return { lossy, problems, missing };
}

/** Whether something has to be mended before the change can be saved. */
export function isBlocked(preview: Schema<"ChangePreview"> | undefined, pairs: ModulePair[]): boolean {
  const { lossy, problems, missing } = findings(preview, pairs);
  return lossy.length + problems.length + missing.length > 0;
}

interface Props {
  change: ReturnType<typeof useChange>;
  /** The pairs that are changed here. */
  pairs: ModulePair[];
  sides: { left: string; right: string };
  /** A field is let go one way only. */
  onChange: (pair: ModulePair) => void;
}

/** Why a change cannot be saved: what is wrong, value by value where values would be lost, and what is missing. */
export function Findings({ change, pairs, sides, onChange }: Props) {
  const t = useTexts();
  const pairName = usePairName();
  const { lossy, problems, missing } = findings(change.data, pairs);
  const of = ({ left, right }: { left: string; right: string }) =>
    pairs.length > 1 ? `${pairName(left, right)}: ` : "";
  return (
    <>
      {change.isError && <Problem error={change.error} />}
      {problems.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("wrong")} role="alert">
          {problems.map((problem) => (
            <div key={problem.what}>
              <Wrong problem={problem} />
            </div>
          ))}
        </Alert>
      )}
      {lossy.map(({ pair, fields }) => (
        <Lossy
          key={`${pair.left} ${pair.right} ${fields.left} ${fields.right}`}
          lossy={fields}
          names={sides}
          allowed={pair.direction === "both" ? ["left_to_right", "right_to_left"] : []}
          about={`${of(pair)}${fields.left} ↔ ${fields.right}`}
          onOneWay={(direction) => onChange(oneWay(pair, fields, direction))}
        />
      ))}
      {missing.map(({ module, side, fields }) => (
        <Alert
          key={`${module.left} ${module.right} ${side}`}
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title={t("wrong")}
        >
          {of(module)}
          {t("missing", { name: sides[side], fields: fields.join(", ") })}
        </Alert>
      ))}
    </>
  );
}
