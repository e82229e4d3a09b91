import { shell } from "./quote.js";
import { slug, urlById } from "./target.js";

/** check_http's arguments. By id: in an object of Nagios, some characters of a name would mean something. */
function getArguments(target) {
  const { protocol, hostname, port, pathname } = new URL(urlById(target));
  const tls = protocol === "https:" ? " -S" : "";
  const toPort = port ? ` -p ${port}` : "";
  return `-H ${hostname}${toPort}${tls} -u ${shell(pathname)} -k ${shell("X-API-Key: " + target.key)} -s generated_at_epoch`;
}

export const nagios = (target) => ({
  notes: ["Every check is a poll and advances the counters by one step."],
  blocks: [
    {
      title: "check_http",
      where: "For a shell, to try it: OK if the collection can be polled and the key is valid.",
      text: `/usr/lib/nagios/plugins/check_http ${getArguments(target)}`,
    },
    {
      title: "Command",
      where: "For a .cfg file of Nagios, Icinga 1 or Naemon. A service names it as its check_command.",
      text: `define command {
  command_name  ${slug(target)}
  command_line  $USER1$/check_http ${getArguments(target)}
}
`,
    },
  ],
});
