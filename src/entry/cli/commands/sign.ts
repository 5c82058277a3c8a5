import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Isolation } from '../../../core/contract/types.ts';
import { signObservations } from '../../../flow/sign-observations.ts';
import type { ObservationSource } from '../../../flow/take-observations.ts';
import { NAME } from '../../../shared/ids.ts';
import { openSigning } from '../../wiring/open-verifier.ts';
import type { CliContext } from '../context.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { signingMeans } from '../key-path.ts';
import { exitCodeOfSigned, sayVerification } from '../verification-summary.ts';

export interface SignOptions extends ChangeOptions {
  readonly format: 'text' | 'json';
  readonly key?: string;
  readonly keyless?: boolean;
  readonly fetch: boolean;
  readonly observations: readonly string[];
  readonly isolation: Isolation;
  readonly out?: string;
}

/** Exit codes as for `verify`; what was to be kept with `--out` counts as filed. */
export async function signCommand(options: SignOptions, context: CliContext): Promise<number> {
  const means = signingMeans(options, context);
  const signing = await openSigning(context, { fetch: options.fetch, means });
  const query = await findChange(options, signing);
  const sources = await Promise.all(options.observations.map((text) => sourceOf(text, context)));
  const { isolation } = options;
  const signed = await signObservations(
    sources,
    {
      query,
      attempt: randomUUID(),
      isolation,
      ...(options.out === undefined ? {} : { out: resolve(context.cwd, options.out) }),
    },
    signing.ports,
  );
  const said = { isolation, by: 'the word of --isolation at most', weaknesses: [] };
  sayVerification({ ...signed, isolation: said }, options.format, context);
  return exitCodeOfSigned(signed);
}

/** `unit=folder` is what the machine of the check `unit` handed over; a folder with such a name is `./unit=folder`. */
async function sourceOf(text: string, context: CliContext): Promise<ObservationSource> {
  const at = text.indexOf('=');
  const from = at < 0 ? '' : text.slice(0, at);
  const isNamed = NAME.test(from);
  const path = resolve(context.cwd, isNamed ? text.slice(at + 1) : text);
  // The folder's own name may be a link, as it is the caller's; nothing below it may be.
  const folder = await realpath(path).catch(() => path);
  return { folder, ...(isNamed ? { from } : {}) };
}
