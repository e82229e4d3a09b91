// Where Spikecast is served: at the root of a host, or below a path. The server says so in the page.

const { base: below = "", csrf = "spikecast_csrf" } = globalThis.document?.documentElement.dataset ?? {};

/** The path below which Spikecast is served, without a slash at its end; empty at the root of a host. */
export const base = below;

/** The name of the cookie with the CSRF token. */
export const csrfCookie = csrf;

/** The address of a path of ours: `at("/spikes/7")`. */
export const at = (path) => base + path;

/** The scheme, host and port of this page. */
export const host = () => window.location.origin;

/** What comes before a path in an address for others: `https://host` and the path below which we are served. */
export const origin = () => host() + base;
