// The formats of the live sample, as lines to show.

/** The formats by their names in `?format=`, in the order of the buttons; the first is the default. */
export const SAMPLE_FORMATS = [
  { id: "json", name: "JSON" },
  { id: "prometheus", name: "Prometheus" },
  { id: "openmetrics", name: "OpenMetrics" },
  { id: "influx", name: "InfluxDB" },
  { id: "csv", name: "CSV" },
];

/**
 * Split a body into lines like those of `parseLines`. A line of the Prometheus formats is spiked if it is a sample of
 * one of the `spiked` series.
 */
export function splitLines(text, spiked = []) {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const isSpiked = (line) => spiked.some((series) => line.startsWith(series + " "));
  return lines.map((value) => ({ indent: 0, key: "", value, tail: "", spiked: isSpiked(value) }));
}
