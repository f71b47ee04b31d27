import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";
import { explainQuery, linkQuery, recordQuery } from "../../api/queries";
import { useBelonging } from "../../look/candidates/decide";
import { Fold } from "../../look/Fold";
import { IconLink } from "../../look/icons";
import { LinkText } from "../../look/links";
import type { Side } from "../../look/mapping/pairs";
import { titleOf } from "../records/columns";
import { LookupInput } from "../records/LookupInput";
import { useTexts } from "./texts";

interface Props {
  /** The integration. */
  name: string;
  /** Its connections, and the modules of the pair. */
  sides: { left: string; right: string };
  modules: { left: string; right: string };
  /** Whose record is tied. */
  side: Side;
  id: string;
}

/** Ties a record without a counterpart to one of the other side, which is searched for by its name or said by its id. */
export function Tie({ name, sides, modules, side, id }: Props) {
  const t = useTexts();
  const navigate = useNavigate();
  const other = side === "left" ? "right" : "left";
  const [typed, setTyped] = useState("");
  const chosen = typed.trim();
  const [asked] = useDebouncedValue(chosen, 300);
  const found = useQuery({
    ...recordQuery(sides[other], modules[other], asked),
    enabled: asked !== "",
  });
  const own = useTiedTo(name, modules.left, side, id);
  const tied = useTiedTo(name, modules.left, other, asked);
  const { tie } = useBelonging(name, modules.left);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (chosen === "") return;
    const ids = { [side]: id, [other]: chosen } as Record<Side, string>;
    tie.mutate(
      { left_id: ids.left, right_id: ids.right },
      {
        onSuccess: ({ state }) => {
          if (state === "done" && side === "right")
            void navigate({
              to: "/integrations/$name/$module/$leftId",
              params: { name, module: modules.left, leftId: ids.left },
              search: {},
            });
        },
      },
    );
  };
  if (own !== null) return null;
  return (
    <Fold title={t("tieTitle")} summary={t("tieSummary", { name: sides[other] })}>
      <form onSubmit={submit}>
        <Stack maw={460}>
          <LookupInput
            label={t("tieSearch", { name: sides[other] })}
            description={undefined}
            disabled={false}
            error={undefined}
            withAsterisk={false}
            connection={sides[other]}
            module={modules[other]}
            value={chosen}
            name=""
            onChange={setTyped}
          />
          <TextInput
            label={t("tieId")}
            value={typed}
            autoComplete="off"
            maxLength={200}
            error={found.isError && asked === chosen ? t("tieUnseen", { name: sides[other] }) : undefined}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {found.data !== undefined && asked === chosen && (
            <Text size="sm" role="status">
              <LinkText
                to="/connections/$name/$module"
                params={{ name: sides[other], module: modules[other] }}
                search={{ record: chosen }}
              >
                {titleOf(found.data.values, chosen)}
              </LinkText>
            </Text>
          )}
          {tied !== null && asked === chosen && (
            <Text size="sm" c="var(--warning)" component="div" role="status">
              {t("tieTaken")}{" "}
              <LinkText
                to="/integrations/$name/$module/$leftId"
                params={{ name, module: modules.left, leftId: tied }}
              >
                {t("tieTakenOpen")}
              </LinkText>
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {t("tieText")}
          </Text>
          <Group>
            <Button
              type="submit"
              leftSection={<IconLink size={16} />}
              loading={tie.isPending}
              disabled={chosen === "" || (tied !== null && asked === chosen)}
            >
              {t("tie")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Fold>
  );
}

/** The left record of the pair that a record is one of; null when it is one of none, or that is not known yet. */
function useTiedTo(name: string, module: string, side: Side, id: string): string | null {
  const known = useQuery({ ...explainQuery(name, module, side, id), enabled: id !== "" });
  const counterpart = known.data?.counterpart ?? null;
  const leftId = counterpart === null ? null : side === "left" ? id : counterpart;
  // It may also be the counterpart that it had once.
  const pair = useQuery({ ...linkQuery(name, module, leftId ?? ""), enabled: leftId !== null });
  return pair.data === undefined || pair.data.state === "untied" ? null : leftId;
}
