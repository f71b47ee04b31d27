import { ActionIcon, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { IconPlayerPause, IconPlayerPlay } from "../../look/icons";
import { usePairName } from "../../look/names";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"IntegrationStatus">;
  module: Schema<"ModuleStatus">;
}

/** Pauses one module, and lets it go on; the others and the integration stay as they are. */
export function Pause({ integration, module }: Props) {
  const t = useTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const pair = usePairName()(module.left, module.right);
  const may = useMay("admin");
  const { paused } = module;
  // A left module can be tied to several right ones.
  const path = { name: integration.name, module: `${module.left}:${module.right}` };
  const toggle = useMutation({
    mutationFn: () =>
      paused
        ? ask(api.POST("/api/v1/integrations/{name}/modules/{module}/resume", { params: { path } }))
        : ask(api.POST("/api/v1/integrations/{name}/modules/{module}/pause", { params: { path } })),
    onSuccess: () => {
      toast.done(t(paused ? "moduleResumed" : "modulePaused", { pair }));
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
    onError: toast.problem,
  });
  // One that rests does nothing anyway.
  if (!may || (module.state === "inactive" && !paused)) return null;
  const label = t(paused ? "resumeOf" : "pauseOf", { pair });
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {paused ? <IconPlayerPlay size={17} /> : <IconPlayerPause size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}
