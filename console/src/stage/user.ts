import userEvent, { PointerEventsCheckLevel } from "@testing-library/user-event";

/** Hands that do one thing right after the other. No style sheet is read in the tests, so nothing can be in the way of a pointer. */
export const user = userEvent.setup({
  delay: null,
  pointerEventsCheck: PointerEventsCheckLevel.Never,
});
