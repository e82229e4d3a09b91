// Waiting for the end of a click, so that its target does not move away under the pointer.

let isPressed = false;
const onDown = () => {
  isPressed = true;
};
const onUp = () => {
  isPressed = false;
};
document.addEventListener("pointerdown", onDown, true);
for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, onUp, true);

/** Run `action` when no pointer is pressed: after the click, if there is one. */
export function afterPointerUp(action) {
  const soon = () => setTimeout(action);
  if (isPressed) document.addEventListener("pointerup", soon, { once: true });
  else soon();
}
