// The state of a list is kept in the URL of its page, as in "/users?role=Editor&search=ada&page=2", so that Back, a
// reload and a link show the same. Invalid values in a URL are ignored.

/**
 * Create the functions that read and write the state of a list. Each of `fields` has its `defaultValue`,
 * `read(text)`, which returns undefined for invalid text, and optionally `write(value)` and the `key` that it has
 * in the URL.
 */
export function urlState(fields) {
  const names = Object.keys(fields);
  const getKey = (name) => fields[name].key ?? name;

  const getDefaults = () => Object.fromEntries(names.map((name) => [name, fields[name].defaultValue]));

  function readUrl(query) {
    const parameters = new URLSearchParams(query);
    const state = getDefaults();
    for (const name of names) {
      const text = parameters.get(getKey(name));
      const value = text === null ? undefined : fields[name].read(text);
      if (value !== undefined) state[name] = value;
    }
    return state;
  }

  /** Return the URL with all values that differ from their defaults. */
  function buildUrl(path, state) {
    const changed = names.filter((name) => state[name] !== fields[name].defaultValue);
    const write = (name) => fields[name].write?.(state[name]) ?? state[name];
    const query = new URLSearchParams(changed.map((name) => [getKey(name), write(name)])).toString();
    return query ? `${path}?${query}` : path;
  }

  return { getDefaults, readUrl, buildUrl };
}

/** A field with one of several texts; the first is the default, unless another is given. */
export const oneOf = (choices, defaultValue = choices[0]) => ({
  defaultValue,
  read: (text) => (choices.includes(text) ? text : undefined),
});

/** A text that matches a pattern; empty by default. */
export const matching = (pattern) => ({ defaultValue: "", read: (text) => (pattern.test(text) ? text : undefined) });

/** A sort order by one of these columns, in either direction. */
export const sortedBy = (columns, defaultValue = columns[0]) =>
  oneOf(
    columns.flatMap((column) => [column, `-${column}`]),
    defaultValue,
  );

export const SEARCH = { defaultValue: "", read: (text) => [...text].slice(0, 255).join("") };

export const PAGE = { defaultValue: 1, read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined) };

export const ID = { defaultValue: "", read: (text) => (/^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined) };

/** A flag; `key=word` in the URL inverts its default. */
export const flag = (key, word, defaultValue = false) => ({
  key,
  defaultValue,
  read: (text) => (text === word ? !defaultValue : undefined),
  write: () => word,
});
