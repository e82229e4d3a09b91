// Copying to the clipboard, also where the page came over plain HTTP and there is no clipboard API.

/** Copy the whole text of an input; resolves to whether it worked. The text stays selected. */
export async function copyFrom(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
