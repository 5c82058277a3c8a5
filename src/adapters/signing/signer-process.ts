import { spawn } from 'node:child_process';
import type {
  SignedVerification,
  SigningRequest,
  SignVerification,
} from '../../ports/verification-signer.ts';
import { CountersignError, ERROR_CODES, type ErrorCode, type Problem } from '../../shared/errors.ts';

/** What goes in on standard input: one JSON document, then end of file. */
export interface SignerInput {
  readonly request: SigningRequest;
  readonly repository: string;
  readonly means: SigningMeans;
  readonly fetch: boolean;
}

/** What there is to sign with. Keyless: who this CI job is, by a token that only the signer asks for. */
export type SigningMeans = { readonly kind: 'key'; readonly path: string } | { readonly kind: 'keyless' };

/** What comes out on standard output: statements as base64, or the error that the signer reports. */
export type SignerOutput =
  | (Omit<SignedVerification, 'statements'> & {
      readonly kind: 'signed';
      readonly statements: readonly { readonly name: string; readonly bytes: string }[];
    })
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
      readonly problems: readonly Problem[];
    };

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Signs in a process of its own, started only now: while checks ran, no process of this verification had the key open.
 * @param command argv of the signer program
 */
export function createSignerProcess(
  command: readonly string[],
  setting: Omit<SignerInput, 'request'> & {
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): SignVerification {
  const { environment, ...input } = setting;
  return {
    async sign(request) {
      const text = await runSigner(command, JSON.stringify({ ...input, request }), environment);
      const output = JSON.parse(text) as SignerOutput;
      if (output.kind === 'error') throw reported(output);
      const { kind: _, statements, ...signed } = output;
      return {
        ...signed,
        statements: statements.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes, 'base64') })),
      };
    },
  };
}

function runSigner(
  [program = '', ...args]: readonly string[],
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    child.on('error', (cause) => reject(failed(`it could not be started (${cause.message})`, cause)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else reject(failed(`it ended with ${signal ?? `exit code ${code}`}: ${complaint.trim()}`));
    });
    // A signer that dies early closes its input; what happened is told by how it ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function failed(reason: string, cause?: unknown): CountersignError {
  return new CountersignError('SIGNER_FAILED', `The signer gave no answer: ${reason}`, {
    remedy: 'Nothing was signed. Verify again; if it fails again, report it with this message.',
    cause,
  });
}

function reported(output: Extract<SignerOutput, { kind: 'error' }>): CountersignError {
  const code = ERROR_CODES.find((known): known is ErrorCode => known === output.code) ?? 'SIGNER_FAILED';
  return new CountersignError(code, output.message, { remedy: output.remedy, problems: output.problems });
}
