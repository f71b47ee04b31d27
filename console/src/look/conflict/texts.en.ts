export default {
  newer: "newer",
  first: "They never agreed: the two met for the first time.",
  base: "Was, when both agreed: {{value}}",
  changed: "Changed",
  changedBy: "Changed by {{name}}",
  take: "Take {{name}}",
  takeOf: "Take the value of {{name}} for {{about}}",
  done_one: "{{n}} conflict is decided. The other value stays in the history.",
  done_other: "{{n}} conflicts are decided. The other values stay in the history.",
  later_one: "{{n}} conflict is decided, and is carried out as soon as the integration works on it.",
  later_other: "{{n}} conflicts are decided, and are carried out as soon as the integration works on them.",
} as const;
