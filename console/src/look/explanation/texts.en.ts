export default {
  title: "How this record stands",
  synced: "This record is synced",
  notSynced: "Why this record is not synced",
  change: "What would change it: {{hint}}",
  since: "since",
  by: "by {{who}}",
  waitsFor: "waits for the record {{id}}",
  said: "The service said:",
  matter: "Among what needs attention",
  bothSides: "Both sides of the pair",
} as const;
