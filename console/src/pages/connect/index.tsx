import {
  Button,
  Group,
  Paper,
  PasswordInput,
  Radio,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { connectionQuery, servicesQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { PageHead } from "../../look/PageHead";
import { Problem } from "../../look/Problem";
import { useToast } from "../../shell/toast";
import {
  authorizeInput,
  connectionInput,
  ELSEWHERE,
  EMPTY,
  forKnown,
  validName,
  type Form,
  type Way,
} from "./form";
import { Steps } from "./Steps";
import { useTexts } from "./texts";

/** `/connections/new`: authorize one account; with `?again=NAME`, give an existing connection a new credential; with `?standIn=NAME`, a further one. */
export function ConnectPage() {
  const t = useTexts();
  const { again, standIn } = useSearch({ from: "/inside/connections/new" });
  const services = useQuery(servicesQuery);
  const name = again ?? standIn;
  const known = useQuery({ ...connectionQuery(name ?? ""), enabled: name !== undefined });
  const title = name === undefined ? t("title") : t(standIn === undefined ? "again" : "standIn", { name });
  const head = (
    <PageHead
      title={title}
      text={t(standIn === undefined ? "subtitle" : "standInText")}
      trail={[{ label: t("trail"), to: "/connections" }]}
    />
  );
  const waited = name === undefined ? [services] : [services, known];
  const failed = waited.find((each) => each.data === undefined && each.isError);
  if (failed)
    return (
      <>
        {head}
        <ErrorState error={failed.error} retry={failed.refetch} />
      </>
    );
  if (services.data === undefined || (name !== undefined && known.data === undefined))
    return (
      <>
        {head}
        <Skeleton h={320} maw={720} />
      </>
    );
  const begun = known.data === undefined ? EMPTY : forKnown(known.data, standIn !== undefined);
  return (
    <>
      {head}
      <Credential services={services.data.items} begun={begun} isNew={name === undefined} />
    </>
  );
}

interface Props {
  services: Schema<"Service">[];
  begun: Form;
  /** The connection is to be made; otherwise it is where it is. */
  isNew: boolean;
}

function Credential({ services, begun, isNew }: Props) {
  const t = useTexts();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form, setForm] = useState<Form>(begun);
  const set = (change: Partial<Form>) => setForm((before) => ({ ...before, ...change }));

  const connect = useMutation({
    mutationFn: async () => {
      if (form.way === "browser") {
        const { authorize_url } = await ask(
          api.POST("/api/v1/connections/authorize", { body: authorizeInput(form) }),
        );
        location.assign(authorize_url);
        return null;
      }
      // A connection of that name gets the new credential; the hub sees that it is of the same org.
      return ask(api.POST("/api/v1/connections", { body: connectionInput(form) }));
    },
    onSuccess: async (connection) => {
      if (connection === null) return;
      toast.done(t(form.standIn ? "stoodBy" : "done", { name: connection.name }));
      await queries.invalidateQueries({ queryKey: ["connections"] });
      await navigate({ to: "/connections/$name", params: { name: connection.name } });
    },
  });
  const problem = connect.error instanceof ProblemError ? connect.error : null;
  const service = services.find((each) => each.service === form.service) ?? services[0];
  const centre = service?.data_centres.find(({ code }) => code === form.place);
  const nameWrong = form.name !== "" && !validName(form.name);
  const input = (
    name: "clientId" | "clientSecret" | "grantCode" | "refreshToken" | "baseUrl",
    api: string,
  ) => ({
    required: true,
    withAsterisk: false,
    autoComplete: "off",
    value: form[name],
    error: problem?.field(api),
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (validName(form.name)) connect.mutate();
  };
  const ways: [Way, string, string][] = [
    ["self_client", t("selfClient"), t("selfClientText")],
    ["browser", t("browser"), t("browserText")],
    ["token", t("token"), t("tokenText")],
  ];
  return (
    <Paper p={{ base: "md", sm: "lg" }} maw={760} component="form" onSubmit={submit}>
      <Stack>
        {isNew && (
          <TextInput
            label={t("name")}
            description={t("nameText")}
            required
            withAsterisk={false}
            autoFocus
            autoComplete="off"
            value={form.name}
            error={nameWrong ? t("nameWrong") : problem?.field("name")}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
        {isNew && (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select
              label={t("service")}
              allowDeselect={false}
              value={service?.service ?? null}
              onChange={(value) => set({ service: value ?? form.service })}
              data={services.map((each) => ({ value: each.service, label: each.label }))}
            />
            <Select
              label={t("dataCentre")}
              description={t("dataCentreText")}
              inputWrapperOrder={["label", "input", "description"]}
              allowDeselect={false}
              value={form.place}
              onChange={(value) => set({ place: value ?? form.place })}
              data={[
                ...(service?.data_centres ?? []).map(({ code, label }) => ({
                  value: code,
                  label: `${label} (${code})`,
                })),
                { value: ELSEWHERE, label: t("sandbox") },
              ]}
            />
          </SimpleGrid>
        )}
        {isNew && form.place === ELSEWHERE && (
          <TextInput
            type="url"
            label={t("baseUrl")}
            placeholder="http://127.0.0.1:8090"
            {...input("baseUrl", "base_url")}
          />
        )}
        <Radio.Group label={t("way")} value={form.way} onChange={(value) => set({ way: value })}>
          <SimpleGrid cols={{ base: 1, sm: 3 }} mt={6}>
            {ways.map(([value, label, description]) => (
              <Radio.Card
                key={value}
                value={value}
                p="sm"
                radius="md"
                style={{ display: "flex", alignItems: "flex-start" }}
              >
                <Group wrap="nowrap" align="flex-start" gap="xs">
                  <Radio.Indicator mt={2} />
                  <div>
                    <b style={{ fontSize: "0.875rem" }}>{label}</b>
                    <div style={{ fontSize: "0.78rem", color: "var(--quiet)" }}>{description}</div>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </SimpleGrid>
        </Radio.Group>
        <Steps
          way={form.way}
          consoleUrl={centre?.console_url ?? "https://api-console.zoho.com"}
          scopes={service?.scopes ?? []}
        />
        <TextInput label={t("clientId")} {...input("clientId", "client_id")} />
        <PasswordInput label={t("clientSecret")} {...input("clientSecret", "client_secret")} />
        {form.way === "self_client" && (
          <TextInput
            label={t("grantCode")}
            description={t("grantCodeText")}
            {...input("grantCode", "grant_code")}
          />
        )}
        {form.way === "token" && (
          <PasswordInput label={t("refreshToken")} {...input("refreshToken", "refresh_token")} />
        )}
        {connect.isError && <Problem error={connect.error} />}
        <Group>
          <Button type="submit" loading={connect.isPending}>
            {t(form.way === "browser" ? "go" : "submit")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
