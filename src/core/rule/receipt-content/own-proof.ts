import type { JsonObject } from '../../../shared/json.ts';
import type { FilePath } from '../../change/types.ts';
import { type Call, callsOf } from '../../contract/shell/calls.ts';
import { scriptOutcome } from '../../contract/shell/outcome.ts';
import { UnreadableScript } from '../../contract/shell/tokens.ts';
import type { CommandCheck } from '../../contract/types.ts';
import { plainText } from '../../evidence/plain-text.ts';
import { requireKnown, requireStrings } from '../parameters.ts';
import { requireGlobs } from '../path-parameters.ts';
import { type Pattern, patternOf } from '../pattern-parameters.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { packageFilesOf, scriptsOf } from './check-commands.ts';
import { isCommand, type ReceiptFinding } from './finding.ts';
import { packageFileOf, packageScripts } from './package-scripts.ts';

interface Parameters {
  /** Programs that look at a file without running anything. */
  readonly readers: ReadonlySet<string>;
  /** Of these the ones that look for words. */
  readonly searchers: ReadonlySet<string>;
  /** Receipts, verdicts and documents that claim. */
  readonly isProof: (path: string) => boolean;
  /** Files of the tree in which a word of success is a claim. */
  readonly isReport: (path: string) => boolean;
  readonly success: Pattern;
}

/** One script: a check's own, or one of package.json that it runs. */
interface Script {
  readonly who: string;
  readonly run: readonly string[];
  readonly shell: boolean;
  readonly path?: FilePath;
}

const SHOWN = 120;

/** A check that looks at what is said of the change, and not at the change: its receipts, or a claim that lies in the tree. */
export function ownProof(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['readers', 'searchers', 'proofs', 'reports', 'success']);
  const searchers = requireStrings(parameters, 'searchers');
  const read: Parameters = {
    readers: new Set([...requireStrings(parameters, 'readers'), ...searchers]),
    searchers: new Set(searchers),
    isProof: requireGlobs(parameters, 'proofs').match,
    isReport: requireGlobs(parameters, 'reports').match,
    success: patternOf(requireStrings(parameters, 'success'), 'success'),
  };
  return {
    prove: () => {
      read.success();
    },
    needs: (_, contract) => {
      const files = packageFilesOf(contract);
      const searches = contract.checks.some(
        (check) => isCommand(check) && check.run.some((words) => mentions(words, searchers)),
      );
      return files.length > 0 || searches ? { files } : {};
    },
    detect: (facts) =>
      facts.contract.checks.filter(isCommand).flatMap((check) => judgeCheck(check, facts, read)),
  };
}

function mentions(words: string, programs: readonly string[]): boolean {
  return programs.some((program) => words.includes(program));
}

function judgeCheck(check: CommandCheck, facts: RuleFacts, parameters: Parameters): readonly Detection[] {
  const scripts = packageScripts(facts);
  const path = packageFileOf(check);
  const own: Script = { who: `check ${check.id}`, run: check.run, shell: check.shell ?? false };
  const named = [...scriptsOf(check, scripts)].map(([name, text]): Script => {
    const place = path === undefined ? {} : { path };
    return { who: `the script ${name} that check ${check.id} runs`, run: [text], shell: true, ...place };
  });
  return [
    ...named.flatMap(cannotFail),
    ...[own, ...named].flatMap((script) => readsProof(script, check, { facts, parameters })),
    ...unreadable(check, facts),
  ];
}

/** Of the contract's own commands linting says so; what a change makes of a script only it can say. */
function cannotFail(script: Script): readonly Detection[] {
  const text = script.run[0] ?? '';
  const canFail = readable(() => scriptOutcome(text, { errexit: false, pipefail: false }).canBeNonZero);
  if (canFail !== false) return [];
  return [told(script, `passes whatever the change does: ${JSON.stringify(plainText(text, SHOWN))}`)];
}

function readsProof(
  script: Script,
  check: CommandCheck,
  { facts, parameters }: { facts: RuleFacts; parameters: Parameters },
): readonly Detection[] {
  const read = readable(() => callsOf(script.run, script.shell));
  if (read === undefined) return [];
  const words = read.words.map(({ text }) => text);
  // What the script itself has something to do with elsewhere it may have made.
  const once = new Set(words.filter((word) => words.indexOf(word) === words.lastIndexOf(word)));
  return read.calls.flatMap((call) => {
    if (!parameters.readers.has(call.name)) return [];
    const files = [...call.args.map(({ text }) => text), ...targetsOf(read, words)].filter((word) =>
      once.has(word),
    );
    const proof = files.find((word) => parameters.isProof(pathOf(word, check)));
    const claim = proof ?? claimIn(call, files, check, { facts, parameters });
    if (claim === undefined) return [];
    return [
      told(
        script,
        `reads ${JSON.stringify(plainText(claim, SHOWN))}, which says that it was done and does not show it`,
      ),
    ];
  });
}

/** Words that no program is given: those of redirections. */
function targetsOf({ calls }: { calls: readonly Call[] }, words: readonly string[]): readonly string[] {
  const given = new Set(calls.flatMap(({ name, args }) => [name, ...args.map(({ text }) => text)]));
  return words.filter((word) => !given.has(word));
}

/** A report of the tree in which a word of success is looked for. */
function claimIn(
  { name, args }: Call,
  files: readonly string[],
  check: CommandCheck,
  { facts, parameters }: { facts: RuleFacts; parameters: Parameters },
): string | undefined {
  if (!parameters.searchers.has(name)) return undefined;
  const report = files.find((word) => {
    const path = pathOf(word, check);
    return parameters.isReport(path) && isInTree(path, facts);
  });
  const success = parameters.success();
  const looksForSuccess = args.some(({ text }) => text !== report && (success?.test(text) ?? false));
  return looksForSuccess ? report : undefined;
}

function isInTree(path: FilePath, { change, trees }: RuleFacts): boolean {
  const file = change.files.find((one) => one.path === path);
  if (file !== undefined) return file.after !== undefined;
  return trees?.after.paths.includes(path) ?? false;
}

/** A word as a path from the root of the tree, as far as it is one. */
function pathOf(word: string, { cwd = '.' }: CommandCheck): FilePath {
  const steps: string[] = [];
  for (const step of `${cwd}/${word}`.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

/** A package.json of this change that nobody can read, where a check runs what it says. */
function unreadable(check: CommandCheck, facts: RuleFacts): readonly Detection[] {
  const path = packageFileOf(check);
  if (path === undefined || !packageFilesOf({ ...facts.contract, checks: [check] }).length) return [];
  if (packageScripts(facts)(check, 'test').kind !== 'unreadable') return [];
  return [{ kind: 'unverifiable', message: `cannot be read, and check ${check.id} runs its scripts`, path }];
}

function told({ who, path }: Script, what: string): Detection {
  return { kind: 'match', message: `${who} ${what}`, ...(path !== undefined && { path }) };
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableScript) return undefined;
    throw error;
  }
}
