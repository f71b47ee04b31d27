export default {
  tour: "Guided tour",
  step: "{{number}} of {{count}}",
  begin: "Begin",
  later: "Later",
  back: "Back",
  next: "Continue",
  finish: "Finish",
  waiting: "The tour goes on by itself when your change has arrived.",
  title_welcome: "Two organizations, kept in agreement",
  text_welcome:
    "{{left}} and {{right}} are sample organizations. People edit both all the time. Change a record yourself, watch it arrive on the other side, and see why. It takes two minutes; you find the tour again in your account menu.",
  title_change: "Change a record here",
  text_change: "Open a record of {{left}}, change a field such as the title, save it, and close the record.",
  open_change: "Open a record of {{left}}",
  title_arrive: "Watch it arrive there",
  text_arrive: "The history tells every change the moment it is written to the other side.",
  open_arrive: "Open the history",
  title_why: "See why",
  text_why:
    "A pair's page has both sides beside each other, field by field, and everything that ever happened to it: what was changed, where, and what was written.",
  open_why: "Open the pair",
  title_prove: "Have it proven",
  text_prove:
    "A comparison reads both organizations completely and compares every pair. Press “Compare both sides”; nothing is written.",
  open_prove: "Open the comparison",
} as const;
