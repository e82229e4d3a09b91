import { powershell as quoted } from "./quote.js";
import { urlById, urlOf } from "./target.js";

/** Windows PowerShell 5 turns an encoded slash back into a slash: such a name is polled by its id. */
export function powershell(target) {
  const url = /[/\\]/.test(target.collection.name) ? urlById(target) : urlOf(target);
  const names = target.fields.map((field) => field.field_name.toLowerCase());
  const alike = names.some((name, index) => names.indexOf(name) !== index);
  const notes = [];
  if (/[^\x00-\x7f]/.test(target.fields.map((field) => field.field_name).join(""))) {
    notes.push("Use PowerShell 7: Windows PowerShell 5.1 garbles field names beyond ASCII.");
  }
  if (alike) {
    notes.push(
      "Two fields differ only in letter case. PowerShell takes them for one: give one of them another name.",
    );
  }
  return {
    notes,
    blocks: [
      {
        title: "Invoke-RestMethod",
        where: "Into a PowerShell window or a .ps1 file.",
        text: `$answer = Invoke-RestMethod -Uri ${quoted(url)} -Headers @{ 'X-API-Key' = ${quoted(target.key)} } -TimeoutSec 10
$answer.data
$answer.data.${quoted(target.field.field_name)}
`,
      },
    ],
  };
}
