import { jqPath, shell } from "./quote.js";
import { getUrl } from "./target.js";

/** The command line alone, for the panel of a new key too. */
export const curlLine = (target) =>
  `curl -sS -H ${shell("X-API-Key: " + target.key)} ${shell(getUrl(target))}`;

export const curl = (target) => ({
  blocks: [
    { title: "Everything", where: "Into a shell: bash, zsh, sh.", text: curlLine(target) },
    {
      title: "One value",
      where: "With jq, which prints the value alone.",
      text: `${curlLine(target)} | jq -r ${shell(jqPath(target.field.field_name))}`,
    },
  ],
});
