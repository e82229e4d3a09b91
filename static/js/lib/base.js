// Where Spikecast is served: at the root of a host, or below a path. The server says so in the page.

const { base = "", csrf = "spikecast_csrf" } = globalThis.document?.documentElement.dataset ?? {};

/** The name of the cookie with the CSRF token. */
export const csrfCookie = csrf;

/** The address of a path of ours: `at("/spikes/7")`. */
export const at = (path) => base + path;

/** What comes before a path in an address for others: `https://host` and the path below which we are served. */
export const origin = () => window.location.origin + base;
