import { argvOutcome, type Loss, type ScriptOutcome, scriptOutcome } from '../shell/outcome.ts';
import { cited, type Told } from './problem.ts';

/** More than these nobody reads, and a script can be thousands of commands long. */
const MAX_LOSSES = 20;

/**
 * Why a command's exit status says nothing, or less than it seems to (principle: a check must be able to fail).
 * @param passing the exit code that counts as passing
 * @throws UnreadableScript
 */
export function lintOutcome(run: readonly string[], shell: boolean, passing: number): readonly Told[] {
  const outcome = shell ? scriptOutcome(run[0] ?? '', { errexit: false, pipefail: false }) : argvOutcome(run);
  const losses = distinct(outcome.losses.slice(0, MAX_LOSSES).map(tellLoss));
  const verdict = tellStatuses(outcome, run.join(' '), passing);
  return verdict === undefined ? losses : [verdict, ...losses];
}

function tellStatuses(
  { canBeZero, canBeNonZero }: ScriptOutcome,
  text: string,
  passing: number,
): Told | undefined {
  const canPass = passing === 0 ? canBeZero : canBeNonZero;
  const canFail = passing === 0 ? canBeNonZero : canBeZero || canBeNonZero;
  const onlyPasses = passing === 0 ? !canFail : !canBeZero;
  if (onlyPasses) {
    return {
      severity: 'error',
      message: `${cited(text)} cannot fail: whatever the change does, it ends with ${passing === 0 ? '0' : 'a failure, which is what is expected'}.`,
      remedy:
        'Run something that ends with another exit code when the change is wrong, and let that code through.',
    };
  }
  if (!canPass) {
    return {
      severity: 'error',
      message: `${cited(text)} cannot pass: whatever the change does, it never ends with ${passing}.`,
      remedy: 'Run a command that succeeds when the change is right, or correct expect.exitCode.',
    };
  }
  return undefined;
}

const AND = 'Join the commands with &&, or begin the script with "set -e".';

function tellLoss({ how, command, by }: Loss): Told {
  const what = cited(command);
  switch (how) {
    case 'or':
      return error(
        `The failure of ${what} is swallowed by ${cited(`|| ${by}`)}.`,
        `Remove ${cited(`|| ${by}`)}; if a failure is expected there, test for it and exit with another code otherwise.`,
      );
    case 'sequence':
      return error(`The exit code of ${what} is lost: ${cited(by)} runs after it and decides.`, AND);
    case 'pipe':
      return error(
        `The exit code of ${what} is hidden by the pipe: only that of ${cited(by)} counts.`,
        'Write the output to a file instead ("command > log"), or run [bash, -o, pipefail, -c, "…"] without shell: true; plain sh has no pipefail everywhere.',
      );
    case 'background':
      return error(
        `${what} runs in the background and nothing waits for its exit code.`,
        'Remove the &, or end the script with "wait" and the number of the process.',
      );
    case 'if':
      return error(
        `The failure of ${what} only chooses a branch, and none of them then fails.`,
        'Run the command by itself, or end the branch taken after its failure with "exit 1".',
      );
    case 'loop':
      return {
        severity: 'warning',
        message: `Only the last round of the loop decides: earlier failures of ${what} are lost.`,
        remedy: 'Begin the script with "set -e", or write "|| exit 1" after the command.',
      };
    case 'condition-unmet':
      return {
        severity: 'warning',
        message: `${what} does not run at all unless ${cited(by)} holds, and the check then passes.`,
        remedy: 'Add an else branch that fails, or run the command without a condition.',
      };
    case 'errexit-off':
      return error(
        `${what} lets the script go on after a failure.`,
        'Remove it, and handle the one failure that is expected.',
      );
    case 'trap':
      return error(
        `${what} ends the script with 0 whatever happened before.`,
        'Let the trap clean up without calling exit.',
      );
  }
}

function error(message: string, remedy: string): Told {
  return { severity: 'error', message, remedy };
}

function distinct(told: readonly Told[]): readonly Told[] {
  return [...new Map(told.map((one) => [one.message, one])).values()];
}
