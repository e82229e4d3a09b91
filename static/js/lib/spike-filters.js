// What the list of spikes is filtered by, in its address: "/spikes?status=active&collection=3&view=timeline".

const USUAL = { view: "table", status: "", collection: "", search: "", sort: "standing" };
const CHOICES = {
  view: ["table", "timeline"],
  status: ["", "active", "scheduled", "expired"],
  sort: ["standing", "name", "start_datetime", "end_datetime"].flatMap((column) => [column, `-${column}`]),
};

/** The filters of an address; what makes no sense is as if it was not there. */
export function fromAddress(query) {
  const given = new URLSearchParams(query);
  const found = { ...USUAL };
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (choices.includes(given.get(name))) found[name] = given.get(name);
  }
  found.search = (given.get("search") ?? "").slice(0, 255);
  const collection = given.get("collection") ?? "";
  if (/^[1-9]\d{0,9}$/.test(collection)) found.collection = Number(collection);
  return found;
}

/** The address with those filters that are not as usual. */
export function addressOf(path, filters) {
  const told = Object.keys(USUAL).filter((name) => filters[name] !== USUAL[name]);
  const query = new URLSearchParams(told.map((name) => [name, filters[name]])).toString();
  return query ? `${path}?${query}` : path;
}
