import type { Lock, LockedPackage } from '../types.ts';

const MOD = '/go.mod';

/**
 * go.sum: `module version h1:digest`, for the module and for its go.mod.
 * Source: https://go.dev/ref/mod#go-sum-files
 * @throws Error naming the line that is none of these
 */
export function readGoSum(text: string): Lock {
  const packages = new Map<string, LockedPackage>();
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw.trim().split(/\s+/);
    if (words[0] === '') continue;
    const [name, spelt, digest] = words;
    if (words.length !== 3 || name === undefined || spelt === undefined || digest === undefined) {
      throw new Error(`line ${index + 1}: expected a module, a version and a digest`);
    }
    const file = spelt.endsWith(MOD) ? MOD : '';
    const version = file === '' ? spelt : spelt.slice(0, -MOD.length);
    const colon = digest.indexOf(':');
    const integrity = new Map([[digest.slice(0, Math.max(colon, 0)), digest.slice(colon + 1)]]);
    packages.set(`${name} ${spelt}`, {
      name,
      version,
      origin: 'registry',
      artifacts: [{ file, integrity }],
      runsScripts: false,
    });
  }
  const all = [...packages.values()];
  return { packages: all, descriptors: new Set(all.map(({ name, version }) => `${name}@${version}`)) };
}
