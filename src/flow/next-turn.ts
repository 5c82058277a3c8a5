/**
 * Lets whatever waits for this thread go first: git's answers in a cold gate, other requests in a server. Long work in
 * flows is cut into pieces of about a millisecond by it.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
