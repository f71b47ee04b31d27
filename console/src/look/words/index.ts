import { texts } from "../texts";
import en from "./texts.en";
import ja from "./texts.ja";

/** Words that several pages share, such as Cancel and the names of states. */
export const useWords = texts("words", en, ja);
