export default {
  due: "Tries again at {{at}} ({{nth}} of {{most}})",
  retry: "Retry",
  since: "since",
  details: "Details",
  field: "Field",
  compare: "Compare the records…",
  compareOf: "Compare the records… ({{label}})",
};
