import { doubled } from "./quote.js";
import { getUrl } from "./target.js";

export const python = (target) => ({
  blocks: [
    {
      title: "With requests",
      where: "For a Python file, after pip install requests.",
      text: `import requests

answer = requests.get(
    ${doubled(getUrl(target))},
    headers={"X-API-Key": ${doubled(target.key)}},
    timeout=10,
)
answer.raise_for_status()
data = answer.json()["data"]
print(data[${doubled(target.field.field_name)}])
`,
    },
    {
      title: "Standard library only",
      where: "For a Python file; nothing to install.",
      text: `import json
import urllib.request

request = urllib.request.Request(
    ${doubled(getUrl(target))},
    headers={"X-API-Key": ${doubled(target.key)}},
)
with urllib.request.urlopen(request, timeout=10) as answer:
    data = json.load(answer)["data"]
print(data[${doubled(target.field.field_name)}])
`,
    },
  ],
});
