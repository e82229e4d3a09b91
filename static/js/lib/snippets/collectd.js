import { doubled } from "./quote.js";
import { isText, slug, urlById } from "./target.js";

// In the path of a key, a slash separates steps and an asterisk stands for every name; there is no escape.
const cannotName = (field) => /[*\/]/.test(field.field_name);

const key = (field) => `    <Key ${quoted("data/" + field.field_name)}>
      Type "gauge"
    </Key>
`;

const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

const plugin = (target, fields) => `LoadPlugin curl_json
<Plugin curl_json>
  <URL ${doubled(urlById(target))}>
    Instance ${doubled(slug(target))}
    Interval 60
    Header ${doubled("X-API-Key: " + target.key)}
${fields.map(key).join("")}  </URL>
</Plugin>
`;

export function collectd(target) {
  const numbers = target.fields.filter((field) => !isText(field));
  const omitted = numbers.filter(cannotName).map((field) => `“${field.field_name}”`);
  return {
    notes: omitted.length
      ? [`Omitted: ${omitted.join(", ")}. The curl_json plugin cannot read names with / or *.`]
      : [],
    blocks: [
      {
        title: "curl_json",
        where: "For a file in /etc/collectd/collectd.conf.d/, one for each collection and type. collectd keeps numbers only.",
        text: plugin(
          target,
          numbers.filter((field) => !cannotName(field)),
        ),
      },
    ],
  };
}
