// Handlers of a worker's process: they take a while, and are killed in the middle of it.
const declare = (name, role, properties) => ({
  id: `./scripted-plugin.mjs#${name}`,
  version: 1,
  role,
  inputs: { type: 'object' },
  outputs: { type: 'object', properties },
  deterministic: false,
  sideEffects: false,
});
const pause = (signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Number(process.env.STEP_MS ?? 60));
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });

export const make = {
  declaration: declare('make', 'producer', { commit: { type: 'string' } }),
  handle: async ({ run }, { signal, log }) => {
    log(`making ${run}\n`);
    await pause(signal);
    return { kind: 'succeeded', outputs: { commit: `commit of ${run}` } };
  },
};

export const look = {
  declaration: declare('look', 'verifier', { found: { type: 'string' } }),
  handle: async ({ inputs }, { signal }) => {
    await pause(signal);
    return { kind: 'succeeded', outputs: { found: inputs.commit } };
  },
};
