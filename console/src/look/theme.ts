import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** 藍 (ai), Japanese indigo: the accent. */
const ai: MantineColorsTuple = [
  "#eef1fb",
  "#dce3f6",
  "#b9c6ed",
  "#94a7e3",
  "#7690da",
  "#5d7ad2",
  "#4965c6",
  "#374fae",
  "#2b3f8f",
  "#1e2d6b",
];

/** Cool greys, so that surfaces and text belong to the accent. */
const gray: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f5",
  "#e4e7ed",
  "#d5dae3",
  "#b9c0cd",
  "#939cad",
  "#6c7689",
  "#515a6c",
  "#363e4e",
  "#1c2230",
];

const dark: MantineColorsTuple = [
  "#d9dde6",
  "#b0b7c6",
  "#8d96a9",
  "#656e82",
  "#3a4253",
  "#2a3140",
  "#202633",
  "#181d28",
  "#11151e",
  "#0b0e15",
];

const family = [
  "-apple-system",
  "BlinkMacSystemFont",
  "'Segoe UI'",
  "Roboto",
  "'Helvetica Neue'",
  "'Hiragino Sans'",
  "'Yu Gothic UI'",
  "'Noto Sans JP'",
  "'Noto Sans CJK JP'",
  "Meiryo",
  "'Noto Sans'",
  "sans-serif",
].join(", ");

export const theme = createTheme({
  primaryColor: "ai",
  primaryShade: { light: 7, dark: 6 },
  colors: { ai, gray, dark },
  black: "#1c2230",
  autoContrast: true,
  fontFamily: family,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontFamily: family,
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.0625rem" }, h3: { fontSize: "0.9375rem" } },
  },
  defaultRadius: "md",
  fontSizes: { xs: "0.75rem", sm: "0.84375rem", md: "0.9375rem" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Paper: { defaultProps: { withBorder: true, radius: "md" } },
    Card: { defaultProps: { withBorder: true, radius: "md", padding: "md" } },
    Anchor: { defaultProps: { underline: "always" } },
    Button: { defaultProps: { size: "sm" } },
    // A list of options is made when it is opened: a page has many choices, and most of them are never looked at.
    Combobox: { defaultProps: { keepMounted: false } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4, blur: 1 } } },
    Table: { defaultProps: { verticalSpacing: "xs", horizontalSpacing: "sm" } },
  },
});
