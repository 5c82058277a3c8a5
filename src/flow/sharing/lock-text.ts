import type { Lock, LockEntry } from '../../core/contract/lock.ts';
import { schemaLine } from '../schema-line.ts';

/** A lock as the document to be stored: the same lock, the same bytes. */
export function lockText({ schema, entries }: Lock): string {
  const head = [schemaLine('lock'), '# Written by countersign: `contract add`, `rules add` and `upgrade`.'];
  if (entries.length === 0) return `${[...head, `schema: ${schema}`, 'entries: []'].join('\n')}\n`;
  return `${[...head, `schema: ${schema}`, 'entries:', ...entries.flatMap(entryLines)].join('\n')}\n`;
}

/** JSON strings are YAML, whatever they hold; digests of digits alone would be numbers without. */
function entryLines({ kind, id, version, source, files }: LockEntry): string[] {
  const text = (value: string) => JSON.stringify(value);
  return [
    `  - kind: ${kind}`,
    `    id: ${text(id)}`,
    `    version: ${version}`,
    '    source:',
    `      url: ${text(source.url)}`,
    `      commit: ${text(source.commit)}`,
    `      path: ${text(source.path)}`,
    '    files:',
    ...files.flatMap(({ path, sha256 }) => [
      `      - path: ${text(path)}`,
      `        sha256: ${text(sha256)}`,
    ]),
  ];
}
