// Copying to the clipboard, also over plain HTTP, where there is no clipboard API.

/** Copy the text of an input and leave it selected; resolve to whether it worked. */
export async function copyInput(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

/** Copy a text; resolve to whether it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const worked = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return worked;
  }
}
