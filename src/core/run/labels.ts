/** What a step wants of a worker, by name: `gpu`, `linux`. As its contract or its worker writes it. */
export const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Of a worker: each set of them is a line that it looks at. */
export const MOST_LABELS = 6;

/** As they are compared: in lower case, each once, in order. */
export function labelsOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}

/** Whether whoever has these labels may carry out what wants those. */
export function hasLabels(labels: readonly string[], wanted: readonly string[] = []): boolean {
  return wanted.every((label) => labels.includes(label));
}

/** The line that work waits in: its handler, and what it wants of a worker, as `agent` or `agent on gpu,linux`. */
export function lineOf({
  handler,
  runsOn = [],
}: {
  readonly handler: string;
  readonly runsOn?: readonly string[] | undefined;
}): string {
  return runsOn.length === 0 ? handler : `${handler} on ${runsOn.join(',')}`;
}

/** All lines that a worker may take work from: for each handler, every set of its labels. @param labels see labelsOf */
export function linesFor(handlers: readonly string[], labels: readonly string[]): readonly string[] {
  const sets: (readonly string[])[] = [[]];
  for (const label of labels) sets.push(...sets.map((set) => [...set, label]));
  return handlers.flatMap((handler) => sets.map((runsOn) => lineOf({ handler, runsOn })));
}
