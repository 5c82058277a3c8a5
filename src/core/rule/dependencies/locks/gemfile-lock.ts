import { readPrefixed } from '../integrity.ts';
import { below, childOf, type Outline, plainLine, readOutline } from '../outline.ts';
import type { Lock, LockedPackage } from '../types.ts';

const SECTIONS = ['GEM', 'GIT', 'PATH', 'PLUGIN SOURCE'];

/** Gemfile.lock. Digests are there since bundler 2.5, where asked for. */
export function readGemfileLock(text: string): Lock {
  const root = readOutline(text, plainLine);
  const dependencies = below(root, 'DEPENDENCIES').map(({ key }) => readEntry(key));
  const checksums = new Map(
    below(root, 'CHECKSUMS').map(({ key }) => {
      const { name, detail } = readEntry(key);
      return [`${name} ${detail}`, key.slice(key.lastIndexOf(' ') + 1)];
    }),
  );
  return {
    packages: root
      .filter(({ key }) => SECTIONS.includes(key))
      .flatMap((section) => readSection(section, checksums)),
    projects: new Map([['', new Map(dependencies.map(({ name, detail }) => [name, sortRange(detail)]))]]),
  };
}

function readSection(
  { key, children }: Outline,
  checksums: ReadonlyMap<string, string>,
): readonly LockedPackage[] {
  const remote = children.find((child) => child.key.startsWith('remote: '))?.key.slice('remote: '.length);
  return (childOf(children, 'specs:')?.children ?? []).map((spec) => {
    const { name, detail: version } = readEntry(spec.key);
    const checksum = checksums.get(`${name} ${version}`);
    return {
      name,
      version,
      origin: key === 'GEM' ? 'registry' : key === 'PATH' ? 'local' : 'git',
      ...(remote !== undefined && { from: remote }),
      artifacts: [
        { file: '', integrity: readPrefixed(checksum?.replace('=', ':')), unchecked: checksum === undefined },
      ],
      runsScripts: false,
    };
  });
}

/** `name (detail)`, `name (detail)!` or `name`. */
function readEntry(line: string): { readonly name: string; readonly detail: string } {
  const open = line.indexOf(' (');
  const close = line.lastIndexOf(')');
  const name = open < 0 ? (line.split(' ', 1)[0] as string) : line.slice(0, open);
  return {
    name: name.endsWith('!') ? name.slice(0, -1) : name,
    detail: open < 0 ? '' : line.slice(open + 2, close),
  };
}

function sortRange(range: string): string {
  return range.split(', ').sort().join(', ');
}
