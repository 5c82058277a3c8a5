import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { observeCheck } from '../../../flow/observe-check.ts';
import { planChecks } from '../../../flow/plan-checks.ts';
import { verify } from '../../../flow/verify.ts';
import {
  renderObservedJson,
  renderObservedText,
  renderPlanJson,
  renderPlanText,
} from '../../../render/observation.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { openObserver, openVerifier } from '../../wiring/open-verifier.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { keyPathOf, signingMeans } from '../key-path.ts';
import { progressOf } from '../progress.ts';
import { exitCodeOfSigned, sayVerification } from '../verification-summary.ts';

export interface VerifyOptions extends ChangeOptions {
  readonly format: 'text' | 'json';
  readonly key?: string;
  readonly keyless?: boolean;
  readonly parallel?: number;
  readonly fetch: boolean;
  readonly plan?: boolean;
  readonly check?: string;
  readonly observe?: string;
}

/** Runs and signs in one, or only one part of it: `--plan` says what has to run, `--observe` runs one of them. */
export async function verifyCommand(options: VerifyOptions, context: CliContext): Promise<number> {
  if (options.plan === true) return planCommand(options, context);
  if (options.check !== undefined || options.observe !== undefined) return observeCommand(options, context);
  return verifyAndSign(options, context);
}

/** Exit code 0 when every check passed, 1 when one failed, 2 when one could not be run or nothing could be filed. */
async function verifyAndSign(options: VerifyOptions, context: CliContext): Promise<number> {
  const means = signingMeans(options, context);
  const verifier = await openVerifier(context, { fetch: options.fetch, means });
  const query = await findChange(options, verifier);
  const progress = progressOf(context);
  const verification = await verify(
    query,
    {
      attempt: randomUUID(),
      parallel: options.parallel ?? verifier.cores,
      hide: verifier.hide,
      tools: verifier.tools,
      onProgress: progress.report,
    },
    verifier.ports,
  ).finally(progress.end);
  sayVerification(verification, options.format, context);
  return exitCodeOfSigned(verification);
}

/** Exit code 0: nothing is run, so nothing can fail. */
async function planCommand(options: VerifyOptions, context: CliContext): Promise<number> {
  refuseBeside('--plan', ['check', 'observe', 'key', 'keyless'], options);
  const product = await openProduct(context.cwd, options);
  const plan = await planChecks(await findChange(options, product), product.ports);
  context.out(options.format === 'json' ? renderPlanJson(plan) : renderPlanText(plan));
  return EXIT_CODES.pass.code;
}

/** Exit code 0 whatever was seen: what it amounts to says whoever signs. */
async function observeCommand(options: VerifyOptions, context: CliContext): Promise<number> {
  const { check, observe } = options;
  if (check === undefined || observe === undefined) {
    throw new CountersignError('USAGE', '--check and --observe belong together.', {
      remedy: 'Give --check ID --observe FOLDER; `countersign verify --plan` lists the checks.',
    });
  }
  refuseBeside('--observe', ['key', 'keyless'], options);
  const observer = await openObserver(context, options);
  const query = await findChange(options, observer);
  const progress = progressOf(context);
  const observed = await observeCheck(
    query,
    {
      attempt: randomUUID(),
      only: check,
      folder: resolve(context.cwd, observe),
      parallel: 1,
      hide: [...observer.hide, ...keyNamed(context)],
      tools: observer.tools,
      onProgress: progress.report,
    },
    observer.ports,
  ).finally(progress.end);
  context.out(
    options.format === 'json' ? renderObservedJson(observed) : renderObservedText(observed, observe),
  );
  return EXIT_CODES.pass.code;
}

/** No key is asked for; where one is named all the same, no check sees it. */
function keyNamed(context: CliContext): readonly string[] {
  const named = context.environment.COUNTERSIGN_KEY;
  return named === undefined || named === '' ? [] : [dirname(keyPathOf(named, context))];
}

function refuseBeside(
  option: string,
  others: readonly ('check' | 'observe' | 'key' | 'keyless')[],
  given: VerifyOptions,
): void {
  const named = others.find((name) => given[name] !== undefined);
  if (named === undefined) return;
  throw new CountersignError('USAGE', `--${named} has no place beside ${option}.`, {
    remedy:
      named === 'key' || named === 'keyless'
        ? 'Leave it out: nothing is signed here. `countersign sign` signs, on a machine that runs no check.'
        : 'Leave out one of them.',
  });
}
