import { grafana as quoted } from "../snippets/quote.js";

const contactPoint = ({ url, token, id }) => `apiVersion: 1
contactPoints:
  - orgId: 1
    name: Spikecast
    receivers:
      - uid: spikecast-receiver-${id}
        type: webhook
        disableResolveMessage: false
        settings:
          url: ${quoted(url)}
          httpMethod: POST
          authorization_scheme: Bearer
          authorization_credentials: ${quoted(token)}
`;

export const grafana = (target) => ({
  notes: [
    "Keep the token out of the URL: Grafana stores and shows the URL in plain text, but the credentials encrypted.",
  ],
  blocks: [
    {
      title: "Contact point",
      where:
        "For a file in provisioning/alerting/. In the browser: Alerting, Contact points, Webhook, with the same values. Then " +
        "let a notification policy send to it.",
      text: contactPoint(target),
    },
  ],
});
