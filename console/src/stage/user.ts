import userEvent, { PointerEventsCheckLevel } from "@testing-library/user-event";

/** Somebody's hands. No style sheet is read in the tests, so nothing can be in the way of a pointer, and nothing is looked for. */
export const user = userEvent.setup({ pointerEventsCheck: PointerEventsCheckLevel.Never });
