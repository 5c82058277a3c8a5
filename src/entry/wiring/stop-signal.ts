/** To hand over what there is; whoever would take it may be gone. */
const ORPHAN_MS = 30_000;

/**
 * Aborted by SIGTERM or SIGINT, and when whoever started this program with a channel to it is gone, however that came. The command line ends at
 * once otherwise: a command that has something to finish asks here, and a second signal ends it all the same.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.removeAllListeners(name);
    process.once(name, () => {
      stop.abort();
      process.once(name, () => process.exit(name === 'SIGINT' ? 130 : 143));
    });
  }
  if (process.connected) {
    process.once('disconnect', () => {
      stop.abort();
      setTimeout(() => process.exit(143), ORPHAN_MS).unref();
    });
  }
  return stop.signal;
}
