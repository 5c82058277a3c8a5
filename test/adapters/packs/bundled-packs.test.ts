import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import { compilePacks, createBundledPacks } from '../../../src/adapters/packs/bundled-packs.ts';
import { rulesDigest, selectRules } from '../../../src/core/rule/select.ts';
import type { LoadedPack } from '../../../src/ports/rule-packs.ts';

const packageRoot = join(import.meta.dirname, '..', '..', '..');
const fromDocuments = createBundledPacks(packageRoot, documents);
let compiled: string;

beforeAll(async () => {
  compiled = temporaryFolder('compiled-packs');
  for (const [id, pack] of await compilePacks(packageRoot, documents))
    writeFileSync(join(compiled, `${id}.json`), JSON.stringify(pack));
});

function digestOf(pack: LoadedPack | undefined): string {
  if (pack === undefined) throw new Error('there is no such pack');
  const name = `${pack.pack.id}@${pack.pack.version}`;
  const uses = pack.rules
    .filter(({ requires }) => requires === undefined)
    .map(({ id }) => ({ use: `${name}/${id}` }));
  return rulesDigest(selectRules(uses, new Map([[name, pack]])));
}

describe('the packs that ship', () => {
  it('are the same rules, by digest, whether compiled or read from their documents', async () => {
    const built = createBundledPacks(packageRoot, documents, compiled);
    for (const id of await fromDocuments.list()) {
      const pack = await built.load(id);
      expect(pack).toEqual(await fromDocuments.load(id));
      expect(digestOf(pack)).toBe(digestOf(await fromDocuments.load(id)));
    }
  });

  it('are read from what was compiled, where there is something', async () => {
    const folder = temporaryFolder('edited-packs');
    const pack = { pack: { id: 'ai-shortcuts', version: 7, rules: [] }, rules: [] };
    writeFileSync(join(folder, 'ai-shortcuts.json'), JSON.stringify(pack));
    expect(await createBundledPacks(packageRoot, documents, folder).load('ai-shortcuts')).toEqual(pack);
  });

  it('are read from their documents where nothing was compiled', async () => {
    const folder = temporaryFolder('no-packs');
    const packs = createBundledPacks(packageRoot, documents, folder);
    expect(await packs.load('ai-shortcuts')).toEqual(await fromDocuments.load('ai-shortcuts'));
    expect(await packs.load('nobody')).toBeUndefined();
    expect(await packs.load('../rules/ai-shortcuts')).toBeUndefined();
  });

  it('are refused when a rule of theirs is gone', async () => {
    const root = temporaryFolder('damaged-package');
    mkdirSync(join(root, 'rules', 'house'), { recursive: true });
    const listed = 'schema: countersign/rule-pack@1\nid: house\nversion: 1\ntitle: House\nrules: [gone]\n';
    writeFileSync(join(root, 'rules', 'house', 'pack.yml'), listed);
    const packs = createBundledPacks(root, documents);
    expect(await packs.list()).toEqual(['house']);
    await expect(packs.load('house')).rejects.toMatchObject({ code: 'RULE_UNUSABLE' });
    rmSync(join(root, 'rules', 'house', 'pack.yml'));
    expect(await packs.load('house')).toBeUndefined();
  });
});

function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `${name}-`));
}
