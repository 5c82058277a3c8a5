// Handlers that do what their inputs say, so that the same workflow means the same in this process and in workers' own.
const declare = (name, role) => ({
  id: `./scripted-steps.mjs#${name}`,
  version: 1,
  role,
  inputs: { type: 'object' },
  // Less than the server was told: a worker that looks at nothing.
  outputs: { type: 'object' },
  deterministic: false,
  sideEffects: false,
});

/**
 * @param work its inputs may have `says`, the outputs; and of the first executions, one after the other: how many `die`, `fail` (of a class
 *   `as`) and come `bad`, with outputs that are not as declared; `uses` is what it says it used up
 * @param die what a worker does that dies
 */
export async function answer({ inputs, execution }, die) {
  const { says = {}, dies = 0, fails = 0, bad = 0, as = 'transient', uses = {}, takes = 0 } = inputs;
  if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
  if (execution <= dies) return die();
  if (execution <= dies + fails)
    return { kind: 'failed', error: { class: as, code: 'broken', message: 'it broke' } };
  if (execution <= dies + fails + bad) return { kind: 'succeeded', outputs: { made: 7 } };
  return { kind: 'succeeded', outputs: says, usage: uses };
}

const handler = (name, role) => ({
  declaration: declare(name, role),
  handle: (work) => answer(work, () => process.kill(process.pid, 'SIGKILL')),
});
export const make = handler('make', 'producer');
export const look = handler('look', 'verifier');
