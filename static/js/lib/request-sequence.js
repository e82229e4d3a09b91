// Answers may come in another order than their questions: of those of one kind only the newest counts.

/**
 * Number the questions of one kind: call it with each, and call what it returns when the answer is there. That says
 * whether a later question has been asked meanwhile, so that this answer is out of date.
 */
export function requestSequence() {
  let last = 0;
  return () => {
    last += 1;
    const mine = last;
    return () => mine !== last;
  };
}
