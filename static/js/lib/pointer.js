// Whether something is being pressed: what a click is meant for must not move away under it.

let isHeld = false;
const hold = () => {
  isHeld = true;
};
const letGo = () => {
  isHeld = false;
};
document.addEventListener("pointerdown", hold, true);
for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, letGo, true);

/** Do it as soon as nothing is pressed: after the click, where there is one. */
export function whenLetGo(action) {
  const soon = () => setTimeout(action);
  if (isHeld) document.addEventListener("pointerup", soon, { once: true });
  else soon();
}
