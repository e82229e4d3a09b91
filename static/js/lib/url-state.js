// What a list shows stands in the address of its page, as in "/users?role=Editor&search=ada&page=2": so Back, a
// reload and a link show the same. Whatever makes no sense in an address is as if it was not there.

/**
 * Read and write the state of a list. `fields` has for each member its `usual` value, `read(text)`, which returns
 * undefined for what makes no sense, and perhaps `write(value)` and the `key` that it has in the address.
 */
export function urlState(fields) {
  const names = Object.keys(fields);
  const keyOf = (name) => fields[name].key ?? name;

  const getDefaults = () => Object.fromEntries(names.map((name) => [name, fields[name].getDefaults]));

  function readUrl(query) {
    const given = new URLSearchParams(query);
    const found = getDefaults();
    for (const name of names) {
      const text = given.get(keyOf(name));
      const value = text === null ? undefined : fields[name].read(text);
      if (value !== undefined) found[name] = value;
    }
    return found;
  }

  /** The address with what is not as usual. */
  function buildUrl(path, state) {
    const told = names.filter((name) => state[name] !== fields[name].getDefaults);
    const write = (name) => fields[name].write?.(state[name]) ?? state[name];
    const query = new URLSearchParams(told.map((name) => [keyOf(name), write(name)])).toString();
    return query ? `${path}?${query}` : path;
  }

  return { getDefaults, readUrl, buildUrl };
}

/** One of some texts; the first is the usual one, unless another is named. */
export const oneOf = (choices, getDefaults = choices[0]) => ({
  getDefaults,
  read: (text) => (choices.includes(text) ? text : undefined),
});

/** A text of this form; usually there is none. */
export const matching = (pattern) => ({ getDefaults: "", read: (text) => (pattern.test(text) ? text : undefined) });

/** The order by one of these columns, either way. */
export const sortedBy = (columns, getDefaults = columns[0]) =>
  oneOf(
    columns.flatMap((column) => [column, `-${column}`]),
    getDefaults,
  );

export const SEARCH = { getDefaults: "", read: (text) => [...text].slice(0, 255).join("") };

export const PAGE = { getDefaults: 1, read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined) };

export const ID = { getDefaults: "", read: (text) => (/^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined) };

/** Whether something is on: in the address `key=word` says that it is not as usual. */
export const flag = (key, word, getDefaults = false) => ({
  key,
  getDefaults,
  read: (text) => (text === word ? !getDefaults : undefined),
  write: () => word,
});
