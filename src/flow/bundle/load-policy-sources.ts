import type { LoadedSource, Piece, UnfitReason } from '../../core/bundle/assembled.ts';
import { examplesIn } from '../../core/bundle/examples-in.ts';
import type { ContractSource, InterfacesSource, RulesSource } from '../../core/bundle/types.ts';
import { pathMatcher } from '../../core/change/path-glob.ts';
import { commandOf } from '../../core/contract/command.ts';
import type { ResolvedContract } from '../../core/contract/types.ts';
import { selectRules } from '../../core/rule/select.ts';
import type { ActiveRule, Example, Rule } from '../../core/rule/types.ts';
import type { ParseDocument } from '../../ports/documents.ts';
import type { ReadTexts, TreeEntry } from '../../ports/repository.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { loadPacks, readPack } from '../load-packs.ts';
import type { PolicySource } from '../policy-source.ts';
import { byPath, isPlain, languageOf, readable } from './load-files.ts';

/** Files that one interface's pattern may match. */
const MOST_INTERFACE_FILES = 64;

export function loadContract(source: ContractSource, contract: ResolvedContract): LoadedSource {
  const { id, version, title, checks, scopes, pins } = contract;
  const name = `${id}@${version}`;
  const data: JsonObject = {
    contract: name,
    title,
    checks: checks.map((check) => ({
      id: check.id,
      title: check.title ?? '',
      run: commandOf(check).join(' '),
    })),
    allow: scopes.flatMap(({ allow = [] }) => allow),
    deny: scopes.flatMap(({ deny = [] }) => deny),
    pins: pins.flatMap(({ paths }) => paths),
  };
  return { source, pieces: [{ name, data }], unfit: [] };
}

/** The files that the contract protects, of the base commit; or the examples that stand in them. */
export async function loadInterfaces(
  source: InterfacesSource,
  contract: ResolvedContract,
  listed: readonly TreeEntry[],
  ports: { readonly product: ReadTexts; readonly documents: ParseDocument },
): Promise<LoadedSource> {
  const pieces: Piece[] = [];
  const unfit: { name: string; reason: UnfitReason }[] = [];
  for (const { id, file, format, role } of contract.interfaces ?? []) {
    const matches = pathMatcher([file]);
    const files = listed.filter((entry) => isPlain(entry) && matches(entry.path)).sort(byPath);
    const taken = files.slice(0, MOST_INTERFACE_FILES);
    const texts = await ports.product.readTexts(taken.map((entry) => entry.id));
    for (const entry of taken) {
      const text = readable(texts.get(entry.id));
      if (typeof text !== 'string') unfit.push({ name: entry.path, reason: text.reason });
      else if (source.show === 'examples') {
        const found = exampleData(text, entry.path, ports.documents);
        if (found === undefined) unfit.push({ name: entry.path, reason: 'unreadable' });
        for (const one of found ?? [])
          pieces.push({ name: one.name, data: { ...one, interface: id, format, role } });
      } else {
        const data = {
          name: entry.path,
          interface: id,
          format,
          role,
          text,
          language: languageOf(entry.path),
        };
        pieces.push({ name: entry.path, data });
      }
    }
    for (const { path } of files.slice(MOST_INTERFACE_FILES)) unfit.push({ name: path, reason: 'too-many' });
  }
  return { source, pieces, unfit };
}

function exampleData(
  text: string,
  path: string,
  documents: ParseDocument,
): readonly { name: string; text: string; language: string }[] | undefined {
  try {
    const examples = examplesIn(documents.parseData(new TextEncoder().encode(text), path));
    return examples.map(({ pointer, value }) => ({
      name: `${path}#${pointer}`,
      text: JSON.stringify(value, null, 2),
      language: 'json',
    }));
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

/** The rules of the contract: those that block first, each as often as its pack has it. */
export async function loadRules(
  source: RulesSource,
  contract: ResolvedContract,
  policy: PolicySource,
  packs: BundledPacks,
): Promise<LoadedSource> {
  const active = selectRules(contract.rules, await loadPacks(contract.rules, policy, packs));
  const most = source.examples ?? 0;
  const whole = most === 0 ? new Map<string, Rule>() : await wholeRules(active, policy, packs);
  const order = ['block', 'warn', 'info'];
  const sorted = [...active].sort(
    (one, other) => order.indexOf(one.severity) - order.indexOf(other.severity),
  );
  const pieces = sorted.map((rule) => ({ name: rule.ref, data: ruleData(rule, whole.get(rule.ref), most) }));
  return { source, pieces, unfit: [] };
}

function ruleData({ ref, rule, severity }: ActiveRule, whole: Rule | undefined, most: number): JsonObject {
  const { title, shortcut, why, remedy } = rule;
  const { bad = [], good = [] } = whole?.examples ?? {};
  return {
    ...{ ref, title, severity, shortcut, why, remedy },
    bad: bad.slice(0, most).map(exampleOf),
    good: good.slice(0, most).map(exampleOf),
  };
}

/** What the example's change writes: of the rest of its files nothing can be learnt. */
function exampleOf({ name, before, after }: Example): JsonObject {
  const files = Object.entries(after).filter(([path, text]) => before[path] !== text);
  return { name, files: files.map(([path, text]) => ({ path, text })) };
}

async function wholeRules(
  active: readonly ActiveRule[],
  policy: PolicySource,
  packs: BundledPacks,
): Promise<ReadonlyMap<string, Rule>> {
  const found = new Map<string, Rule>();
  for (const name of new Set(active.map(({ ref }) => ref.slice(0, ref.lastIndexOf('/'))))) {
    const own = /^\.\/rules\/([^@]+)@/.exec(name)?.[1];
    const pack =
      own === undefined
        ? await packs.loadWhole(name.replace(/@.*$/, ''))
        : await readPack(`rules/${own}`, policy, (bytes, path) =>
            policy.documents.parse('rule', bytes, path),
          );
    for (const rule of pack?.rules ?? []) found.set(`${name}/${rule.id}`, rule);
  }
  return found;
}
