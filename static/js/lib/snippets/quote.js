// Quoting any text for the languages of the snippets. Pure; a name may hold whatever is no control character.

// Characters that JSON allows as they are, but YAML, an editor or a terminal takes for something else.
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** In double quotes with JSON's escapes: right in JSON, YAML, Python and jq. */
export const doubled = (text) => JSON.stringify(text).replace(UNSEEN, escaped);

/** For YAML: in single quotes where double quotes would fill it with backslashes. */
export function yaml(text) {
  const plain = text.search(UNSEEN) === -1;
  return plain && /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : doubled(text);
}

/** For a POSIX shell: in single quotes, where only the single quote itself means something. */
export const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** For PowerShell, which takes the typographic single quotes for single quotes too. */
export const powershell = (text) => `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;

/** For Telegraf's TOML: a dollar sign would be taken for an environment variable, before TOML is read. */
export const toml = (text) => doubled(text).replaceAll("$", "\\u0024");

/** For Grafana's provisioning files: a dollar sign stands for an environment variable unless it is doubled. */
export const grafana = (text) => doubled(text.replaceAll("$", "$$$$"));

/** A field's name in JMESPath; a dollar sign would start a substitution in ScienceLogic's snippet arguments. */
export const jmespath = (name) => `data.${doubled(name).replaceAll("$", "\\u0024")}`;

/** A field in Zabbix' JSONPath. */
export const zabbixPath = (name) => `$.data['${name.replace(/['\\]/g, "\\$&")}']`;

/** A field in jq. */
export const jqPath = (name) => `.data[${doubled(name)}]`;
