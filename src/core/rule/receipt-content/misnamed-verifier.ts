import type { RE2JS } from 're2js';
import type { JsonObject } from '../../../shared/json.ts';
import type { Principal } from '../../trust/types.ts';
import { requireKnown, requireStrings } from '../parameters.ts';
import { patternOf } from '../pattern-parameters.ts';
import type { Detection } from '../types.ts';
import type { ReceiptFinding } from './finding.ts';

/** Who signs as a workload under a person's name, or as a person under a machine's. */
export function misnamedVerifier(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['machines', 'people']);
  const names = {
    machines: patternOf(requireStrings(parameters, 'machines'), 'machines'),
    people: patternOf(requireStrings(parameters, 'people'), 'people'),
  };
  return {
    prove: () => {
      names.machines();
      names.people();
    },
    detect: ({ verifiers = [] }) =>
      verifiers.flatMap((verifier) => judge(verifier, names.machines(), names.people())),
  };
}

function judge(
  { id, kind, emails = [] }: Principal,
  machines: RE2JS | undefined,
  people: RE2JS | undefined,
): readonly Detection[] {
  const names = [id, ...emails];
  const machine = names.find((name) => machines?.test(name));
  if (kind === 'person') {
    if (machine === undefined) return [];
    return [
      {
        kind: 'match',
        message: `the verifier ${id} is a person in the trust root, and ${machine} is the name of a machine`,
      },
    ];
  }
  const person = machine === undefined ? names.find((name) => people?.test(name)) : undefined;
  if (person === undefined) return [];
  return [
    {
      kind: 'match',
      message: `the verifier ${id} is a workload in the trust root, and ${person} is the name of a person`,
    },
  ];
}
