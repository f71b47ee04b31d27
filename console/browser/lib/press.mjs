// What people do with a form, by what it is called.

/** The same in either language. */
export const by = ({ language }, en, ja) => ({ en, ja })[language];

/** Opens a part of a form that says in one line what it holds. */
export function unfold({ page }, name) {
  return page
    .getByRole("region", { name, exact: true })
    .getByRole("button", { name: new RegExp(`^${name}`), expanded: false })
    .first()
    .click();
}

/** Brings a part of the page to the top of the window, below the header. */
export function bring(part) {
  return part.evaluate((element) => {
    element.style.scrollMarginTop = "64px";
    element.scrollIntoView({ block: "start" });
  });
}

/** Chooses in a field that offers a list. */
export async function choose({ page }, label, option) {
  const box = page
    .getByRole("combobox", { name: label, exact: true })
    .or(page.getByRole("textbox", { name: label, exact: true }))
    .last();
  const wanted = page.getByRole("option", { name: option }).first();
  // A list that something else has closed meanwhile is opened once more, as a person would.
  for (let tries = 1; ; tries += 1) {
    if (!(await wanted.isVisible())) await box.click();
    try {
      return await wanted.click({ timeout: 10_000 });
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Makes a field of the family name and the given name, which only the mapping knows. */
export async function makeWholeName(visitor) {
  const { page } = visitor;
  const section = page.getByRole("region", {
    name: by(visitor, "Fields made of others", "ほかの項目から作る項目"),
    exact: true,
  });
  const press = (en, ja) => section.getByRole("button", { name: by(visitor, en, ja), exact: true }).click();
  await press("Add a field", "項目を追加");
  await section.getByRole("textbox", { name: by(visitor, "Name", "名前"), exact: true }).fill("Whole_Name");
  for (const field of [/^Last Name/, /^First Name/])
    await choose(visitor, by(visitor, "Made of", "元の項目"), field);
  await page.keyboard.press("Escape");
  await press("Add the field", "項目を追加する");
  return section;
}
