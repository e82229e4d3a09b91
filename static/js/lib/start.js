// Start Alpine with the components of the layout and of the page.

import { withPrefix } from "./base.js";
import Alpine from "../../vendor/alpine/module.esm.min.js";
import { menu } from "../components/layout/menu.js";
import { shell } from "../components/layout/top-bar.js";
import { toasts } from "../components/layout/toasts.js";
import { UNREACHABLE } from "./api.js";
import { toast } from "./layout-events.js";

/** Rarely used dialogs. Each is loaded and added to the page when its event is dispatched. */
const DIALOGS = {
  confirmation: { event: "confirm", load: () => import("../components/layout/confirmation.js") },
  conflict: { event: "conflict", load: () => import("../components/layout/conflict.js") },
  signInAgain: { event: "signed-out", load: () => import("../components/layout/sign-in-again.js") },
};

/** Register the page's components by name, and start Alpine. */
export function start(components = {}) {
  for (const [name, component] of Object.entries({ shell, menu, toasts, ...components })) {
    Alpine.data(name, component);
  }
  Object.keys(DIALOGS).forEach(loadWhenAsked);
  Alpine.magic("withPrefix", () => withPrefix);
  Alpine.start();
}

function loadWhenAsked(name) {
  const { event, load } = DIALOGS[name];
  const listen = async ({ detail }) => {
    let element = null;
    try {
      const [module, templates] = await Promise.all([load(), loadTemplates()]);
      Alpine.data(name, module[name]);
      element = document.importNode(templates.getElementById(name).content.firstElementChild, true);
    } catch {
      document.addEventListener(event, listen, { once: true });
      toast(UNREACHABLE);
      detail.resolve(false); // as if it had been cancelled
      return;
    }
    Alpine.mutateDom(() => document.body.append(element));
    Alpine.initTree(element);
    document.dispatchEvent(new CustomEvent(event, { detail }));
  };
  document.addEventListener(event, listen, { once: true });
}

let loading = null;

/** Load the templates of all dialogs, once: the next one may be needed while the server is away. */
function loadTemplates() {
  loading ??= fetchTemplates().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchTemplates() {
  const answer = await fetch(withPrefix("/dialogs"));
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
