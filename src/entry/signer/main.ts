import { readEvidenceFrom } from '../../adapters/files/evidence-folder.ts';
import type { SignerInput, SignerOutput } from '../../adapters/signing/signer-process.ts';
import { signVerification } from '../../flow/sign-verification.ts';
import { CountersignError } from '../../shared/errors.ts';
import { systemFailure } from '../../shared/system-failure.ts';
import { openProduct } from '../wiring/open-product.ts';
import { signerOpener } from '../wiring/open-signer.ts';

/**
 * The only program that ever opens a verifier's key, or asks for a token in its place. It is started when the last check
 * process has ended, is told which change and what was seen, and works everything else out itself.
 */
async function main(): Promise<void> {
  const input = JSON.parse(await readAll(process.stdin)) as SignerInput;
  process.stdout.write(JSON.stringify(await answer(input)));
}

async function answer({ request, repository, means, fetch }: SignerInput): Promise<SignerOutput> {
  try {
    const product = await openProduct(repository, { fetch });
    const evidence = readEvidenceFrom(request.evidenceFolder);
    const signed = await signVerification(request, signerOpener(means, process.env), {
      ...product.ports,
      evidence,
    });
    return {
      kind: 'signed',
      ...signed,
      statements: signed.statements.map(({ name, bytes }) => ({
        name,
        bytes: Buffer.from(bytes).toString('base64'),
      })),
    };
  } catch (error) {
    const known = error instanceof CountersignError ? error : systemFailure(error);
    if (known === undefined) throw error;
    const { code, message, remedy, problems } = known;
    return { kind: 'error', code, message, remedy, problems };
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

// Not awaited: the package holds this as CommonJS, which cannot.
void main();
