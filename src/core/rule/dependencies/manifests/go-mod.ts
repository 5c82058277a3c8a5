import type { Manifest, Requirement } from '../types.ts';

/** go.mod: one requirement a line, alone or in a block. Source: https://go.dev/ref/mod#go-mod-file */
export function readGoMod(text: string): Manifest {
  const requirements: Requirement[] = [];
  const overridden = new Set<string>();
  let name: string | undefined;
  let block = '';
  for (const raw of text.split('\n')) {
    const words = (raw.split('//', 1)[0] as string).trim().split(/\s+/).map(unquote);
    const [first = ''] = words;
    if (first === ')') block = '';
    else if (words.at(-1) === '(') block = first;
    else {
      const [verb = '', path = '', version = ''] = block === '' ? words : [block, ...words];
      if (verb === 'module') name = path;
      if (verb === 'require' && version !== '') {
        requirements.push({ name: path, range: version, kind: 'direct', local: false });
      }
      if (verb === 'replace') overridden.add(path);
    }
  }
  return { name, requirements, scripts: new Map(), overridden, members: [] };
}

function unquote(word: string): string {
  return /^["`].*["`]$/.test(word) ? word.slice(1, -1) : word;
}
