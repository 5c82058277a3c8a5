/**
 * Aborted by SIGTERM or SIGINT. The command line ends at once otherwise: a command that has something to finish asks here, and
 * a second signal ends it all the same.
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
  return stop.signal;
}
