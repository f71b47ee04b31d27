// What people do with a form, by what it is called.

/** Opens a part of a form that says in one line what it holds. */
export function unfold({ page }, name) {
  return page
    .getByRole("region", { name, exact: true })
    .getByRole("button", { name: new RegExp(`^${name}`), expanded: false })
    .first()
    .click();
}

/** Chooses in a field that offers a list. */
export async function choose({ page }, label, option) {
  await page
    .getByRole("combobox", { name: label, exact: true })
    .or(page.getByRole("textbox", { name: label, exact: true }))
    .last()
    .click();
  await page.getByRole("option", { name: option }).first().click();
}
