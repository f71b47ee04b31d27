import i18next from "i18next";
import { useCallback } from "react";
import { initReactI18next, useTranslation } from "react-i18next";

export type Language = "en" | "ja";

/** A page's texts: flat keys; a counted text stands as `key_one` and `key_other`. */
type Texts = Record<string, string>;
type Key<English> = keyof English extends infer K
  ? K extends `${infer Stem}_one` | `${infer Stem}_other`
    ? Stem
    : K
  : never;
/** What the Japanese file must hold: the same keys, without the singular that the language does not have. */
export type Japanese<English> = { [K in keyof English as K extends `${string}_one` ? never : K]: string };
export type Params = Record<string, string | number>;
export type Say<English> = (key: Key<English> & string, params?: Params) => string;

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: {},
  // React escapes by itself; keys are flat.
  interpolation: { escapeValue: false },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  showSupportNotice: false,
} as Parameters<typeof i18next.init>[0]);

/** Registers a folder's texts and gives the hook that speaks them in the chosen language. */
export function texts<English extends Texts>(folder: string, en: English, ja: Japanese<English>) {
  i18next.addResourceBundle("en", folder, en, true, true);
  i18next.addResourceBundle("ja", folder, ja, true, true);
  return function useTexts(): Say<English> {
    const { t } = useTranslation(folder);
    return useCallback((key, params) => t(key, params ?? {}), [t]);
  };
}

export function languageOf(tag: string | null | undefined): Language {
  return tag?.toLowerCase().startsWith("ja") === true ? "ja" : "en";
}

export function currentLanguage(): Language {
  return languageOf(i18next.language);
}

/** Speaks another language from now on, and remembers it for the log-in page. */
export function speak(language: Language) {
  document.documentElement.lang = language;
  localStorage.setItem("musubi.language", language);
  if (i18next.language !== language) void i18next.changeLanguage(language);
}

export function firstLanguage(): Language {
  return languageOf(localStorage.getItem("musubi.language") ?? navigator.language);
}
