import { Menu } from "@mantine/core";
import { IconEye } from "../look/icons";
import { useTour } from "./state";
import { useTexts } from "./texts";

/** The way back to the tour, in the account menu. */
export function TourItem() {
  const t = useTexts();
  const { resume } = useTour();
  return (
    <Menu.Item leftSection={<IconEye size={16} />} onClick={resume}>
      {t("tour")}
    </Menu.Item>
  );
}
