/** The mark: a knot (結び) of two loops. */
export function Mark({ size }: { size: number }) {
  return <img src="/musubi.svg" width={size} height={size} alt="" />;
}
