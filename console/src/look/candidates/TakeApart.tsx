import { Button, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ConfirmDialog } from "../ConfirmDialog";
import { IconUnlink } from "../icons";
import { useBelonging } from "./decide";
import { useTexts } from "./texts";

interface Props {
  /** The integration. */
  name: string;
  /** Its left module. */
  module: string;
  /** The pair's left record. */
  leftId: string;
  /** What the pair is called, for who only hears the button. */
  about: string;
  size?: Exclude<ButtonProps["size"], undefined>;
}

/** Takes a pair apart, after it was asked about: both records stay, and neither follows the other any more. */
export function TakeApart({ name, module, leftId, about, size = "sm" }: Props) {
  const t = useTexts();
  const [asked, { open, close }] = useDisclosure();
  const { takeApart } = useBelonging(name, module);
  return (
    <>
      <Button
        variant="default"
        size={size}
        leftSection={<IconUnlink size={14} />}
        aria-label={t("takeApartOf", { about })}
        onClick={open}
      >
        {t("takeApart")}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t("apartTitle")}
        text={t("apartText")}
        action={t("apartDo")}
        pending={takeApart.isPending}
        error={takeApart.error}
        onClose={() => {
          takeApart.reset();
          close();
        }}
        onConfirm={() => takeApart.mutate(leftId, { onSuccess: close })}
      />
    </>
  );
}
