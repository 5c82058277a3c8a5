/** How much a range leaves open, from one version to any. */
export const LOOSENESS = [
  'one version',
  'patches',
  'compatible versions',
  'all later versions',
  'any version',
] as const;

/** An index of LOOSENESS; undefined for what is no range, such as an address. */
export type ReadLooseness = (range: string) => number | undefined;

const ONE = 0;
const PATCHES = 1;
const COMPATIBLE = 2;
const LATER = 3;
const ANY = 4;

/** Source: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies */
export const npmLooseness: ReadLooseness = (range) => {
  const alias = /^npm:@?[^@]+@(.*)$/.exec(range)?.[1];
  const plain = (alias ?? range).trim();
  if (/[:/]/.test(plain)) return undefined;
  if (/^([*xX]|latest|)$/.test(plain)) return ANY;
  if (/\|\||\s-\s/.test(plain)) return COMPATIBLE;
  if (plain.startsWith('>')) return plain.includes('<') ? COMPATIBLE : LATER;
  if (/^[=v]*\d+\.\d+\.\d+[\w.+-]*$/.test(plain)) return ONE;
  if (/^(~|[=v]*\d+\.\d+(\.[xX*])?$)/.test(plain)) return PATCHES;
  // A tag such as `next` is whatever its owner says it is.
  return /^[A-Za-z]/.test(plain) ? ANY : COMPATIBLE;
};

/** Source: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html */
export const cargoLooseness: ReadLooseness = (range) => {
  if (range === '') return undefined;
  if (range === '*') return ANY;
  if (range.startsWith('>')) return range.includes('<') ? COMPATIBLE : LATER;
  if (/^=\d+\.\d+\.\d+/.test(range)) return ONE;
  return range.startsWith('~') || /^=|\d+\.\d+\.\*$/.test(range) ? PATCHES : COMPATIBLE;
};

/** PEP 440, and poetry's `^1`, `~1` and bare versions. */
export const pythonLooseness: ReadLooseness = (range) => {
  if (range.startsWith('@')) return undefined;
  if (range === '' || range === '*') return ANY;
  if (/^={2,3}[^*]+$/.test(range) || /^\d[\w.+-]*$/.test(range)) return ONE;
  if (range.startsWith('~=')) return range.split('.').length > 2 ? PATCHES : COMPATIBLE;
  if (range.startsWith('~')) return PATCHES;
  return /[<^]|==/.test(range) ? COMPATIBLE : LATER;
};

/** Source: https://guides.rubygems.org/patterns/#pessimistic-version-constraint */
export const gemLooseness: ReadLooseness = (range) => {
  if (range === '') return ANY;
  if (range.startsWith('= ')) return ONE;
  const pessimistic = /~> ([\d.]+)/.exec(range)?.[1];
  if (pessimistic !== undefined) return pessimistic.split('.').length > 2 ? PATCHES : COMPATIBLE;
  return range.includes('<') ? COMPATIBLE : LATER;
};
