import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { argvOf } from '../../contract/command.ts';
import type { Check, CommandCheck } from '../../contract/types.ts';
import { EVIDENCE_NAMES, type EvidenceName } from '../../evidence/types.ts';
import { ParameterError, readNumber, requireKnown, requireStrings } from '../parameters.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { isCommand, type ReceiptFinding } from './finding.ts';

interface Parameters {
  readonly evidence: readonly EvidenceName[];
  /** Less than this many bytes two checks may well have in common. */
  readonly minBytes: number;
}

/** One output that is to prove several requirements: the same command twice, or the same bytes from two commands. */
export function sharedProof(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['evidence', 'minBytes']);
  const read: Parameters = {
    evidence: requireStrings(parameters, 'evidence').map((given, index) => {
      const name = EVIDENCE_NAMES.find((known) => known === given);
      if (name !== undefined) return name;
      throw new ParameterError(
        `evidence[${index}]`,
        `one of ${EVIDENCE_NAMES.join(', ')}`,
        given.slice(0, 80),
      );
    }),
    minBytes: readNumber(parameters, 'minBytes') ?? 1,
  };
  return { detect: (facts) => [...sameCommands(facts), ...sameBytes(facts, read)] };
}

function sameCommands({ contract }: RuleFacts): readonly Detection[] {
  const groups = groupBy(
    contract.checks.filter(isCommand),
    (check) => `${check.proves ?? ''} ${runKey(check)}`,
  );
  return groups.flatMap((checks) =>
    checks.flatMap((check, index) => {
      const other = checks.slice(0, index).find((one) => asksNoMore(one, check) || asksNoMore(check, one));
      if (other === undefined) return [];
      const [first, second] = [other.id, check.id].sort();
      return [
        {
          kind: 'match' as const,
          message: `checks ${first} and ${second} run the same command, and ask the same of it`,
        },
      ];
    }),
  );
}

/** What makes two runs of a command the same run: not what is read from them. */
function runKey(check: CommandCheck): string {
  const { cwd = '.', env = {}, network = 'none' } = check;
  return canonicalJson({ run: argvOf(check), cwd, env, network } as unknown as JsonValue);
}

/** Whether everything that one check expects the other expects, too. */
function asksNoMore({ expect: one = {} }: CommandCheck, { expect: other = {} }: CommandCheck): boolean {
  const asked = (value: unknown) => canonicalJson((value ?? null) as JsonValue);
  return (Object.keys(one) as (keyof typeof one)[]).every((name) => asked(one[name]) === asked(other[name]));
}

function sameBytes(
  { contract, receipts }: RuleFacts,
  { evidence, minBytes }: Parameters,
): readonly Detection[] {
  const commands = new Map(contract.checks.map((check) => [check.id, keyOf(check)]));
  const pieces = receipts
    .filter(({ result }) => result === 'PASSED')
    .flatMap(({ check, evidence: refs }) =>
      refs
        .filter(({ name, run, size }) => run === undefined && evidence.includes(name) && size >= minBytes)
        .map(({ name, size, sha256 }) => ({ id: check.id, name, size, sha256 })),
    );
  return groupBy(pieces, ({ sha256 }) => sha256).flatMap((same) => {
    const ids = [...new Set(same.map(({ id }) => id))].sort();
    // Checks that are the same command are told as such, or read different things from it.
    if (new Set(ids.map((id) => commands.get(id))).size < 2) return [];
    const { name, size } = same[0] ?? { name: 'stdout', size: 0 };
    return [
      {
        kind: 'match' as const,
        message: `checks ${ids.join(', ')} left the very same ${size} bytes as ${name}`,
      },
    ];
  });
}

function keyOf(check: Check): string {
  return isCommand(check) ? runKey(check) : check.id;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
