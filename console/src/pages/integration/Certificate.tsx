import { Button, Group, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { Figure } from "../../look/Figure";
import { useFormat } from "../../look/format";
import { IconAlertTriangle, IconShieldCheck } from "../../look/icons";
import { LinkText } from "../../look/links";
import { useModuleName } from "../../look/names";
import { useMay } from "../../shell/session";
import { CertificatePairs } from "./CertificatePairs";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"IntegrationStatus">;
  job: Schema<"Job">;
  certificate: Schema<"Certificate">;
  repairing: boolean;
  onRepair: () => void;
}

/** What a complete comparison found. */
export function Certificate({ integration, job, certificate, repairing, onRepair }: Props) {
  const t = useTexts();
  const format = useFormat();
  const moduleName = useModuleName();
  const may = useMay("admin");
  const { different, only_left, only_right, left_apart, resting, repair, credits } = certificate;
  const agrees = different.length + only_left.length + only_right.length === 0;
  const ended = job.ended_at ?? job.started_at;
  return (
    <Paper p="lg" component="section" aria-label={t(agrees ? "certified" : "differs")}>
      <Group mb="md" wrap="nowrap">
        <ThemeIcon size={40} radius="xl" variant="light" color={agrees ? "teal" : "orange"}>
          {agrees ? <IconShieldCheck size={24} /> : <IconAlertTriangle size={22} />}
        </ThemeIcon>
        <div>
          <Title order={2}>{t(agrees ? "certified" : "differs")}</Title>
          <Text size="sm" c="dimmed">
            {t("certifiedAt", {
              time: format.dateTime(ended),
              span: format.span(ended - job.started_at),
              credits: format.count(credits.left + credits.right),
            })}
          </Text>
        </div>
      </Group>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 6 + Number(left_apart > 0) + Number(resting > 0) }}>
        <Figure label={t("compared")} value={<Count value={certificate.compared} />} />
        <Figure label={t("equal")} value={<Count value={certificate.equal} />} />
        {left_apart > 0 && <Figure label={t("leftApart")} value={<Count value={left_apart} />} />}
        <Figure label={t("different")} value={<Count value={different.length} />} />
        <Figure
          label={t("onlyLeft", { name: integration.left })}
          value={<Count value={only_left.length} />}
        />
        <Figure
          label={t("onlyRight", { name: integration.right })}
          value={<Count value={only_right.length} />}
        />
        <Figure label={t("held")} value={<Count value={certificate.held} />} />
        {resting > 0 && <Figure label={t("resting")} value={<Count value={resting} />} />}
      </SimpleGrid>
      {different.length > 0 && (
        <CertificatePairs title={t("differing")} pairs={different} integration={integration.name} />
      )}
      {left_apart > 0 && (
        <CertificatePairs
          title={t("leftApart")}
          why={t("leftApartWhy")}
          pairs={certificate.left_apart_samples}
          integration={integration.name}
        />
      )}
      {only_left.length + only_right.length > 0 && (
        <Stack gap={4} mt="md">
          <Title order={3}>{t("alone")}</Title>
          {[
            ...only_left.map((each) => ({ ...each, on: integration.left })),
            ...only_right.map((each) => ({ ...each, on: integration.right })),
          ]
            .slice(0, 100)
            .map(({ module, id, on }) => (
              <Text size="sm" key={`${on} ${module} ${id}`}>
                {on} · {moduleName(module)} ·{" "}
                <LinkText
                  size="sm"
                  className="number"
                  to="/connections/$name/$module"
                  params={{ name: on, module }}
                  search={{ record: id }}
                >
                  {id}
                </LinkText>
              </Text>
            ))}
        </Stack>
      )}
      {repair && (
        <Text size="sm" mt="md">
          {t("repairing", { count: format.count(repair.records) })}
        </Text>
      )}
      {!agrees && !repair && may && (
        <Button mt="lg" variant="default" loading={repairing} onClick={onRepair}>
          {t("repair")}
        </Button>
      )}
    </Paper>
  );
}
