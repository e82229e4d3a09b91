// Start Alpine with the components of the layout and of the page.

import { at } from "./base.js";
import Alpine from "../../vendor/alpine/module.esm.min.js";
import { shell } from "../components/shell.js";
import { signInAgain } from "../components/sign-in-again.js";
import { toasts } from "../components/toasts.js";
import { confirmation } from "../components/confirmation.js";
import { conflict } from "../components/conflict.js";

/** Register the page's components by name, and start. */
export function start(components = {}) {
  for (const [name, component] of Object.entries({ shell, signInAgain, toasts, confirmation, conflict, ...components })) {
    Alpine.data(name, component);
  }
  Alpine.magic("at", () => at);
  Alpine.start();
}

/** What the server gave a component, from the `data-props` of its element. */
export const props = (element) => JSON.parse(element.dataset.props || "{}");

/** Who is signed in: `{id, role, name, mayWrite, isAdmin}`. */
export const user = () => JSON.parse(document.body.dataset.user || "{}");
