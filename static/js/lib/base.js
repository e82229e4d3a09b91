// Where Spikecast is served: at the root of a host or below a path. The server writes it into the page.

const { base: below = "", csrf = "spikecast_csrf" } = globalThis.document?.documentElement.dataset ?? {};

/** The path below which Spikecast is served, without a slash at its end; empty at the root of a host. */
export const base = below;

/** The name of the cookie with the CSRF token. */
export const csrfCookie = csrf;

/** Return the URL of a path of Spikecast: `withPrefix("/spikes/7")`. */
export const withPrefix = (path) => base + path;

/** Return the scheme, host and port of this page. */
export const host = () => window.location.origin;

/** Return the base of absolute URLs: `https://host` and the path below which Spikecast is served. */
export const origin = () => host() + base;
