export default {
  due: "Tries again at {{at}} ({{nth}} of {{most}})",
  retry: "Retry",
  since: "since",
  details: "Details",
  field: "Field",
};
