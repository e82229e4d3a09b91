import { shell } from "../snippets/quote.js";

const line = ({ url, token }, body) =>
  `curl -sS -H ${shell("Authorization: Bearer " + token)} -d ${shell(JSON.stringify(body))} ${shell(url)}`;

const alert = (status) => ({ alertname: "Test", status, labels: { instance: "by hand" } });

export const curl = (target) => ({
  blocks: [
    { title: "It fires", where: "For a shell: bash, zsh, sh.", text: line(target, alert("firing")) },
    { title: "It is resolved", where: "The same labels, or the same “fingerprint”, make it the same alert.", text: line(target, alert("resolved")) },
    {
      title: "Only an address",
      where:
        "For tools that send no headers of your own. The address is then a secret: it ends in the logs of whatever it passes. " +
        "Spikecast's own log does not show it.",
      text: `${target.url}/${target.token}`,
    },
  ],
});
