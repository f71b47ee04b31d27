import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { asConnection } from "../../stage/data";
import { preview } from "../../stage/mapping";
import { EMPTY, newPair } from "./draft";

const chosen = { name: "tokyo-london", left: "tokyo", right: "london", modules: [newPair("Contacts")] };

// S2-30
test("what is wrong with a mapping is told in Japanese by its code, with the hub's own words, which name the thing", async () => {
  const problem = {
    left: null,
    right: null,
    code: "mapping.match_kind",
    what: "records cannot be matched by Account_Name: it is a lookup",
    hint: "match by something else",
  };
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...EMPTY, ...chosen, step: 2 }));
  show(
    "/integrations/new",
    {
      "GET /connections": { items: [asConnection("tokyo", []), asConnection("london", [])] },
      "POST /integrations/preview": { modules: [{ ...preview(), problems: [problem] }] },
      "GET /connections/tokyo/modules/Contacts/fields": { items: [] },
      "GET /connections/london/modules/Contacts/fields": { items: [] },
      "POST /mapping/records": { items: [] },
      "POST /mapping/suggestions": { items: [] },
    },
    "ja",
  );
  const told = await screen.findByText(/^ルックアップや担当者、サブフォームでは、データを照合できません。/);
  expect(told).toBeVisible();
  expect(told).toHaveTextContent("Records cannot be matched by Account_Name: it is a lookup.");
  expect(told).not.toHaveTextContent("match by something else");
});
