import { powershell as quoted } from "./quote.js";
import { getUrl, urlById } from "./target.js";

// Windows PowerShell 5.1 changes these parts of a URL: an encoded slash or percent sign, a dot at the end.
const CHANGED = /[/\\%]|\.$/;

// Every PowerShell object has these members; a property with such a name needs another syntax.
const HIDDEN = /^ps(object|base|adapted|extended|typenames)$/i;

const property = (name) =>
  HIDDEN.test(name) ? `psobject.Properties[${quoted(name)}].Value` : quoted(name);

/** Return the URL, by id if Windows PowerShell 5.1 would change the name in it. */
export function powershell(target) {
  const url = CHANGED.test(target.collection.name) ? urlById(target) : getUrl(target);
  const names = target.fields.map((field) => field.field_name.toLowerCase());
  const alike = names.some((name, index) => names.indexOf(name) !== index);
  const notes = [];
  if (/[^\x00-\x7f]/.test(target.fields.map((field) => field.field_name).join(""))) {
    notes.push(
      "For Windows PowerShell 5.1, save a .ps1 file as UTF-8 with BOM, otherwise field names with non-ASCII characters are garbled. " +
        "PowerShell 7 does not need a BOM.",
    );
  }
  if (alike) {
    notes.push(
      "Two field names differ only in upper and lower case. PowerShell treats them as the same field. Rename one of them.",
    );
  }
  return {
    notes,
    blocks: [
      {
        title: "Invoke-RestMethod",
        where: "For a PowerShell window or a .ps1 file.",
        text: `$answer = Invoke-RestMethod -Uri ${quoted(url)} -Headers @{ 'X-API-Key' = ${quoted(target.key)} } -TimeoutSec 10
$answer.data
$answer.data.${property(target.field.field_name)}
`,
      },
    ],
  };
}
