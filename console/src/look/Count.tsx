import { useFormat } from "./format";

/** A number in the chosen language, in digits of one width so that live counters do not jump. */
export function Count({ value }: { value: number }) {
  const format = useFormat();
  return <span className="number">{format.count(value)}</span>;
}
