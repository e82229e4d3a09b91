import { doubled } from "../snippets/quote.js";

const BODY = `{
  "status": "{% if heartbeatJSON.status == 0 %}down{% else %}up{% endif %}",
  "labels": {
    "alertname": {{ name | json }},
    "target": {{ hostnameOrURL | json }}
  }
}
`;

export const uptimeKuma = ({ url, token }) => ({
  blocks: [
    { title: "Post URL", where: "Settings, Notifications, Setup Notification: type Webhook, method POST.", text: url },
    { title: "Custom body", where: "For the same notification: Request Body “Custom Body”.", text: BODY },
    {
      title: "Additional headers",
      where: "For the same notification.",
      text: `{"Authorization": ${doubled("Bearer " + token)}, "Content-Type": "application/json"}`,
    },
  ],
});
