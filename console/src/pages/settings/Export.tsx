import { Button, Group, Paper, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { CardTitle } from "../../look/CardTitle";
import { IconDownload } from "../../look/icons";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

/** The workspace's configuration as a file that `musubi apply` reads. */
export function Export() {
  const t = useTexts();
  const toast = useToast();
  const load = useMutation({
    mutationFn: () => ask(api.GET("/api/v1/export")),
    onSuccess: ({ toml }) => save(toml, "musubi.toml"),
    onError: toast.problem,
  });
  return (
    <Paper p="lg">
      <CardTitle title={t("export")} />
      <Text size="sm" c="dimmed" mb="md">
        {t("exportText")}
      </Text>
      <Group>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={load.isPending}
          onClick={() => load.mutate()}
        >
          {t("exportNow")}
        </Button>
      </Group>
    </Paper>
  );
}

/** Gives a text to the browser as a file. */
function save(text: string, file: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
