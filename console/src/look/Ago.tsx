import { useFormat } from "./format";
import { useNow } from "./now";

/** A time relative to now, with the exact time on hover. */
export function Ago({ at }: { at: number }) {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={format.dateTime(at)}>
      {format.ago(at, Math.max(now, at))}
    </time>
  );
}
