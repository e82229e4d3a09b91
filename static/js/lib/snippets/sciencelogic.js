import { jmespath, yaml } from "./quote.js";
import { getUrl } from "./target.js";

const snippetArgument = (target) => `low_code:
  version: 2
  steps:
    - http:
        url: ${yaml(getUrl(target))}
        headers:
          X-API-Key: ${yaml(target.key)}
    - json
    - jmespath:
        value: ${yaml(jmespath(target.field.field_name))}
`;

export const sciencelogic = (target) => ({
  notes: [
    "Give every collection object of the Dynamic Application exactly the same http step. SL1 then sends one " +
      "request per cycle for all of them. Different ones would each move the counters a step.",
  ],
  blocks: [
    {
      title: `Snippet argument for one field`,
      where:
        "For the Snippet Arguments of a collection object, in a Dynamic Application of the REST: Toolkit.",
      text: snippetArgument(target),
    },
    {
      title: "The jmespath value of each field",
      where: "Replaces the last line, one per collection object.",
      text: target.fields.map((field) => `value: ${yaml(jmespath(field.field_name))}\n`).join(""),
    },
  ],
});
