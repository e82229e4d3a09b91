const SCRIPT = `var p = JSON.parse(value), request = new HttpRequest();
request.addHeader('Content-Type: application/json');
request.addHeader('Authorization: Bearer ' + p.token);
var answer = request.post(p.url, JSON.stringify({
  status: p.status,
  fingerprint: p.event_id,
  labels: {alertname: p.event_name, host: p.host, severity: p.severity}
}));
if (request.getStatus() !== 200) throw 'Spikecast: HTTP ' + request.getStatus() + ' ' + answer;
return 'OK';
`;

const parameters = ({ url, token }) => `url         ${url}
token       ${token}
status      {EVENT.VALUE}
event_id    {EVENT.ID}
event_name  {EVENT.NAME}
host        {HOST.HOST}
severity    {EVENT.SEVERITY}
`;

export const zabbix = (target) => ({
  notes: [
    "Give the media type to a user, and let an action with problem and recovery operations send to that user.",
  ],
  blocks: [
    {
      title: "Parameters",
      where: "Alerts, Media types, Create: type Webhook. Replace the default parameters by these.",
      text: parameters(target),
    },
    { title: "Script", where: "For the same media type. Add message templates “Problem” and “Problem recovery” with any text.", text: SCRIPT },
  ],
});
