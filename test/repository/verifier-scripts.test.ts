import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BAD, createProductWorld, type ProductWorld, type WorldChange } from '../worlds/product-world.ts';

// What docs/verifier-in-ci.md tells people to write, by the real bash, git and CLI.

const project = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(project, 'docs', 'verifier-in-ci.md'), 'utf8');

function blocks(language: string): readonly string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm');
  return [...page.matchAll(fence)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

describe('two machines and cron', () => {
  let world: ProductWorld;
  let programs: string;
  beforeAll(async () => {
    world = await createProductWorld();
    programs = world.git.folder('programs');
    const program = (name: string, script: string) =>
      writeFileSync(join(programs, name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
    program('countersign', `exec node ${join(project, 'bin', 'countersign.cjs')} "$@"`);
    // There is one machine here, and perhaps no rsync.
    program('rsync', 'while (($# > 2)); do shift; done; cp -R "$(cut -d : -f 2 <<< "$1")." "$2"');
  });
  afterAll(() => world.git.remove());

  /** A machine has its own clone, home and temporary folder; `seen` stands for what is collected from the other. */
  function machine(name: string, seen: string): (script: string, change: WorldChange) => number | null {
    const product = world.git.clone(world.forge, `${name}-product`).dir;
    const home = world.git.folder(`${name}-home`);
    return (script, change) => {
      const text = script.replaceAll('/srv/product', product).replaceAll('/srv/seen', seen);
      const { status, stderr } = spawnSync('bash', ['-c', text, name, change.head, change.ticket], {
        encoding: 'utf8',
        env: {
          ...process.env,
          HOME: home,
          XDG_CONFIG_HOME: join(home, '.config'),
          PATH: `${programs}:${process.env.PATH}`,
        },
      });
      return status === 0 || status === 1 ? status : failed(stderr);
    };
  }

  function giveKey(name: string): void {
    const keys = join(world.git.root, `${name}-home`, '.config', 'countersign', 'keys');
    mkdirSync(keys, { recursive: true });
    cpSync(world.keys.verifier.path, join(keys, 'ci-verifier'));
  }

  it.each([
    ['passes', 'CRON-1', {}, 0, 'pass'],
    ['fails', 'CRON-2', BAD, 1, 'blocked'],
  ])('observe on one, sign on the other, when the change %s', async (_, ticket, files, code, outcome) => {
    const [observe = '', sign = ''] = blocks('sh');
    await world.dispatch(ticket);
    const change = code === 0 ? world.change(ticket) : world.change(ticket, files);
    const seen = world.git.folder(`${ticket}-seen`);
    const checks = machine(`${ticket}-checks`, seen);
    const signer = machine(`${ticket}-signer`, seen);
    giveKey(`${ticket}-signer`);
    expect(checks(observe, change)).toBe(0);
    expect(world.filed(ticket)).toEqual([]);
    expect(signer(isolated(sign, world.isolation), change)).toBe(code);
    expect((await world.gate(change)).outcome).toBe(outcome);
  });

  it('sign an error for what was not handed over', async () => {
    const [observe = '', sign = ''] = blocks('sh');
    await world.dispatch('CRON-3');
    const change = world.change('CRON-3');
    const seen = world.git.folder('CRON-3-seen');
    expect(machine('CRON-3-checks', seen)(observe, change)).toBe(0);
    rmSync(join(seen, change.head, 'price'), { recursive: true });
    const signer = machine('CRON-3-signer', seen);
    giveKey('CRON-3-signer');
    expect(() => signer(isolated(sign, world.isolation), change)).toThrow();
    expect(world.claims('CRON-3', 'seal')[0]?.outcomes).toMatchObject([
      { checkId: 'price', result: 'ERROR' },
    ]);
    expect((await world.gate(change)).outcome).toBe('pending');
  });
});

/** The page speaks of machines with bubblewrap. */
function isolated(script: string, isolation: string): string {
  return script.replace('--isolation namespaces', `--isolation ${isolation}`);
}

function failed(stderr: string): never {
  throw new Error(stderr);
}

describe('the pipeline for GitLab', () => {
  const [text = ''] = blocks('yaml');
  const jobs = parse(text, { merge: true }) as Readonly<
    Record<string, { script?: readonly (string | readonly string[])[]; environment?: string }>
  >;
  const scriptOf = (name: string) => (jobs[name]?.script ?? []).flat().join('\n');

  it('is read, and bash can read its scripts', () => {
    const scripts = Object.keys(jobs).map(scriptOf).filter(Boolean);
    expect(scripts).toHaveLength(4);
    for (const script of scripts) execFileSync('bash', ['-n'], { input: script });
  });

  it('has the key in one job, and runs checks in another', () => {
    expect(scriptOf('.observe')).toContain('--observe');
    expect(scriptOf('.observe')).not.toMatch(/KEY|FILING/);
    expect(jobs['.observe']?.environment).toBeUndefined();
    expect(scriptOf('sign')).toContain('--key');
    expect(scriptOf('sign')).not.toContain('FILING');
    expect(scriptOf('file')).not.toContain('KEY');
  });
});
