import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { useTexts } from "./texts";

const SERIES = [
  ["updated", "ai.5"],
  ["created", "teal.5"],
  ["linked", "gray.4"],
  ["deleted", "violet.5"],
] as const;

/** Stacked bars, one for each step of time. Loaded only here: the chart library is large. */
export default function ActivityChart({ activity, daily }: { activity: Schema<"Activity">; daily: boolean }) {
  const t = useTexts();
  const format = useFormat();
  const data = activity.buckets.map((bucket) => ({
    ...bucket,
    label: daily ? format.day(bucket.at) : format.time(bucket.at),
  }));
  const used = SERIES.filter(([name]) => activity.buckets.some((bucket) => bucket[name] > 0));
  return (
    <BarChart
      h={240}
      data={data}
      dataKey="label"
      type="stacked"
      series={used.map(([name, color]) => ({ name, color, label: t(name) }))}
      withLegend
      legendProps={{ position: "bottom" }}
      gridAxis="x"
      tickLine="none"
      valueFormatter={(value) => format.count(value)}
      xAxisProps={{ minTickGap: 24 }}
      yAxisProps={{ width: 44 }}
      barProps={{ isAnimationActive: false }}
    />
  );
}
