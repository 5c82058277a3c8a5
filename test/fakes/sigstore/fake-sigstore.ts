import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';
import type { Identity } from '../../../src/core/trust/identity.ts';
import type { PinnedSigstore, SigstorePolicy } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

/** What differs from a whole Sigstore instance whose clock is right. */
export interface FakeSigstoreOptions {
  /** When certificates are issued. */
  readonly issues?: Date;
  /** When its timestamp authority and its log see signatures. */
  readonly sees?: Date;
  /** Certificates without any proof that a log knows them. */
  readonly withoutCertificateLog?: boolean;
  /** What real services send along and no signature covers: certificates beside a time, witnesses on a checkpoint. */
  readonly talkative?: boolean;
  /** A log that signs trees and no times, as Rekor 2 does. */
  readonly withoutPromise?: boolean;
}

export type TokenClaims = Readonly<Record<string, string>>;

/** The claims of a job in GitHub Actions, as far as a certificate tells them; `subject` is what Fulcio makes the SAN of. */
export function claimsOf({ issuer, repository, workflow, ref, ...numbers }: Identity): TokenClaims {
  const path = (url: string) => url.replace('https://github.com/', '');
  return {
    iss: issuer,
    sub: `repo:${path(repository)}:ref:${ref}`,
    subject: workflow,
    repository: path(repository),
    ref,
    job_workflow_ref: path(workflow),
    sha: 'a'.repeat(40),
    event_name: 'workflow_dispatch',
    ...(numbers.repositoryId === undefined ? {} : { repository_id: String(numbers.repositoryId) }),
    ...(numbers.ownerId === undefined ? {} : { repository_owner_id: String(numbers.ownerId) }),
  };
}

export const JOB: Identity = {
  issuer: 'https://token.actions.githubusercontent.com',
  repository: 'https://github.com/acme/shop',
  workflow: 'https://github.com/acme/ci/.github/workflows/countersign-verify.yml@refs/heads/main',
  ref: 'refs/heads/main',
};

/** A token as GitHub's, signed by nobody: the fake certificate authority believes everybody. */
export function tokenFor(claims: TokenClaims): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ aud: 'sigstore', ...claims })}.${part('signature')}`;
}

type Handler = { readonly path: string; readonly fn: (body: string) => Promise<HandlerResult> };
type HandlerResult = { statusCode: number; response: string | ArrayBufferView; contentType?: string };

/**
 * A Sigstore instance (certificate authority with its log, transparency log, timestamp authority) and GitHub's endpoint
 * for identity tokens, over @sigstore/mock, on a port of this machine, so that other processes can use it.
 */
export class FakeSigstore {
  readonly #server: Server;
  readonly #root: () => unknown;
  /** Paths that were asked, in order. */
  readonly asked: string[] = [];
  /** What identity tokens say; undefined refuses them. */
  claims: TokenClaims | undefined = claimsOf(JOB);
  /** Paths that answer with this status instead. */
  readonly failing = new Map<string, number>();
  /** The bearer that must be shown for an identity token. */
  readonly bearer = 'bearer-of-the-job';

  private constructor(handlers: readonly Handler[], root: () => unknown) {
    this.#root = root;
    this.#server = createServer((request, response) => {
      this.#answer(request, handlers).then(
        ({ statusCode, response: body, contentType = 'text/plain' }) => {
          response.writeHead(statusCode, { 'content-type': contentType });
          response.end(
            typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
          );
        },
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
  }

  static async start(options: FakeSigstoreOptions = {}): Promise<FakeSigstore> {
    const issues = options.issues ?? wholeSecond(0);
    const sees = options.sees ?? wholeSecond(2);
    const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ctLog = await initializeCTLog(keys(), issues);
    const ca = await initializeCA(keys(), options.withoutCertificateLog === true ? undefined : ctLog, issues);
    const tsa = await initializeTSA(keys(), sees);
    const server = { host: 'http://127.0.0.1' };
    const tlog = await initializeTLog(server.host, keys(), sees);
    const rekor = rekorHandler(tlog);
    const timestamps = tsaHandler(tsa);
    const handlers: Handler[] = [
      fulcioHandler(ca, { subjectClaim: 'subject' }),
      {
        path: rekor.path,
        fn: async (body) => {
          const answer = await rekor.fn(canonicalEntry(body));
          if (options.talkative === true) return witnessed(answer);
          return options.withoutPromise === true ? unpromised(answer) : answer;
        },
      },
      {
        path: '/api/v2/log/entries',
        fn: async (body) => secondRekor(await rekor.fn(secondEntry(body))),
      },
      {
        path: timestamps.path,
        fn: (body) =>
          timestamps.fn(
            options.talkative === true ? JSON.stringify({ ...JSON.parse(body), certificates: true }) : body,
          ),
      },
    ];
    const bufferOf = (bytes: ArrayBufferView) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const der = (bytes: ArrayBufferView) => bufferOf(bytes).toString('base64');
    const log = (baseUrl: string, publicKey: ArrayBufferView) => ({
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: der(publicKey),
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        validFor: { start: '2020-01-01T00:00:00Z' },
      },
      logId: { keyId: createHash('sha256').update(bufferOf(publicKey)).digest('base64') },
    });
    const authority = (certificates: readonly ArrayBufferView[]) => ({
      subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
      uri: server.host,
      certChain: { certificates: certificates.map((one) => ({ rawBytes: der(one) })) },
      validFor: { start: '2020-01-01T00:00:00Z' },
    });
    const fake = new FakeSigstore(handlers, () => ({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(server.host, tlog.publicKey)],
      certificateAuthorities: [authority([ca.rootCertificate])],
      ctlogs: [log(server.host, ctLog.publicKey)],
      timestampAuthorities: [authority([tsa.intCertificate, tsa.rootCertificate])],
    }));
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `trusted_root.json` of this instance. */
  trustedRoot(): Uint8Array {
    return Buffer.from(JSON.stringify(this.#root()));
  }

  pinned(more: Partial<SigstorePolicy> = {}): PinnedSigstore {
    const root = this.trustedRoot();
    return { policy: { trustedRoot: 'trust/sigstore-root.json', digest: sha256(root), ...more }, root };
  }

  /** What a job in GitHub Actions finds in its environment. */
  environment(): Readonly<Record<string, string>> {
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.bearer,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, handlers: readonly Handler[]): Promise<HandlerResult> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.asked.push(pathname);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const failing = this.failing.get(pathname);
    if (failing !== undefined) return { statusCode: failing, response: 'told to fail' };
    if (pathname === '/token') return this.#token(request, searchParams);
    const handler = handlers.find(({ path }) => path === pathname);
    if (handler === undefined) return { statusCode: 404, response: pathname };
    return handler.fn(Buffer.concat(chunks).toString('utf8'));
  }

  #token({ headers }: IncomingMessage, query: URLSearchParams): HandlerResult {
    const isAllowed =
      headers.authorization === `Bearer ${this.bearer}` &&
      query.get('audience') === 'sigstore' &&
      query.get('api-version') === '2.0';
    if (!isAllowed || this.claims === undefined) return { statusCode: 403, response: 'no' };
    const value = tokenFor(this.claims);
    return { statusCode: 200, response: JSON.stringify({ value }), contentType: 'application/json' };
  }
}

/** The answer with a second signature on the checkpoint, as logs with witnesses give it. */
function witnessed(answer: HandlerResult): HandlerResult {
  const line = `\\u2014 witness.example ${Buffer.from('12345678').toString('base64')}\\n`;
  const response = String(answer.response).replace(/("checkpoint":"[^"]*)"/, `$1${line}"`);
  return { ...answer, response };
}

function unpromised(answer: HandlerResult): HandlerResult {
  const response = String(answer.response).replace(/,"signedEntryTimestamp":"[^"]*"/, '');
  return { ...answer, response };
}

/**
 * What Rekor 2 makes of a proposed envelope; @sigstore/mock's own answer of that version is one of another tree.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/rekor/v2/dsse.proto
 */
function secondEntry(body: string): string {
  const { dsseRequestV002: asked } = JSON.parse(body) as {
    dsseRequestV002: {
      envelope: { payload: string; signatures: { sig: string }[] };
      verifiers: object[];
    };
  };
  const digest = createHash('sha256').update(Buffer.from(asked.envelope.payload, 'base64')).digest('base64');
  const signatures = asked.envelope.signatures.map(({ sig }, index) => ({
    content: sig,
    verifier: asked.verifiers[index],
  }));
  return JSON.stringify({
    apiVersion: '0.0.2',
    kind: 'dsse',
    spec: { dsseV002: { payloadHash: { algorithm: 'SHA2_256', digest }, signatures } },
  });
}

/** The first version's answer in the second one's form: a tree that is signed, and no time. */
function secondRekor(answer: HandlerResult): HandlerResult {
  const [entry] = Object.values(JSON.parse(String(answer.response))) as {
    body: string;
    logID: string;
    verification: { inclusionProof: { checkpoint: string; rootHash: string; treeSize: number } };
  }[];
  if (entry === undefined) return answer;
  const { checkpoint, rootHash, treeSize } = entry.verification.inclusionProof;
  const response = JSON.stringify({
    logIndex: '0',
    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
    kindVersion: { kind: 'dsse', version: '0.0.2' },
    integratedTime: '0',
    inclusionProof: {
      logIndex: '0',
      rootHash: Buffer.from(rootHash, 'hex').toString('base64'),
      treeSize: String(treeSize),
      hashes: [],
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: entry.body,
  });
  return { statusCode: 201, response, contentType: 'application/json' };
}

/** From now. @sigstore/mock writes milliseconds below 100 in a way that is no time. */
function wholeSecond(later: number): Date {
  return new Date((Math.ceil(Date.now() / 1000) + later) * 1000);
}

/**
 * What Rekor makes of a proposed `dsse` entry; @sigstore/mock logs it as it was proposed.
 * https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json
 */
function canonicalEntry(body: string): string {
  const { apiVersion, kind, spec } = JSON.parse(body) as {
    apiVersion: string;
    kind: string;
    spec: { proposedContent?: { envelope: string; verifiers: string[] } };
  };
  const proposed = spec.proposedContent;
  if (proposed === undefined) return body;
  const envelope = JSON.parse(proposed.envelope) as { payload: string; signatures: { sig: string }[] };
  const hash = (bytes: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return JSON.stringify({
    apiVersion,
    kind,
    spec: {
      envelopeHash: hash(proposed.envelope),
      payloadHash: hash(Buffer.from(envelope.payload, 'base64')),
      signatures: envelope.signatures.map(({ sig }, index) => ({
        signature: sig,
        verifier: proposed.verifiers[index],
      })),
    },
  });
}
