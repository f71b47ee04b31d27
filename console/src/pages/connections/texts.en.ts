export default {
  title: "Connections",
  subtitle: "One authorized account in one service each.",
  add: "Add a connection",
  noneTitle: "No connection yet",
  noneText:
    "A connection is an authorized account of an organization. You need two of them for an integration.",
  authorized: "{{name}} is connected.",
  refused: "The service did not grant access.",
  refusedHint: "Nothing was kept. Begin again; if you pressed Reject by mistake, press Accept this time.",
  used: "Used by",
  unused: "Not used yet",
  org: "Organization {{org}}",
  "token.fresh": "Authorized",
  "token.expired": "Renews at the next call",
  "token.none": "No credential",
  underWay: "Calls under way",
  credits: "Credits used today",
} as const;
