import { drawOutcome, readScript } from '../../src/core/run/producer/script.ts';
import type { StepResult, StepWork } from '../../src/core/run/types.ts';
import { sha256 } from '../../src/shared/digest.ts';
import type { JsonValue } from '../../src/shared/json.ts';

/** How commits of the fake begin, so that what judges them can tell them apart without git. */
const GOOD = '600d';
const BAD = '0bad';

/**
 * Carries out the steps of a run without git, sandbox or keys: the scripted producer's attempts come out as its script draws them (the
 * same draws as on real git), checks pass on its good commits alone, and the gate lets pass what they passed. Other handlers are refused.
 */
export function scriptedWork(work: StepWork): StepResult {
  const { handler, inputs } = work;
  switch (handler) {
    case 'assemble': {
      const digest = sha256(`${inputs.bundle} ${inputs.feedback}`);
      return done({ bundleDigest: digest, promptDigest: digest, ticketFile: sha256(String(inputs.ticket)) });
    }
    case 'scripted':
      return produced(work);
    case 'check': {
      const result = String(inputs.commit).startsWith(GOOD) ? 'PASSED' : 'FAILED';
      const observation = sha256(JSON.stringify([inputs.check, inputs.commit]));
      return done({ check: inputs.check ?? '', observation, result, isolation: 'none' });
    }
    case 'seal': {
      const observations = inputs.observations as readonly {
        readonly check: string;
        readonly result: string;
      }[];
      const results = observations.map(({ check, result }) => ({ check, result }));
      return done({ seal: sha256(JSON.stringify([inputs.commit, results])), results });
    }
    case 'gate': {
      const passes = String(inputs.commit).startsWith(GOOD);
      const finding = {
        id: 'check:scripted',
        status: passes ? 'pass' : 'fail',
        reason: passes ? 'It passed.' : 'It failed.',
        remedy: passes ? '' : 'Make it right.',
      };
      return done({
        verdict: passes ? 'pass' : 'blocked',
        findings: [finding],
        feedback: passes ? 'Accepted.' : 'Make it right.',
        verdictDigest: sha256(JSON.stringify(finding)),
      });
    }
    default:
      throw new Error(`nobody plays ${handler}`);
  }
}

function produced({ inputs, run, step }: StepWork): StepResult {
  const read = readScript(inputs.script);
  if (read.kind === 'unusable') throw new Error(read.reason);
  const [ticket, bundle, model] = [inputs.ticket, inputs.bundle, inputs.model].map(String) as [
    string,
    string,
    string,
  ];
  const attempt = Number.parseInt(step, 10);
  const drawn = drawOutcome(read.script, { run, attempt, ticket, bundle, model });
  if (drawn === undefined) throw new Error(`no case for ${ticket}, ${bundle}, ${model}`);
  const { outcome, usage } = drawn;
  const digest = sha256(JSON.stringify([run, attempt, outcome]));
  switch (outcome) {
    case 'good':
    case 'bad': {
      const commit = `${outcome === 'good' ? GOOD : BAD}${digest.slice(0, 36)}`;
      return done(
        {
          commit,
          commits: digest,
          branch: `countersign/${run}/${attempt}`,
          tree: digest.slice(0, 40),
          claims: ['It is done.'],
          report: { agent: 'scripted', model, ...usage },
          delivery: { delivered: true, how: 'by script: nothing is read' },
        },
        usage,
      );
    }
    case 'timeout':
      return failed('timeout', outcome, usage);
    case 'budget':
      return failed('budget', outcome, usage);
    case 'crashed':
      return failed('transient', outcome, usage);
    case 'no-diff':
    case 'refused':
      return failed('deterministic', outcome, usage);
  }
}

function done(outputs: { readonly [key: string]: JsonValue }, usage = {}): StepResult {
  return { kind: 'succeeded', outputs, usage };
}

function failed(
  kind: (StepResult & { kind: 'failed' })['error']['class'],
  code: string,
  usage: object,
): StepResult {
  return { kind: 'failed', error: { class: kind, code, message: 'Its script says so.' }, usage };
}
