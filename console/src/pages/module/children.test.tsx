import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Language } from "../../look/texts";
import { show } from "../../stage";
import { answers, PAGE, pair } from "../../stage/mapping";

const NAMED = pair({
  fields: [
    { left: "Deals[latest Closing_Date].Amount", right: "Region" },
    { left: "Visits/Customer[lowest Cost].Remark", right: "Last_Name" },
    { left: "Deals[newest Closing_Date].Stage", right: "Email" },
    { left: "Account_Name.Billing_City", right: "Born" },
  ],
});

const SAID: [Language, [string, string]][] = [
  ["en", ["Deals with the latest Closing_Date: Amount", "Visits with the lowest Cost: Remark"]],
  ["ja", ["Closing_Dateが最も新しいDeals：Amount", "Costが最も小さいVisits：Remark"]],
];

test.each(SAID)("a field of a chosen child is said in words (%s)", async (language, [first, second]) => {
  show(PAGE, answers(NAMED), language);
  expect(await screen.findByText(first)).toBeVisible();
  expect(screen.getByText(second)).toBeVisible();
  // What nobody can choose by is shown as it was written, as is a field of a looked-up record.
  for (const name of ["Deals[newest Closing_Date].Stage", "Account_Name.Billing_City"]) {
    expect(screen.getByText(name)).toBeVisible();
  }
});
