import { jqPath, shell } from "./quote.js";
import { getUrl } from "./target.js";

/** The command line alone, for the panel of a new key too. */
export const curlLine = (target) =>
  `curl -sS -H ${shell("X-API-Key: " + target.key)} ${shell(getUrl(target))}`;

export const curl = (target) => ({
  blocks: [
    { title: "All fields", where: "For a shell: bash, zsh, sh.", text: curlLine(target) },
    {
      title: "One field",
      where: "Needs jq, which extracts the value.",
      text: `${curlLine(target)} | jq -r ${shell(jqPath(target.field.field_name))}`,
    },
  ],
});
