// Formatting durations, and how long a window still takes. Pure: the current time is a parameter.

/** Format a duration: "45 s", "30 min", "1 h 37 min", "2 days 17 h". */
export function formatDuration(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 && minutes < 5 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  const rest = hours % 24 ? ` ${hours % 24} h` : "";
  return `${days} ${days === 1 ? "day" : "days"}${rest}`;
}

/** Format a duration exactly, as it is typed: "2h 30m"; "" for zero. */
export function toDurationText(milliseconds) {
  let rest = Math.round(milliseconds / 1000);
  const parts = [];
  for (const [unit, size] of [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]]) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.join(" ");
}

/** Format a countdown: "3:05", "1:22:42"; never below zero. */
export function formatCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 48) return formatDuration(milliseconds);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Format the state of a window: "starts in 12 min", "ends in 3:05", "ended 2 h ago". */
export function formatWindowState(start, end, now) {
  if (now < new Date(start)) return `starts in ${formatDuration(new Date(start) - now)}`;
  if (now < new Date(end)) return `ends in ${formatCountdown(new Date(end) - now)}`;
  return `ended ${formatDuration(now - new Date(end))} ago`;
}

/** Return the status of a window at `now`, by the server's rule, so that badges change without a reload. */
export function getWindowStatus(start, end, now) {
  if (now >= new Date(end)) return "expired";
  return now >= new Date(start) ? "active" : "scheduled";
}
