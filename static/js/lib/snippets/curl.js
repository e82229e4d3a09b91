import { jqPath, shell } from "./quote.js";
import { getUrl, urlOfFormat } from "./target.js";

const lineFor = (target, url) => `curl -sS -H ${shell("X-API-Key: " + target.key)} ${shell(url)}`;

/** Return the command line; the panel of a new key uses it too. */
export const curlLine = (target) => lineFor(target, getUrl(target));

export const curl = (target) => ({
  blocks: [
    { title: "All fields", where: "For a shell: bash, zsh, sh.", text: curlLine(target) },
    {
      title: "One field",
      where: "Needs jq, which extracts the value.",
      text: `${curlLine(target)} | jq -r ${shell(jqPath(target.field.field_name))}`,
    },
    {
      title: "CSV",
      where: "A line of names and a line of values, for spreadsheets and scripts.",
      text: lineFor(target, urlOfFormat(target, "csv")),
    },
    {
      title: "Into InfluxDB",
      where: "Writes one point in InfluxDB's line protocol. For InfluxDB 1, or 2 with its compatible API.",
      text: `${lineFor(target, urlOfFormat(target, "influx"))} | curl -sS --data-binary @- ${shell("127.0.0.1:8086/write?db=spikecast")}`,
    },
  ],
});
