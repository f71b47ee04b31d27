import { Alert, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { IconAlertTriangle } from "../../look/icons";
import { LinkText } from "../../look/links";
import { SIDES } from "../../look/mapping/pairs";
import { useTexts } from "./texts";

interface Props {
  module: Schema<"ModulePlan">;
  sides: { left: string; right: string };
}

/** What somebody should look at before anything starts: records of one side that are alike, and addresses that would be replaced. */
export function Duplicates({ module, sides }: Props) {
  const t = useTexts();
  const format = useFormat();
  return (
    <>
      {SIDES.map((side) => {
        const { groups, records, samples } = module.duplicates[side];
        const replaced = module.would_replace_email[side];
        const name = sides[side];
        return [
          groups > 0 && (
            <Alert
              key={`${side} duplicates`}
              mt="md"
              color="orange"
              icon={<IconAlertTriangle size={18} />}
              title={t("duplicates", {
                count: groups,
                n: format.count(groups),
                records: format.count(records),
                name,
              })}
            >
              <Text size="sm">{t("duplicatesText")}</Text>
              {samples.map((ids) => (
                <Text size="sm" mt={4} key={ids.join(" ")} style={{ overflowWrap: "anywhere" }}>
                  {t("duplicateGroup")}{" "}
                  {ids.map((id, at) => (
                    <span key={id}>
                      {at > 0 && " · "}
                      <LinkText
                        to="/connections/$name/$module"
                        params={{ name, module: module[side] }}
                        search={{ record: id }}
                        className="number"
                        c="inherit"
                      >
                        {id}
                      </LinkText>
                    </span>
                  ))}
                </Text>
              ))}
            </Alert>
          ),
          replaced > 0 && (
            <Alert
              key={`${side} mail`}
              mt="md"
              color="orange"
              icon={<IconAlertTriangle size={18} />}
              title={t("replacesMail", { count: replaced, n: format.count(replaced), name })}
            >
              <Text size="sm">{t("replacesMailText")}</Text>
            </Alert>
          ),
        ];
      })}
    </>
  );
}
