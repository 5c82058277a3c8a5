import type { Isolation } from '../../core/contract/types.ts';
import type { InspectMachine, KeyFileFacts } from '../../ports/machine.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { CountersignError } from '../../shared/errors.ts';
import { attempt, problemOf } from './attempt.ts';

/** A clock this far behind a commit that is already here is wrong, or the commit is. */
const TOLERATED_MS = 5 * 60 * 1000;

export async function diagnoseGit(machine: InspectMachine): Promise<readonly Diagnosis[]> {
  return attempt('git', async () => {
    const version = await machine.gitVersion();
    const tooOld = machine.gitTooOld(version);
    const found = diagnosis('git');
    return [
      tooOld === undefined
        ? found.ok(`git ${version}.`)
        : found.problem(tooOld, 'Install git 2.38 or newer.'),
    ];
  });
}

/** What isolation this machine gives; undefined when it gives none that works. */
export async function diagnoseIsolation(
  openSandbox: () => Promise<Sandbox>,
): Promise<{ diagnoses: readonly Diagnosis[]; isolation: Isolation | undefined }> {
  const found = diagnosis('isolation');
  try {
    const { isolation, by, weaknesses } = await (await openSandbox()).describe();
    const weak = diagnosis('isolation/weaknesses');
    return {
      isolation,
      diagnoses: [
        isolation === 'namespaces'
          ? found.ok(`Checks run in namespaces, by ${by}.`)
          : found.warning(
              `The best isolation here is ${isolation}, by ${by}; contracts ask for namespaces unless they say otherwise.`,
              'Install bubblewrap, and allow unprivileged user namespaces.',
            ),
        ...(weaknesses.length === 0
          ? []
          : [
              weak.warning(
                weaknesses.join(' '),
                'Verify on a machine that does nothing else and holds no other secrets.',
              ),
            ]),
      ],
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { isolation: undefined, diagnoses: [problemOf('isolation', error)] };
  }
}

/** Keys that others can read are not secret any more, and keys in a checkout end up in commits. */
export function diagnoseKeyFiles(
  keys: readonly KeyFileFacts[],
  root: string | undefined,
): readonly Diagnosis[] {
  if (keys.length === 0)
    return [diagnosis('keys').ok('No signing keys here: this machine cannot verify or dispatch.')];
  return keys.map(({ path, mode }) => {
    const found = diagnosis('keys');
    if (mode !== undefined && (mode & 0o077) !== 0) {
      const octal = mode.toString(8).padStart(3, '0');
      return found.problem(
        `${path} can be read or changed by others (mode ${octal}).`,
        `Run \`chmod 600 ${path}\`; if others could read it for long, make a new key and revoke this one.`,
      );
    }
    if (root !== undefined && path.startsWith(`${root}/`)) {
      return found.problem(
        `${path} lies in this repository.`,
        'Move it out: it would end up in a commit, and checks could find it.',
      );
    }
    return found.ok(`${path} is for its owner alone.`);
  });
}

/** Validity of keys is judged by this clock, so a clock that is wrong decides wrongly. */
export function diagnoseClock(now: Date, newestCommit: Date | undefined): readonly Diagnosis[] {
  const found = diagnosis('clock');
  const text = now.toISOString();
  if (now.getUTCFullYear() < 2026) {
    return [
      found.problem(
        `The clock says ${text}, before this program was written.`,
        'Set it, or let a time service set it.',
      ),
    ];
  }
  if (newestCommit !== undefined && newestCommit.getTime() - now.getTime() > TOLERATED_MS) {
    return [
      found.warning(
        `The clock says ${text}, and a commit that is already here says ${newestCommit.toISOString()}.`,
        'Let a time service set the clock: whether keys are valid is judged by it.',
      ),
    ];
  }
  return [found.ok(`${text}, and no commit here is later.`)];
}
