// How the views of one integration's settings are written down.

export const INTEGRATION = "/integrations/tokyo-london";
export const SETTINGS = (module) => `${INTEGRATION}/modules/${module}/${module}/settings`;

/** A view: on which stage, its name, its address, what it says, what to do there first, which errors belong to it. */
export const seen = (stage, name, path, says, begin, expected) => ({
  name,
  stage,
  path,
  says,
  ...(begin ? { begin } : {}),
  ...(expected ? { expected } : {}),
});
