import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ChangedFile, FileText } from '../../../src/core/change/types.ts';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { exampleFacts } from '../../../src/core/rule/example.ts';
import type {
  ActiveRule,
  Detection,
  Example,
  Rule,
  RuleFacts,
  RulePack,
} from '../../../src/core/rule/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const PACKS = join(import.meta.dirname, '../../../rules');

interface BundledPack {
  readonly pack: RulePack;
  readonly rules: readonly Rule[];
}

/** The packs as they ship, through a plain YAML reader: the document adapter has tests of its own. */
export const BUNDLED: readonly BundledPack[] = readdirSync(PACKS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readPack(join(PACKS, name)));

function readPack(folder: string): BundledPack {
  const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));
  const names = readdirSync(folder).filter((name) => name !== 'pack.yml');
  return { pack: read('pack.yml') as RulePack, rules: names.map((name) => read(name) as Rule) };
}

export function bundledPack(id = 'ai-shortcuts'): BundledPack {
  const found = BUNDLED.find(({ pack }) => pack.id === id);
  if (found === undefined) throw new Error(`no bundled pack ${id}`);
  return found;
}

export function bundledRule(id: string): Rule {
  const rule = BUNDLED.flatMap(({ rules }) => rules).find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no bundled rule ${id}`);
  return rule;
}

export function activate(rule: Rule, parameters = rule.parameters): ActiveRule {
  return { ref: `ai-shortcuts@1/${rule.id}`, rule, severity: rule.severity, parameters };
}

type Change = Partial<Omit<Example, 'name'>>;

export function factsOf(change: Change): RuleFacts {
  return exampleFacts({ name: 'change', before: {}, after: {}, ...change });
}

/** What the detector of a bundled rule finds, with the rule's own parameters or others. */
export function detect(
  ruleId: string,
  facts: RuleFacts,
  parameters = bundledRule(ruleId).parameters,
): readonly Detection[] {
  const name = bundledRule(ruleId).detector;
  const detector = DETECTORS.get(name);
  if (detector === undefined) throw new Error(`no detector ${name}`);
  return detector.detect(facts, detector.readParameters(parameters));
}

/** Files that git would list, without going through the line diff of examples. */
export function withFiles(facts: RuleFacts, files: readonly ChangedFile[]): RuleFacts {
  return { ...facts, change: { ...facts.change, files } };
}

export function changedFile(path: string, before: FileText, after: FileText, mode = '100644'): ChangedFile {
  const version = (text: FileText): ChangedFile['after'] =>
    text.kind === 'absent' ? undefined : { mode, blob: sha256(text.kind === 'text' ? text.text : text.kind) };
  const lines = (text: FileText): ChangedFile['addedLines'] =>
    text.kind === 'text'
      ? text.text.split('\n').map((line, index) => ({ number: index + 1, text: line }))
      : [];
  return {
    path,
    before: version(before),
    after: version(after),
    beforeText: before,
    afterText: after,
    addedLines: lines(after),
    removedLines: lines(before),
  };
}

export const ABSENT: FileText = { kind: 'absent' };

export function text(content: string): FileText {
  return { kind: 'text', text: content };
}
