// The first steps of a new user. Pure.

import { withPrefix } from "./base.js";

/** Build the steps from the collections and the numbers of keys, polls and spikes. */
export function buildSteps({ collections, keys, polls, spikes }) {
  const filled = collections.find((collection) => collection.field_count > 0);
  const { id } = filled ?? collections[0] ?? {};
  const steps = [
    {
      title: "Create a collection",
      text: "A simulated device that is polled like a real one.",
      verb: "New collection",
      href: withPrefix("/collections"),
      isDone: collections.length > 0,
    },
    {
      title: "Add fields",
      text: "Each has a rule for its values: a random range, a counter, a fixed text.",
      verb: "New field",
      href: withPrefix(`/collections/${id}`),
      isDone: Boolean(filled),
    },
    {
      title: "Create an API key",
      text: "Your monitoring tool sends it with every poll.",
      verb: "New key",
      href: withPrefix("/api-keys"),
      isDone: keys > 0,
    },
    {
      title: "Poll",
      text: "Ready-made snippets for curl, Prometheus, Zabbix and others.",
      verb: "Show snippets",
      href: withPrefix(id ? `/integrations?collection=${id}` : "/integrations"),
      isDone: polls > 0,
    },
    {
      title: "Schedule a spike",
      text: "It replaces selected values for a while, so that you see whether your alerts fire.",
      verb: "New spike",
      href: withPrefix(id ? `/spikes/new?collection=${id}` : "/spikes/new"),
      isDone: spikes > 0,
    },
  ];
  const next = steps.findIndex((step) => !step.isDone);
  return steps.map((step, index) => ({ ...step, number: index + 1, isNext: index === next }));
}

/** How far a user is; the dashboard stores it in the browser. */
export const PHASES = { begun: "begun", closing: "closing", done: "done" };

/**
 * Return the next phase: while a step is open "begun", then "closing", which stays until the user ends it. A user whose
 * steps were all done before needs no closing step. Expired spikes are deleted by the next poll, but a step stays done.
 */
export function getNextPhase(phase, steps) {
  if (phase === PHASES.closing || phase === PHASES.done) return phase;
  if (steps.some((step) => !step.isDone)) return PHASES.begun;
  return phase === PHASES.begun ? PHASES.closing : PHASES.done;
}
