import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { showPart } from "../../stage";
import { field } from "../../stage/data";
import { user } from "../../stage/user";
import { StepList } from "./StepList";
import type { Step } from "./steps";

const options = (...values: string[]) => values.map((value) => ({ value, label: value }));
const fields = {
  from: field("Rating", "picklist", { options: options("Hot", "Cold", "high") }),
  to: field("Priority", "picklist", { options: options("High", "Low") }),
};

/** The steps of one way, without a record to show them on. */
function Steps({ tell }: { tell: (steps: Step[]) => void }) {
  const [steps, setSteps] = useState<Step[]>([]);
  const keep = (next: Step[]) => {
    setSteps(next);
    tell(next);
  };
  return (
    <StepList
      title="tokyo → london"
      steps={steps}
      fields={fields}
      sample={undefined}
      carried={undefined}
      disabled={false}
      onChange={keep}
    />
  );
}

async function choose(name: string | RegExp, option: string | RegExp) {
  await user.click(screen.getByRole("combobox", { name }));
  await user.click(await screen.findByRole("option", { name: option }));
}

const add = (kind: RegExp) => choose(/^Add a step/, kind);

const box = (name: string) => screen.getByLabelText(name, { selector: "input, textarea" });

function write(name: string, text: string) {
  fireEvent.change(box(name), { target: { value: text } });
}

// K-26 C-18
test("every step says what it needs: options of both sides, countries, parts, a script", async () => {
  const tell = vi.fn();
  showPart(<Steps tell={tell} />);
  await add(/^Value map/);
  await user.click(screen.getByRole("button", { name: "Add all options" }));
  // What is called the same is found by itself.
  expect(box("high becomes")).toHaveValue("High");
  write("Hot becomes", "High");
  write("Cold becomes", "Low");
  await choose("Any other value (step 1)", "Counts as blank");
  await add(/^Phone number/);
  await choose("Country of numbers without a country code (step 2)", /^Japan/);
  await add(/^Part of the text/);
  write("Split at (step 3)", "-");
  await choose("Part (step 3)", "The last");
  await add(/^Round/);
  write("Digits after the point (step 4)", "2");
  await add(/^Constant/);
  await choose("Always this value (step 5)", "Low");
  await add(/^Script/);
  write("Script (step 6)", "value + 1");
  expect(tell).toHaveBeenLastCalledWith([
    { map: { values: { Hot: "High", Cold: "Low", high: "High" }, unknown: "blank" } },
    { phone: "JP" },
    { split: { at: "-", part: -1 } },
    { round: 2 },
    { constant: "Low" },
    { script: "value + 1" },
  ]);
});
