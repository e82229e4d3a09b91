import { doubled } from "../snippets/quote.js";

const PAYLOAD = `{
  "alerts": [
    {
      "status": "$ALERT_TRANSITION",
      "fingerprint": "$ALERT_CYCLE_KEY",
      "labels": {
        "alertname": "$ALERT_TITLE",
        "scope": "$ALERT_SCOPE",
        "priority": "$ALERT_PRIORITY"
      }
    }
  ]
}
`;

export const datadog = ({ url, token }) => ({
  notes: ["Datadog has to reach this server from the Internet. Name the webhook in the monitor's message: @webhook-Spikecast"],
  blocks: [
    { title: "URL", where: "Integrations, Webhooks, New. Name it Spikecast.", text: url },
    { title: "Payload", where: "In the same form, in place of the default. Leave “Encode as form” off.", text: PAYLOAD },
    {
      title: "Custom headers",
      where: "In the same form.",
      text: `{"Authorization": ${doubled("Bearer " + token)}}`,
    },
  ],
});
