import { Badge, Paper, ScrollArea, Skeleton, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { statusQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconArrowsExchange } from "../../look/icons";
import { LinkText } from "../../look/links";
import { PageHead } from "../../look/PageHead";
import { StateBadge } from "../../look/StateBadge";
import { standingOf, waiting } from "../../look/standing";
import { TABS, type Tab } from "../../shell/search";
import { Actions } from "./Actions";
import { Attention } from "./Attention";
import { History } from "./History";
import { Overview } from "./Overview";
import { Owners } from "./Owners";
import { Records } from "./Records";
import { Runs } from "./Runs";
import { useTexts } from "./texts";
import { Verify } from "./Verify";

/** `/integrations/$name`: one integration; the tab and its filters stand in the address. */
export function IntegrationPage() {
  const t = useTexts();
  const format = useFormat();
  const { name } = useParams({ from: "/inside/integrations/$name" });
  const { tab = "overview" } = useSearch({ from: "/inside/integrations/$name" });
  const navigate = useNavigate();
  const status = useQuery(statusQuery);
  const list = useRef<HTMLDivElement>(null);
  const here = status.data !== undefined;
  // On a phone the tabs are wider than the page: the one that is open comes into sight.
  useEffect(() => {
    const open = list.current?.querySelector("[aria-selected=true]");
    open?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tab, here]);
  const trail = [{ label: t("trail"), to: "/integrations" as const }];
  if (status.data === undefined) {
    return (
      <>
        <PageHead title={name} trail={trail} />
        {status.isPending ? <Skeleton h={320} /> : <ErrorState error={status.error} retry={status.refetch} />}
      </>
    );
  }
  const integration = status.data.integrations.find((each) => each.name === name);
  if (integration === undefined) {
    return (
      <>
        <PageHead title={name} trail={trail} />
        <Paper>
          <EmptyState
            icon={<IconArrowsExchange size={22} />}
            title={t("missing", { name })}
            text={t("missingText")}
          >
            <LinkText to="/integrations">{t("trail")}</LinkText>
          </EmptyState>
        </Paper>
      </>
    );
  }
  const count = integration.modules.reduce((total, module) => total + waiting(module), 0);
  const choose = (value: string | null) =>
    void navigate({
      to: "/integrations/$name",
      params: { name },
      search: value === null || value === "overview" ? {} : { tab: value as Tab },
    });
  return (
    <>
      <PageHead
        title={name}
        trail={trail}
        badge={<StateBadge standing={standingOf(integration)} />}
        text={`${integration.left} ↔ ${integration.right}`}
      >
        <Actions integration={integration} />
      </PageHead>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <ScrollArea type="never" mb="md">
          <Tabs.List ref={list} style={{ flexWrap: "nowrap" }}>
            {TABS.map((each) => (
              <Tabs.Tab
                key={each}
                value={each}
                style={{ flexShrink: 0 }}
                rightSection={
                  each === "attention" && count > 0 ? (
                    <Badge
                      size="sm"
                      variant="light"
                      color="orange"
                      className="number"
                      style={{ flexShrink: 0 }}
                    >
                      {format.compact(count)}
                    </Badge>
                  ) : null
                }
              >
                {t(each)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </ScrollArea>
        <Tabs.Panel value="overview">
          <Overview integration={integration} />
        </Tabs.Panel>
        <Tabs.Panel value="records">
          <Records integration={integration} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <Runs integration={integration} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <History integration={integration} />
        </Tabs.Panel>
        <Tabs.Panel value="attention">
          <Attention integration={integration} />
        </Tabs.Panel>
        <Tabs.Panel value="owners">
          <Owners name={name} />
        </Tabs.Panel>
        <Tabs.Panel value="verify">
          <Verify integration={integration} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
