import { yaml, zabbixPath } from "./quote.js";
import { isText, getUrl } from "./target.js";
import { getType } from "../value-types.js";

const MAX_TEMPLATE_NAME_LENGTH = 128; // of a template, in Zabbix
const MAX_ITEM_NAME_LENGTH = 255;
const MAX_SERVER_LENGTH = 60; // so that there is room for the collection's name

// Keys and macros say of which collection and type they are, so that one host takes templates of several.
const scope = ({ collection, type }) => `${collection.id},${type.toLowerCase()}`;
const master = (target) => `spikecast.poll[${scope(target)}]`;
const macro = ({ collection, type }) => `{$SPIKECAST.KEY.${collection.id}.${type.toUpperCase()}}`;

/** What the template is called: the server is part of it, for another one counts its collections from 1, too. */
function technicalName({ origin, collection, type }) {
  const server = origin
    .replace(/^[a-z]+:\/\//, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, MAX_SERVER_LENGTH);
  return `Spikecast ${collection.id} ${type} ${server}`;
}

const shortened = (text, most) => [...text].slice(0, most).join("");

/**
 * A version-4 UUID as Zabbix wants it, always the same for the same text: importing again changes, and adds
 * nothing.
 */
export function uuid(text) {
  const words = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b].map((seed) => {
    let hash = seed;
    for (const character of text) {
      hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
      hash ^= hash >>> 15;
    }
    return (hash >>> 0).toString(16).padStart(8, "0");
  });
  const digits = words.join("");
  return `${digits.slice(0, 12)}4${digits.slice(13, 16)}8${digits.slice(17)}`;
}

function valueType(field) {
  if (isText(field)) return "          value_type: TEXT\n          trends: '0'\n";
  if (getType(field).value_kind === "timestamp") return "          units: unixtime\n";
  return "          value_type: FLOAT\n";
}

const dependentItem = (target, seed) => (field) => `        - uuid: ${uuid(seed + " " + field.id)}
          name: ${yaml(field.field_name)}
          type: DEPENDENT
          key: 'spikecast.field[${scope(target)},${field.id}]'
          delay: '0'
${valueType(field)}          preprocessing:
            - type: JSONPATH
              parameters:
                - ${yaml(zabbixPath(field.field_name))}
          master_item:
            key: '${master(target)}'
`;

function template(target) {
  const { origin, collection, type, key, fields } = target;
  const seed = `${origin} ${collection.id} ${type}`;
  const name = technicalName(target);
  const shown = shortened(`${name}: ${collection.name}`, MAX_TEMPLATE_NAME_LENGTH);
  const poll = shortened(`Spikecast: poll of ${type}, ${collection.name}`, MAX_ITEM_NAME_LENGTH);
  return `zabbix_export:
  version: '6.0'
  groups:
    - uuid: ${uuid("group")}
      name: Templates/Spikecast
  templates:
    - uuid: ${uuid(seed)}
      template: ${yaml(name)}
      name: ${yaml(shown)}
      groups:
        - name: Templates/Spikecast
      items:
        - uuid: ${uuid(seed + " poll")}
          name: ${yaml(poll)}
          type: HTTP_AGENT
          key: '${master(target)}'
          delay: 1m
          history: '0'
          trends: '0'
          value_type: TEXT
          timeout: 10s
          url: ${yaml(getUrl(target))}
          headers:
            - name: X-API-Key
              value: '${macro(target)}'
${fields.map(dependentItem(target, seed)).join("")}      macros:
        - macro: '${macro(target)}'
          value: ${yaml(key)}
          description: 'API key of Spikecast for this collection and type'
`;
}

export const zabbix = (target) => ({
  notes: [
    "One HTTP agent item polls, and the other items depend on it: one request a minute. An HTTP item for each field " +
      "would poll as many times, and every poll moves the counters a step.",
  ],
  blocks: [
    {
      title: "Template",
      where:
        "Save it as a file such as spikecast.yaml, import it under Templates (Zabbix 6.0 or later), and link it to a " +
        "host. One host takes the templates of both types, and of several collections. Importing it again brings new " +
        "fields, and with Delete missing takes away those that are gone.",
      text: template(target),
    },
    {
      title: "By hand: the JSONPath of each field",
      where:
        "For the preprocessing of a dependent item, type JSONPath; the master item sends the header X-API-Key.",
      text: target.fields.map((field) => `${zabbixPath(field.field_name)}\n`).join(""),
    },
  ],
});
