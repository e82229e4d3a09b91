// Quoting any text for the languages of the snippets. Pure; a name may hold whatever is no control character.

// Characters that JSON allows as they are, but YAML, an editor or a terminal takes for something else.
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Quote with double quotes and JSON's escapes, for JSON, YAML, Python and jq. */
export const doubled = (text) => JSON.stringify(text).replace(UNSEEN, escaped);

/** Quote for YAML: with single quotes if double quotes would need many backslashes. */
export function yaml(text) {
  const plain = text.search(UNSEEN) === -1;
  return plain && /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : doubled(text);
}

/** Quote for a POSIX shell: with single quotes, in which only the single quote itself is special. */
export const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Quote for PowerShell, which treats typographic single quotes as single quotes too. */
export const powershell = (text) => `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;

/** Quote for Telegraf's TOML: Telegraf replaces environment variables before it reads the TOML. */
export const toml = (text) => doubled(text).replaceAll("$", "\\u0024");

/** Quote for Grafana's provisioning files, which replace environment variables unless the dollar sign is doubled. */
export const grafana = (text) => doubled(text.replaceAll("$", "$$$$"));

/** Return the JMESPath of a field; a dollar sign would start a substitution in ScienceLogic's snippet arguments. */
export const jmespath = (name) => `data.${doubled(name).replaceAll("$", "\\u0024")}`;

/** Return the JSONPath of a field for Zabbix. */
export const zabbixPath = (name) => `$.data['${name.replace(/['\\]/g, "\\$&")}']`;

/** Return the jq filter of a field. */
export const jqPath = (name) => `.data[${doubled(name)}]`;
