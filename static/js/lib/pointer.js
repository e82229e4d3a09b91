// Whether something is being pressed: what a click is meant for must not move away under it.

let isPressed = false;
const onDown = () => {
  isPressed = true;
};
const onUp = () => {
  isPressed = false;
};
document.addEventListener("pointerdown", onDown, true);
for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, onUp, true);

/** Do it as soon as nothing is pressed: after the click, where there is one. */
export function afterPointerUp(action) {
  const soon = () => setTimeout(action);
  if (isPressed) document.addEventListener("pointerup", soon, { once: true });
  else soon();
}
