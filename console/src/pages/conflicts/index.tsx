import { Paper, Select, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { statusQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { IconCircleCheck } from "../../look/icons";
import { PageHead } from "../../look/PageHead";
import { CONFLICT, conflictsOf } from "../../look/standing";
import { Inbox } from "./Inbox";
import { useTexts } from "./texts";

/** `/conflicts`: what both sides changed and a person decides, of all integrations. */
export function ConflictsPage() {
  const t = useTexts();
  const navigate = useNavigate();
  const { integration } = useSearch({ from: "/inside/conflicts" });
  const status = useQuery(statusQuery);
  if (status.data === undefined) {
    return (
      <>
        <PageHead title={t("title")} text={t("text")} />
        {status.isPending ? <Skeleton h={240} /> : <ErrorState error={status.error} retry={status.refetch} />}
      </>
    );
  }
  const all = status.data.integrations;
  // A filter shows its integration even when nothing waits there any more.
  const shown = all.filter(({ name }) => integration === undefined || name === integration);
  const some = integration === undefined ? shown.filter((one) => conflictsOf(one) > 0) : shown;
  return (
    <>
      <PageHead title={t("title")} text={t("text")} />
      <Stack maw={960}>
        {all.length > 1 && (
          <Select
            label={t("integration")}
            placeholder={t("any")}
            clearable
            w={280}
            maw="100%"
            value={integration ?? null}
            onChange={(value) =>
              void navigate({
                to: "/conflicts",
                search: value === null ? {} : { integration: value },
                replace: true,
              })
            }
            data={all.map(({ name }) => name)}
          />
        )}
        {some.length === 0 ? (
          <Paper>
            <EmptyState icon={<IconCircleCheck size={22} />} title={t("calm")} text={t("calmText")} />
          </Paper>
        ) : (
          some.map((one) => <Inbox key={one.name} integration={one} code={CONFLICT} />)
        )}
      </Stack>
    </>
  );
}
