// Naming a browser or program by its User-Agent header.

const BROWSERS = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\/|Chromium\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

const first = (table, text) => table.find(([pattern]) => pattern.test(text))?.[1];

/** Format a device: "Firefox on Linux"; for a program, its own name: "curl/8.5.0". */
export function formatDevice(userAgent) {
  const browser = first(BROWSERS, userAgent);
  if (!browser) return userAgent.split(" ")[0] || "Unknown program";
  const system = first(SYSTEMS, userAgent);
  return system ? `${browser} on ${system}` : browser;
}
