export default {
  title: "Integrations",
  subtitle: "Each keeps two connections in agreement, module by module.",
  new: "New integration",
  noneTitle: "No integration yet",
  noneText:
    "Choose two connections and the modules they shall share. Nothing is written before you have seen the plan.",
  pairs: "Pairs",
  open: "To sync",
  waiting: "Attention",
  lag: "Changes seen until",
  lagAgo: "{{span}} ago",
} as const;
