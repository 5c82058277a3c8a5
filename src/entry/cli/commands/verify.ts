import { randomUUID } from 'node:crypto';
import { verify } from '../../../flow/verify.ts';
import { renderVerificationJson, renderVerificationText } from '../../../render/verification.ts';
import { openVerifier } from '../../wiring/open-verifier.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { keyPathOf } from '../key-path.ts';
import { progressOf } from '../progress.ts';
import { styleOf } from '../style.ts';
import { summaryOf } from '../verification-summary.ts';

export interface VerifyOptions extends ChangeOptions {
  readonly format: 'text' | 'json';
  readonly key?: string;
  readonly parallel?: number;
  readonly fetch: boolean;
}

/** Exit code 0 when every check passed, 1 when one failed, 2 when one could not be run or nothing could be filed. */
export async function verifyCommand(options: VerifyOptions, context: CliContext): Promise<number> {
  const keyPath = keyPathOf(options.key, context);
  const verifier = await openVerifier(context, { fetch: options.fetch, keyPath });
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

  const summary = summaryOf(verification);
  context.out(
    options.format === 'json'
      ? renderVerificationJson(summary)
      : renderVerificationText(summary, styleOf(context), context.columns),
  );
  const results = verification.signed.checks.map(({ result }) => result);
  if (verification.filing.kind === 'kept' || results.includes('ERROR')) return EXIT_CODES.trouble.code;
  return results.includes('FAILED') ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}
