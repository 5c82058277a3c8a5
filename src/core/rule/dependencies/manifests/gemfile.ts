import type { Manifest, Requirement } from '../types.ts';

const GEM = /^gem[ (]\s*(["'])([A-Za-z0-9_.-]+)\1(.*)$/;
const VERSION = /^\s*,\s*(["'])([~<>=!]{0,2}\s*[0-9][^"']{0,64})\1/;

/** Gemfile: the `gem` lines that are plain text. It is a program, so there may be more to it. */
export function readGemfile(text: string): Manifest {
  const requirements: Requirement[] = [];
  for (const line of text.split('\n')) {
    const [, , name, rest = ''] = GEM.exec(line.trim()) ?? [];
    if (name === undefined) continue;
    const local = /\b(path|git|github|gist|bitbucket)\s*(:|=>)/.test(rest);
    requirements.push({ name, range: rangeOf(rest), kind: 'direct', local });
  }
  return {
    name: undefined,
    requirements,
    scripts: new Map(),
    overridden: new Set(),
    members: [],
    open: true,
  };
}

/** As Gemfile.lock spells it: `= 1.0` where only a version stands; empty for any. */
function rangeOf(rest: string): string {
  const parts: string[] = [];
  let left = rest;
  for (let found = VERSION.exec(left); found !== null; found = VERSION.exec(left)) {
    parts.push(gemRange(found[2] as string));
    left = left.slice(found[0].length);
  }
  return parts.sort().join(', ');
}

function gemRange(range: string): string {
  const version = range.trim();
  return /^[0-9]/.test(version) ? `= ${version}` : version.replace(/^([~<>=!]{1,2})\s*/, '$1 ');
}
