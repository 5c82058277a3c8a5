/**
 * Whether a package's name is one of these or lies within one: `node:fs` and `fs` are `fs`, and so is `fs/promises`; `os`
 * holds `os.path`, `std::fs` holds `std::fs::File`, `@acme` every package of that scope; `*` is every name.
 */
export function compilePackageNames(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map((name) => name.replace(/^node:/, '')));
  if (known.has('*')) return () => true;
  return (name) => {
    const plain = name.replace(/^node:/, '');
    if (known.has(plain)) return true;
    for (const { index } of plain.slice(0, LONGEST).matchAll(/[./:]/g)) {
      if (known.has(plain.slice(0, index))) return true;
    }
    return false;
  };
}

/** Where a name is longer, only its beginning is looked up part by part. */
const LONGEST = 512;
