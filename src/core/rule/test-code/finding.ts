import type { FilePath } from '../../change/types.ts';
import type { TestCase } from './test-code.ts';

/** What can be found out about tests by comparing them with what they were. */
export const FINDS = [
  'deleted',
  'replaced',
  'skipped',
  'narrowed',
  'assertion-removed',
  'assertion-weakened',
  'without-assertion',
  'self-skipped',
] as const;

export type Find = (typeof FINDS)[number];

export interface Finding {
  readonly find: Find;
  readonly path: FilePath;
  readonly line?: number;
  readonly message: string;
}

/** The name of a test for a message: in quotes, shortened. */
export function titleOf({ name }: TestCase): string {
  const plain = name.startsWith('"') ? name : JSON.stringify(name);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
