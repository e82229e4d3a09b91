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
  const template = document.querySelector(`template[data-dialog="${name}"]`);
  if (!template) return;
  const listen = async ({ detail }) => {
    try {
      Alpine.data(name, (await load())[name]);
    } catch {
      document.addEventListener(event, listen, { once: true });
      toast(UNREACHABLE);
      detail.resolve(false); // as if it had been cancelled
      return;
    }
    const element = template.content.firstElementChild.cloneNode(true);
    Alpine.mutateDom(() => template.replaceWith(element));
    Alpine.initTree(element);
    document.dispatchEvent(new CustomEvent(event, { detail }));
  };
  document.addEventListener(event, listen, { once: true });
}
