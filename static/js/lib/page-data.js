// Data that the server renders into the page.

/** Return the props of a component, from the `data-props` attribute of its element. */
export const getProps = (element) => JSON.parse(element.dataset.props || "{}");

/** Return the signed-in user: `{id, role, name, mayWrite, isAdmin}`. */
export const getUser = () => JSON.parse(document.body.dataset.user || "{}");
