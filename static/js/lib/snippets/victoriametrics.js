import { scrapeBlocks } from "./scrape.js";

export const victoriametrics = (target) => ({
  notes: [
    "vmagent and VictoriaMetrics take Prometheus' scrape jobs: start either with -promscrape.config=scrape.yml. Every " +
      "scrape is a poll and advances the counters by one step.",
  ],
  blocks: scrapeBlocks(target, {
    keyFile: "/etc/vmagent/spikecast.key",
    group: "victoriametrics",
    configFile: "scrape.yml",
  }),
});
