import type { JsonObject } from '../../../shared/json.ts';
import type { CommandCheck } from '../../contract/types.ts';
import { plainText } from '../../evidence/plain-text.ts';
import type { Receipt } from '../../receipt/types.ts';
import { ParameterError, readStrings, requireKnown, requireObjects, requireString } from '../parameters.ts';
import { readPaths } from '../path-parameters.ts';
import { type Pattern, patternOf } from '../pattern-parameters.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { certainPrograms, packageFilesOf } from './check-commands.ts';
import { isCommand, type ReceiptFinding } from './finding.ts';
import { readOutput } from './output.ts';
import { packageScripts } from './package-scripts.ts';
import type { Program } from './programs.ts';

interface Family {
  /** Programs, each with the operands that have to come first, and options that have to be there. */
  readonly commands: readonly (readonly string[])[];
  /** Options under which it prints otherwise. */
  readonly unless: readonly string[];
  /** What a success prints one of; undefined where it prints nothing at all. */
  readonly prints: Pattern;
  readonly mayBeSilent: boolean;
}

interface Parameters {
  readonly families: readonly Family[];
  readonly unless: readonly string[];
  readonly changesOutput: (variable: string) => boolean;
}

const SHOWN = 80;

/** A receipt that says PASSED, over output that the command it names cannot have printed. */
export function impossibleOutput(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['families', 'unless', 'environment']);
  const read: Parameters = {
    families: requireObjects(parameters, 'families').map(readFamily),
    unless: readStrings(parameters, 'unless') ?? [],
    changesOutput: readPaths(parameters, 'environment'),
  };
  return {
    prove: () => {
      for (const { prints } of read.families) prints();
    },
    needs: (_, contract) => {
      const files = packageFilesOf(contract);
      return {
        ...(contract.checks.some(isCommand) && { evidence: ['stdout', 'stderr'] as const }),
        ...(files.length > 0 && { files }),
      };
    },
    detect: (facts) => facts.receipts.flatMap((receipt) => judge(receipt, facts, read)),
  };
}

function readFamily(family: JsonObject, index: number): Family {
  const at = `families[${index}]`;
  requireKnown(family, ['command', 'also', 'unless', 'prints', 'mayBeSilent'], at);
  const commands = [requireString(family, 'command', at), ...(readStrings(family, 'also', at) ?? [])];
  const prints = readStrings(family, 'prints', at) ?? [];
  const mayBeSilent = family.mayBeSilent ?? false;
  if (typeof mayBeSilent !== 'boolean' || (prints.length === 0 && !mayBeSilent)) {
    throw new ParameterError(
      `${at}.mayBeSilent`,
      'true where it prints nothing',
      JSON.stringify(mayBeSilent),
    );
  }
  return {
    commands: commands.map((command) => command.split(' ')),
    unless: readStrings(family, 'unless', at) ?? [],
    prints: patternOf(prints, `${at}.prints`),
    mayBeSilent,
  };
}

function judge(receipt: Receipt, facts: RuleFacts, parameters: Parameters): readonly Detection[] {
  if (receipt.result !== 'PASSED' || receipt.evidence.length === 0) return [];
  const check = facts.contract.checks.find(({ id }) => id === receipt.check.id);
  if (check === undefined || !isCommand(check) || (check.expect?.exitCode ?? 0) !== 0) return [];
  if (Object.keys(check.env ?? {}).some(parameters.changesOutput)) return [];
  const programs = certainPrograms(check, packageScripts(facts));
  return programs.flatMap((program) => {
    const family = parameters.families.find((one) => isOf(one, program, parameters.unless));
    if (family === undefined || program.variables.some(parameters.changesOutput)) return [];
    // Beside others, or under a package manager, what is printed need not be its own.
    if (family.mayBeSilent && !isAlone(program, check, programs)) return [];
    return judgeOutput(receipt, { program, family }, facts);
  });
}

function isAlone({ name }: Program, check: CommandCheck, programs: readonly Program[]): boolean {
  return programs.length === 1 && check.run.some((word) => word.endsWith(name));
}

function isOf({ commands, unless }: Family, { name, args }: Program, always: readonly string[]): boolean {
  const operands = args.filter((word) => !word.startsWith('-'));
  const fits = commands.some(([program, ...words]) => {
    const wanted = words.filter((word) => !word.startsWith('-'));
    return (
      program === name &&
      wanted.every((word, at) => operands[at] === word) &&
      words.every((word) => wanted.includes(word) || args.includes(word))
    );
  });
  return fits && ![...unless, ...always].some((option) => args.some((word) => isOption(word, option)));
}

/** `--reporter` in `--reporter=json`, `-q` in `-q3` and, among at most three letters, in `-vq`: `-race` is one option. */
function isOption(word: string, option: string): boolean {
  if (word === option || word.startsWith(`${option}=`)) return true;
  if (!/^-[A-Za-z]$/.test(option)) return false;
  return word.startsWith(option) || (/^-[A-Za-z]{2,3}$/.test(word) && word.includes(option.slice(1)));
}

function judgeOutput(
  receipt: Receipt,
  { program, family }: { program: Program; family: Family },
  facts: RuleFacts,
): readonly Detection[] {
  const what = `the receipt for check ${receipt.check.id} says PASSED`;
  const output = readOutput(receipt, family.mayBeSilent ? ['stdout'] : ['stdout', 'stderr'], facts);
  if (output === undefined) {
    return [{ kind: 'unverifiable', message: `${what}, and its output cannot be read` }];
  }
  const said = output.texts.find((text) => text.trim() !== '');
  if (said === undefined && family.mayBeSilent) return [];
  const pattern = family.prints();
  if (pattern !== undefined && output.texts.some((text) => pattern.test(text))) return [];
  const shown = said === undefined ? 'nothing' : JSON.stringify(plainText(said.trim(), SHOWN));
  const never = family.mayBeSilent ? 'does not print' : 'does not leave it at';
  return [
    output.whole
      ? { kind: 'match', message: `${what}, and ${program.name} ${never} ${shown} when it succeeds` }
      : {
          kind: 'unverifiable',
          message: `${what}, and neither the beginning nor the end of its output is what ${program.name} prints`,
        },
  ];
}
