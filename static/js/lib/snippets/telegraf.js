import { toml } from "./quote.js";
import { getUrl, isText, slug } from "./target.js";

// Telegraf takes these in a list of fields for a pattern.
const PATTERN = /[*?[\]{}!,\\]/;

/** The text fields by name; where one of them would be taken for a pattern, all text fields there are. */
function textFields(fields) {
  const names = fields.filter(isText).map((field) => field.field_name);
  return names.some((name) => PATTERN.test(name)) ? ["*"] : names;
}

// A measurement of its own for each collection and type: in a common one a text and a number of one name would
// exclude each other.
export function telegraf(target) {
  const texts = textFields(target.fields);
  const listed = texts.length ? `\n  json_string_fields = [${texts.map(toml).join(", ")}]` : "";
  return {
    blocks: [
      {
        title: "inputs.http",
        where:
          "For the end of telegraf.conf, once per collection and type, or for a separate file in " +
          "/etc/telegraf/telegraf.d/.",
        text: `[[inputs.http]]
  urls = [${toml(getUrl(target))}]
  method = "GET"
  timeout = "10s"
  interval = "60s"
  name_override = ${toml(slug(target))}
  data_format = "json"
  json_query = "data"${listed}

  [inputs.http.headers]
    X-API-Key = ${toml(target.key)}

  [inputs.http.tags]
    collection = ${toml(target.collection.name)}
    collection_type = ${toml(target.type)}
`,
      },
    ],
  };
}
