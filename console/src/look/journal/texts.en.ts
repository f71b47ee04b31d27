export default {
  created: "{{label}} was created on {{to}}{{within}}, copied from {{from}}",
  createdBy: "{{by}} saved {{label}} on {{from}}; created on {{to}}{{within}}",
  updated:
    "{{field}} of {{label}} was changed from {{before}} to {{after}} on {{from}}; written to {{to}}{{within}}",
  updatedBy:
    "{{by}} changed {{field}} of {{label}} from {{before}} to {{after}} on {{from}}; written to {{to}}{{within}}",
  set: "{{field}} of {{label}} was set to {{after}} on {{from}}; written to {{to}}{{within}}",
  setBy: "{{by}} set {{field}} of {{label}} to {{after}} on {{from}}; written to {{to}}{{within}}",
  several: "{{count}} fields of {{label}} were changed on {{from}}; written to {{to}}{{within}}",
  severalBy: "{{by}} changed {{count}} fields of {{label}} on {{from}}; written to {{to}}{{within}}",
  within: " within {{span}}",
  kind_deleted: "{{label}} was deleted on {{from}}, and therefore on {{to}}",
  kind_linked: "{{label}} was found on both sides and linked",
  kind_untied: "{{label}} was unlinked; both records stay",
  kind_revived: "{{label}} was created again on {{to}}",
  kind_conflict_skipped: "Both sides changed {{fields}} of {{label}}; both were left as they are",
  kind_sent_unanswered: "A change of {{label}} was sent to {{to}} without an answer; it is being checked",
  record: "Record {{id}}",
  blank: "blank",
  quoted: "“{{value}}”",
  listedNew: "{{field}}: {{after}}",
  listed: "{{field}}: {{before}} → {{after}}",
} as const;
