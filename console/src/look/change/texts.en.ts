export default {
  wrong: "This cannot be saved yet",
  missing: "Mandatory on {{name}} but not mapped: {{fields}}. Records cannot be created there without it.",
} as const;
