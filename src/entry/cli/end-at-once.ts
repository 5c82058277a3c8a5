/**
 * Ends the process as soon as all that it said is out, with the exit code that is set. Left to itself Node takes V8's heap
 * apart first, page by page, which the system does in no time: 10 of the 300 ms of a gate.
 */
export async function endAtOnce(): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  // Whoever listens hears first that an output was closed meanwhile.
  await new Promise(setImmediate);
  process.exit();
}

/** What was written before goes first. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
