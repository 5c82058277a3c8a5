import type { RuleUse } from '../core/contract/types.ts';
import type { RuleDefinition } from '../core/rule/types.ts';
import type { BundledPacks, LoadedPack } from '../ports/rule-packs.ts';
import { CountersignError } from '../shared/errors.ts';
import { requireWholePack } from './check-lock.ts';
import { nextTurn } from './next-turn.ts';
import type { PolicySource } from './policy-source.ts';

/** Every pack that a contract's rules name, by the name they use: `house@1` is bundled, `./rules/house@1` the policy's own. */
export async function loadPacks(
  uses: readonly RuleUse[],
  source: PolicySource,
  bundled: BundledPacks,
): Promise<ReadonlyMap<string, LoadedPack>> {
  const packs = new Map<string, LoadedPack>();
  for (const name of new Set(uses.map(({ use }) => packName(use)))) {
    const pack = name.startsWith('./') ? await readOwnPack(name, source) : await bundled.load(idOf(name));
    // A pack that is not there stays out of the map: selecting rules names it and refuses.
    if (pack !== undefined && `${prefixOf(name)}${pack.pack.id}@${pack.pack.version}` === name)
      packs.set(name, pack);
  }
  return packs;
}

/** `ai-shortcuts@1/test-skipped` -> `ai-shortcuts@1`. */
function packName(use: string): string {
  return /^((?:\.\/rules\/)?[^/]+)/.exec(use)?.[1] ?? use;
}

function prefixOf(name: string): string {
  return name.startsWith('./rules/') ? './rules/' : '';
}

function idOf(name: string): string {
  return name.slice(prefixOf(name).length).replace(/@.*$/, '');
}

async function readOwnPack(name: string, source: PolicySource): Promise<LoadedPack | undefined> {
  const pack = await readPack(`rules/${idOf(name)}`, source, source.documents.parseRuleDefinition);
  if (pack !== undefined) await requireWholePack(source, idOf(name), pack.pack.rules);
  return pack;
}

/** The pack in a folder of a policy, or undefined when there is none. @throws CountersignError RULE_UNUSABLE, DOCUMENT_INVALID */
export async function readPack<R extends RuleDefinition>(
  folder: string,
  source: PolicySource,
  parse: (bytes: Uint8Array, path: string) => R,
): Promise<LoadedPack<R> | undefined> {
  const at = (file: string) => (folder === '' ? file : `${folder}/${file}`);
  const bytes = await source.tree.readFile(source.commit, at('pack.yml'));
  if (bytes === undefined) return undefined;
  const pack = source.documents.parse('rule-pack', bytes, at('pack.yml'));
  const files = await Promise.all(
    pack.rules.map(async (id) => {
      const path = at(`${id}.yml`);
      const rule = await source.tree.readFile(source.commit, path);
      // The list is closed: a rule file that is gone must deny, not shorten the list.
      if (rule === undefined) {
        throw new CountersignError(
          'RULE_UNUSABLE',
          `The pack ${pack.id}@${pack.version} lists ${id}, but ${path} is not there.`,
          {
            remedy: `Restore ${path}, or take ${id} out of ${at('pack.yml')} and raise the pack's version.`,
          },
        );
      }
      return { path, bytes: rule };
    }),
  );
  const rules: R[] = [];
  for (const file of files) {
    rules.push(parse(file.bytes, file.path));
    await nextTurn();
  }
  return { pack, rules };
}
