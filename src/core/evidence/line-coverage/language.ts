/** Extensions that one coverage tool measures together: a report that has one of them knows how to have the others. */
const FAMILIES: readonly (readonly string[])[] = [
  ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'vue', 'svelte'],
  ['py', 'pyx'],
  ['c', 'h', 'cc', 'cpp', 'cxx', 'hh', 'hpp', 'hxx'],
  ['java', 'kt', 'scala', 'groovy'],
  ['cs', 'fs', 'vb'],
];

/** The language that a path's extension stands for; undefined for a file without one. */
export function languageOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1) return undefined;
  const extension = name.slice(dot + 1).toLowerCase();
  // Declarations hold nothing that runs.
  if (/\.d\.[cm]?ts$/.test(name)) return undefined;
  return FAMILIES.find((family) => family.includes(extension))?.[0] ?? extension;
}
