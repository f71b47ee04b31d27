import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { showPart } from "../stage";
import { Wrong } from "./Wrong";

const problem = {
  left: null,
  right: null,
  code: "mapping.match_kind",
  what: "records cannot be matched by Account_Name: it is a lookup",
  hint: "match by something else",
};

// S2-30
test("what is wrong with a mapping is told in Japanese by its code, with the hub's own words, which name the thing", async () => {
  showPart(<Wrong problem={problem} />, "ja");
  const told = await screen.findByText(
    /^ルックアップや担当者、サブフォーム、チェックボックスでは、データを照合できません。/,
  );
  expect(told).toHaveTextContent("Records cannot be matched by Account_Name: it is a lookup.");
  expect(told).not.toHaveTextContent("Match by something else");
});

test("in English the hub's own words are all there is, with the fields where they do not stand beside it", () => {
  const fields = { ...problem, left: "Account_Name", right: "Partner" };
  showPart(
    <>
      <Wrong problem={fields} />
      <Wrong problem={fields} named={false} />
    </>,
  );
  const [named, plain] = screen.getAllByText(/Records cannot be matched/);
  const sentence = "Records cannot be matched by Account_Name: it is a lookup. Match by something else.";
  expect(named?.textContent).toBe(`Account_Name ↔ Partner: ${sentence}`);
  expect(plain?.textContent).toBe(sentence);
});
