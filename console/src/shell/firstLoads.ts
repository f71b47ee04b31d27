import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { statusQuery } from "../api/queries";
import { useNoticeSentence } from "../look/notice";
import { isLoading } from "../look/standing";
import { useToast } from "./toast";

/** Tells on every page that a first load, which was under way a moment ago, is done. */
export function useFirstLoads() {
  const toast = useToast();
  const sentence = useNoticeSentence();
  const { data: status } = useQuery(statusQuery);
  const loading = useRef(new Set<string>());
  useEffect(() => {
    if (status === undefined) return;
    const now = new Set<string>();
    for (const { name, modules } of status.integrations) {
      for (const module of modules) {
        const key = `${name}/${module.left}`;
        if (isLoading(module)) now.add(key);
        else if (loading.current.has(key)) {
          const matter = { integration: name, module: module.left, code: "pairs", count: module.links };
          toast.done(sentence({ event: "first_load", integration: name, matters: [matter] }));
        }
      }
    }
    loading.current = now;
  }, [status, toast, sentence]);
}
