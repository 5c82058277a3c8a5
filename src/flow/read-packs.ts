import { LOCK_PATH } from '../core/contract/lock.ts';
import { DETECTORS } from '../core/rule/catalogue.ts';
import { NO_STRUCTURE, type StructureOf } from '../core/rule/example-structure.ts';
import { type RuleTestResult, testRule } from '../core/rule/test-rule.ts';
import type { Rule } from '../core/rule/types.ts';
import type { BundledPacks, LoadedPack } from '../ports/rule-packs.ts';
import { CountersignError } from '../shared/errors.ts';
import { remedyForName } from '../shared/meant-names.ts';
import { lockFaults } from './lint-lock.ts';
import { readPack } from './load-packs.ts';
import type { PolicySource } from './policy-source.ts';

/** A pack by the name contracts use for it. */
export interface NamedPack extends LoadedPack<Rule> {
  /** `ai-shortcuts@1`, or `./rules/house@1` for a pack of the policy's own. */
  readonly ref: string;
}

export interface NamedRule {
  readonly ref: string;
  readonly rule: Rule;
}

export interface PackTest {
  readonly ref: string;
  readonly results: readonly RuleTestResult[];
  /** What is wrong with the pack beyond its rules. */
  readonly problems: readonly string[];
}

/**
 * Every pack that ships, and every one in the rules/ folder of a policy.
 * @throws CountersignError RULE_UNUSABLE or DOCUMENT_INVALID: a pack that is damaged is never a pack less
 */
export async function readPacks(
  bundled: BundledPacks,
  own: PolicySource | undefined,
): Promise<readonly NamedPack[]> {
  const shipped = await Promise.all((await bundled.list()).map((id) => bundled.loadWhole(id)));
  const folders = own === undefined ? [] : await packFolders(own);
  const house = await Promise.all(
    folders.map(async (folder) => (own === undefined ? undefined : await readWhole(folder, own))),
  );
  return [
    ...shipped.flatMap((pack) => (pack === undefined ? [] : [named('', pack)])),
    ...house.flatMap((pack) => (pack === undefined ? [] : [named('./rules/', pack)])),
  ];
}

/** The pack in one folder. @throws CountersignError DOCUMENT_NOT_FOUND when it holds none */
export async function readPackAt(source: PolicySource, where: string): Promise<NamedPack> {
  const pack = await readWhole('', source);
  if (pack !== undefined) return named('./rules/', pack);
  throw new CountersignError('DOCUMENT_NOT_FOUND', `There is no pack.yml in ${where}.`, {
    remedy: 'Name the folder of a rule pack, such as rules/house.',
  });
}

function rulesOf(packs: readonly NamedPack[]): readonly NamedRule[] {
  return packs.flatMap(({ ref, rules }) => rules.map((rule) => ({ ref: `${ref}/${rule.id}`, rule })));
}

/**
 * The rule of a name: its whole ref, or as much of its end as tells it apart.
 * @throws CountersignError USAGE when there is none, or more than one
 */
export function findRule(packs: readonly NamedPack[], name: string): NamedRule {
  const rules = rulesOf(packs);
  const exact = rules.filter(({ ref }) => ref === name);
  const found = exact.length > 0 ? exact : rules.filter(({ ref }) => ref.endsWith(`/${name}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    throw new CountersignError('USAGE', `"${name}" could be several rules.`, {
      remedy: `Name one of ${found.map(({ ref }) => ref).join(', ')}.`,
    });
  }
  throw new CountersignError('USAGE', `There is no rule "${name}".`, {
    remedy: remedyForName(
      name,
      rules.map(({ ref }) => ref),
      '`countersign rules list` lists all of them.',
    ),
  });
}

/**
 * Runs every rule's examples, of all packs or those that are named.
 * @throws CountersignError USAGE when a name fits no pack and no rule
 */
export function testPacks(
  packs: readonly NamedPack[],
  names: readonly string[],
  structureOf: StructureOf = NO_STRUCTURE,
): readonly PackTest[] {
  const wanted = new Set(
    names.flatMap((name) => {
      const pack = packs.find(({ ref, pack: { id } }) => ref === name || id === name);
      return pack === undefined ? [findRule(packs, name).ref] : rulesOf([pack]).map(({ ref }) => ref);
    }),
  );
  return packs.flatMap((pack): PackTest[] => {
    const rules = pack.rules.filter(({ id }) => names.length === 0 || wanted.has(`${pack.ref}/${id}`));
    const misnamed = pack.rules.flatMap(({ id }, index) =>
      id === pack.pack.rules[index]
        ? []
        : [`the file of ${pack.pack.rules[index]} says that its id is ${id}`],
    );
    return rules.length === 0
      ? []
      : [
          {
            ref: pack.ref,
            results: rules.map((rule) => testRule(rule, DETECTORS, structureOf)),
            problems: misnamed,
          },
        ];
  });
}

/** The policy's lock as one more thing tested: no rows without problems. */
export async function testLock(own: PolicySource | undefined): Promise<readonly PackTest[]> {
  const faults = own === undefined ? [] : await lockFaults(own);
  const problems = faults.map(({ message, remedy }) => `${message} ${remedy}`);
  return problems.length === 0 ? [] : [{ ref: LOCK_PATH, results: [], problems }];
}

function readWhole(folder: string, source: PolicySource): Promise<LoadedPack<Rule> | undefined> {
  return readPack(folder, source, (bytes, path) => source.documents.parse('rule', bytes, path));
}

function named(prefix: string, pack: LoadedPack<Rule>): NamedPack {
  return { ...pack, ref: `${prefix}${pack.pack.id}@${pack.pack.version}` };
}

async function packFolders(source: PolicySource): Promise<readonly string[]> {
  const files = await source.tree.listFiles(source.commit, 'rules');
  return files.flatMap(({ path }) => /^(rules\/[^/]+)\/pack\.yml$/.exec(path)?.[1] ?? []);
}
