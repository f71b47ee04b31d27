import { texts } from "../../look/texts";
import en from "./texts.en";
import ja from "./texts.ja";

export const useTexts = texts("adding", en, ja);
