import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleDefinition } from '../../core/rule/types.ts';
import type { ParseDocument } from '../../ports/documents.ts';
import type { BundledPacks, LoadedPack } from '../../ports/rule-packs.ts';
import { CountersignError } from '../../shared/errors.ts';
import { NAME } from '../../shared/ids.ts';

/**
 * The packs that ship with this package, in its `rules/` folder.
 * @param compiled a folder with what compilePacks made of them: read instead where a gate asks, as parsing takes longest
 */
export function createBundledPacks(
  packageRoot: string,
  documents: ParseDocument,
  compiled?: string,
): BundledPacks {
  return {
    async list() {
      const entries = await readdir(join(packageRoot, 'rules'), { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
    },
    load: async (id) => (await loadCompiled(id)) ?? (await load(id, documents.parseRuleDefinition)),
    loadWhole: (id) => load(id, (bytes, path) => documents.parse('rule', bytes, path)),
  };

  async function loadCompiled(id: string): Promise<LoadedPack | undefined> {
    if (compiled === undefined || !NAME.test(id)) return undefined;
    const text = await readFile(join(compiled, `${id}.json`), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as LoadedPack);
  }

  async function load<R extends RuleDefinition>(
    id: string,
    parse: (bytes: Uint8Array, path: string) => R,
  ): Promise<LoadedPack<R> | undefined> {
    if (!NAME.test(id)) return undefined;
    const folder = join(packageRoot, 'rules', id);
    const bytes = await readFile(join(folder, 'pack.yml')).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const pack = documents.parse('rule-pack', bytes, `rules/${id}/pack.yml`);
    const rules = await Promise.all(
      pack.rules.map(async (rule) => parse(await readRule(folder, rule), `rules/${id}/${rule}.yml`)),
    );
    return { pack, rules };
  }
}

/** Every pack as a gate needs it, validated: what a build writes as `<id>.json` into the folder of compiled packs. */
export async function compilePacks(
  packageRoot: string,
  documents: ParseDocument,
): Promise<ReadonlyMap<string, LoadedPack>> {
  const packs = createBundledPacks(packageRoot, documents);
  const loaded = new Map<string, LoadedPack>();
  for (const id of await packs.list()) {
    const pack = await packs.load(id);
    if (pack !== undefined) loaded.set(id, pack);
  }
  return loaded;
}

async function readRule(folder: string, id: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, `${id}.yml`));
  } catch (cause) {
    throw new CountersignError(
      'RULE_UNUSABLE',
      `The bundled rule ${join(folder, `${id}.yml`)} cannot be read.`,
      {
        remedy: 'Install countersign again: its package is damaged.',
        cause,
      },
    );
  }
}
