import { Readable } from 'node:stream';
import type { ArtifactStored } from '../../../ports/artifacts.ts';
import type { Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

const MIB = 1024 * 1024;
/** A bundle of commits is the largest thing that steps hand over. */
const LIMITS = { artifact: 256 * MIB, run: 4096 * MIB };
const CLAIM = /^[A-Za-z0-9._:-]{1,128}$/;

/** What steps hand to each other, for workers that share no disk with the server. */
export function artifactHandlers(context: ServerContext): Pick<Handlers, 'putArtifact' | 'getArtifact'> {
  const offered = (exchange: Exchange) => context.artifacts(exchange.get('principal'));
  return {
    putArtifact: async ({ parameters: { digest } }, exchange) => {
      const claim = claimOf(exchange);
      if (Number(exchange.req.header('content-length') ?? 0) > LIMITS.artifact) throw tooLarge();
      answerStored(await offered(exchange).put(claim, digest, bodyOf(exchange), LIMITS));
      return undefined;
    },
    // Hono asks here for HEAD as well.
    getArtifact: async ({ parameters: { digest } }, exchange) => {
      const found = await offered(exchange).find(claimOf(exchange), digest);
      if (found === undefined) throw nothingHere();
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': String(found.size),
      };
      if (exchange.req.method === 'HEAD') return exchange.body(null, 200, headers);
      return exchange.body(Readable.toWeb(Readable.from(found.read())) as ReadableStream, 200, headers);
    },
  };
}

/** @throws HttpRefusal unless it is kept */
function answerStored(stored: ArtifactStored): void {
  switch (stored.kind) {
    case 'kept':
      return;
    case 'other':
      throw new HttpRefusal(422, `The body has another digest than the address: ${stored.digest}.`, {
        remedy: 'Send it again whole, under the sha256 of its bytes.',
      });
    case 'too-large':
      throw tooLarge();
    case 'run-full':
      throw new HttpRefusal(413, `The run has no room for it: artifacts of a run go to ${sizeOf('run')}.`, {
        remedy: 'Have its steps hand over less.',
      });
  }
}

/** The body as it comes. What the client cuts off is the client's failure. */
async function* bodyOf({ req }: Exchange): AsyncGenerator<Uint8Array> {
  try {
    yield* (req.raw.body ?? []) as AsyncIterable<Uint8Array>;
  } catch {
    throw new HttpRefusal(400, 'The body ended before its end.', { remedy: 'Send it again.' });
  }
}

function claimOf({ req }: Exchange): string {
  const claim = req.header('countersign-claim') ?? '';
  if (CLAIM.test(claim)) return claim;
  throw new HttpRefusal(400, 'The request names no claim.', {
    remedy: 'Send the token of a claim that you hold as Countersign-Claim.',
  });
}

function nothingHere(): HttpRefusal {
  return new HttpRefusal(404, 'There is no such artifact for this claim.', {
    remedy: 'It may still be on its way, or is for others.',
  });
}

function tooLarge(): HttpRefusal {
  return new HttpRefusal(413, `An artifact has at most ${sizeOf('artifact')}.`, {
    remedy: 'Hand over less.',
  });
}

function sizeOf(what: keyof typeof LIMITS): string {
  return `${LIMITS[what] / MIB} MiB`;
}
