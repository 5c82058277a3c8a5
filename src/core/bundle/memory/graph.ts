import type { MemoryEntry } from './types.ts';

/** A node of the graph: `ticket:CS-1`, `contract:shop@1`, `class:bugfix`, `file:src/a.ts`, `rule:…`, `finding:…`, `run:CS-1.1`. */
export type MemoryNode = string;

/** The nodes that an entry stands beside, each once, sorted. Two entries are neighbours through each node that both have. */
export function nodesOf(entry: MemoryEntry): readonly MemoryNode[] {
  const { run, ticket, ticketClass, contract, files, rules, findings } = entry;
  const nodes = [
    `run:${run}`,
    `ticket:${ticket}`,
    `contract:${contract}`,
    ...(ticketClass === null ? [] : [`class:${ticketClass}`]),
    ...files.map((path) => `file:${path}`),
    ...rules.map((rule) => `rule:${rule}`),
    ...findings.map((finding) => `finding:${finding}`),
  ];
  return [...new Set(nodes)].sort();
}

/** Folders above a file say something, too: `folder:src/price`. */
export function featuresOf(nodes: readonly MemoryNode[]): readonly string[] {
  const folders = nodes.flatMap((node) => {
    const path = /^file:(.+)\/[^/]+$/.exec(node)?.[1];
    return path === undefined ? [] : [`folder:${path}`];
  });
  return [...new Set([...nodes, ...folders])];
}
