export default {
  title: "Attention",
  text: "What failed or waits for a person, of all integrations, the newest first.",
  kind: "Kind of matter",
  any: "All",
  record: "Record id",
  csv: "CSV",
  calm: "Nothing waits for you",
  calmText: "What cannot be decided by itself appears here with what happened and what to do.",
  noMatter: "Nothing matches these filters.",
  retried_one: "{{n}} item is decided again.",
  retried_other: "{{n}} items are decided again.",
};
