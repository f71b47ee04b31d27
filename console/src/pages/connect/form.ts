import type { Schema } from "../../api/client";

export type Way = "self_client" | "browser" | "token";

/** What the page asks for. */
export interface Form {
  name: string;
  service: string;
  /** A data centre's code, or {@link ELSEWHERE}. */
  place: string;
  baseUrl: string;
  way: Way;
  clientId: string;
  clientSecret: string;
  grantCode: string;
  refreshToken: string;
  /** It takes over when the service refuses the credential of the connection. */
  standIn: boolean;
}

/** Instead of a data centre: an address of one's own, such as a sandbox's. */
export const ELSEWHERE = "elsewhere";

export const EMPTY: Form = {
  name: "",
  service: "crm",
  place: "jp",
  baseUrl: "",
  way: "self_client",
  clientId: "",
  clientSecret: "",
  grantCode: "",
  refreshToken: "",
  standIn: false,
};

/** A credential for a connection that there is already: it is where it is. */
export function forKnown(
  known: Pick<Schema<"Connection">, "name" | "service" | "data_centre" | "base_url">,
  standIn: boolean,
): Form {
  const { name, service, data_centre, base_url } = known;
  return { ...EMPTY, name, service, place: data_centre ?? ELSEWHERE, baseUrl: base_url ?? "", standIn };
}

export function validName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,62}$/.test(name);
}

function where(form: Form) {
  const elsewhere = form.place === ELSEWHERE;
  return { data_centre: elsewhere ? null : form.place, base_url: elsewhere ? form.baseUrl.trim() : null };
}

export function connectionInput(form: Form): Schema<"NewConnection"> {
  return {
    name: form.name,
    service: form.service,
    ...where(form),
    org: null,
    client_id: form.clientId.trim(),
    client_secret: form.clientSecret.trim(),
    refresh_token: form.way === "token" ? form.refreshToken.trim() : null,
    grant_code: form.way === "self_client" ? form.grantCode.trim() : null,
    stand_in: form.standIn,
  };
}

export function authorizeInput(form: Form): Schema<"NewConsent"> {
  return {
    name: form.name,
    service: form.service,
    ...where(form),
    client_id: form.clientId.trim(),
    client_secret: form.clientSecret.trim(),
    stand_in: form.standIn,
  };
}
