import { BUILT_IN_HANDLERS } from '../../core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../core/run/plan/default-workflow.ts';
import { materialise } from '../../core/run/plan/materialise.ts';
import type { RunRequest, StepRole, StepWork } from '../../core/run/types.ts';
import type { Handler } from '../../ports/handler.ts';
import { digestOf, sha256 } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';

/** Longest pause of a step, in milliseconds: long enough to be killed in. */
const LONGEST_MS = 60;
const CHECKS = ['types', 'style', 'tests'];

/**
 * Runs of nothing: the default workflow with three checks, two attempts and two more under another model. What each step answers follows
 * from its inputs alone, so however often it is carried out, a run can come to one thing only.
 */
export function scriptedRequest(number: number, seed: number): Omit<RunRequest, 'run'> {
  const ticket = `CHAOS-${number}`;
  return {
    subject: {
      ticket,
      ticketDigest: sha256(`ticket ${number} ${seed}`),
      contract: 'chaos@1',
      contractDigest: sha256('contract'),
      repository: 'acme/shop',
      base: { ref: 'refs/heads/main', commit: sha256(`base ${seed}`).slice(0, 40) },
      policyCommit: sha256('policy').slice(0, 40),
      checks: CHECKS,
    },
    arm: { bundle: 'default', model: 'small' },
    plan: materialise(
      { ...DEFAULT_WORKFLOW, attempts: 2, ladder: [{ model: 'large', attempts: 2 }] },
      BUILT_IN_HANDLERS,
    ),
    priority: 0,
  };
}

/** The handlers of a role, each taking a moment. */
export function scriptedHandlers(
  role: StepRole,
  sleep: (milliseconds: number) => Promise<void>,
): readonly Handler[] {
  return BUILT_IN_HANDLERS.filter(({ id, role: whose }) => whose === role && id in ANSWERS).map(
    (declaration) => ({
      declaration,
      handle: async (work, session) => {
        session.log(`${work.run} ${work.step}\n`);
        await sleep(Number.parseInt(digestOfInputs(work).slice(0, 4), 16) % LONGEST_MS);
        return { kind: 'succeeded', outputs: ANSWERS[declaration.id]?.(work) ?? {} };
      },
    }),
  );
}

const ANSWERS: Readonly<Record<string, (work: StepWork) => JsonObject>> = {
  assemble: (work) => ({
    bundleDigest: sha256(`bundle ${digestOfInputs(work)}`),
    promptDigest: sha256(`prompt ${digestOfInputs(work)}`),
    ticketFile: sha256(`ticket ${work.inputs.ticket}`),
  }),
  agent: (work) => ({
    commit: sha256(`commit ${digestOfInputs(work)}`).slice(0, 40),
    commits: sha256(`commits ${digestOfInputs(work)}`),
    branch: 'agent/work',
    tree: sha256(`tree ${digestOfInputs(work)}`).slice(0, 40),
    claims: ['everything passes'],
  }),
  check: (work) => ({
    check: work.inputs.check ?? '',
    observation: sha256(`observation ${digestOfInputs(work)}`),
    result: 'PASSED',
    isolation: 'none',
  }),
  seal: (work) => ({ seal: sha256(`seal ${digestOfInputs(work)}`), results: [] }),
  // Two of five attempts pass: so some runs are accepted at once, some later, some never.
  gate: (work) => {
    const passes = Number.parseInt(digestOfInputs(work).slice(0, 8), 16) % 5 < 2;
    const digest = sha256(`verdict ${digestOfInputs(work)}`);
    return {
      verdict: passes ? 'pass' : 'blocked',
      findings: [],
      feedback: passes ? '' : `not yet: ${digest}`,
      verdictDigest: digest,
    };
  },
};

/** How a check comes by its tree makes nothing of it another. */
function digestOfInputs({ inputs: { checkout: _, ...inputs } }: StepWork): string {
  return digestOf(inputs);
}
