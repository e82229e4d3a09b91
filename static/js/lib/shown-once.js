// The mixin of panels with a secret that is shown only once.

/**
 * Ask before the page is left while `hasSecret()` and the user has not copied it. Call `guardSecret()` in the
 * component's init and `stopGuardingSecret()` in its destroy.
 */
export const shownOnce = (hasSecret) => ({
  wasCopied: false,

  guardSecret() {
    this.askBeforeLeaving = (event) => {
      if (hasSecret.call(this) && !this.wasCopied) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.askBeforeLeaving);
  },

  stopGuardingSecret() {
    window.removeEventListener("beforeunload", this.askBeforeLeaving);
  },

  /** Note that the secret was copied by hand. */
  copiedByHand() {
    this.wasCopied = true;
  },
});
