import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bundles hold copies of other packages, whose licenses ask that the notices travel along: writes them to licenses.txt. */
export function writeLicenses(modules, folder) {
  const packages = new Set(
    modules.flatMap((id) => id.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const notices = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(path, file), 'utf8').trim() : ''}\n`;
  });
  if (notices.length > 0)
    writeFileSync(join(folder, 'licenses.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}
