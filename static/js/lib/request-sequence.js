// Responses may arrive in another order than their requests; only that of the latest request is used.

/**
 * Create a function to call with each request of one kind. It returns a function to call when the response has
 * arrived, which returns whether a later request was sent in the meantime, so that this response is stale.
 */
export function requestSequence() {
  let last = 0;
  return () => {
    last += 1;
    const mine = last;
    return () => mine !== last;
  };
}
