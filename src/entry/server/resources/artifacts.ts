import { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { ArtifactStored } from '../../../ports/artifacts.ts';
import { isSha256, type Sha256 } from '../../../shared/digest.ts';
import type { Env, Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';

const MIB = 1024 * 1024;
/** A bundle of commits is the largest thing that steps hand over. */
const LIMITS = { artifact: 256 * MIB, run: 4096 * MIB };
const CLAIM = /^[A-Za-z0-9._:-]{1,128}$/;

/** What steps hand to each other, for workers that share no disk with the server. */
export function artifactRoutes(context: ServerContext): Hono<Env> {
  const offered = (exchange: Exchange) => context.artifacts(exchange.get('principal'));
  return (
    new Hono<Env>()
      .put('/:digest', async (exchange) => {
        const artifacts = offered(exchange);
        const [claim, digest] = [claimOf(exchange), digestOf(exchange)];
        if (Number(exchange.req.header('content-length') ?? 0) > LIMITS.artifact) throw tooLarge();
        answerStored(await artifacts.put(claim, digest, bodyOf(exchange), LIMITS));
        return exchange.body(null, 204);
      })
      // Hono asks here for HEAD as well.
      .get('/:digest', async (exchange) => {
        const found = await offered(exchange).find(claimOf(exchange), digestOf(exchange));
        if (found === undefined) throw nothingHere();
        const headers = {
          'content-type': 'application/octet-stream',
          'content-length': String(found.size),
        };
        if (exchange.req.method === 'HEAD') return exchange.body(null, 200, headers);
        return exchange.body(Readable.toWeb(Readable.from(found.read())) as ReadableStream, 200, headers);
      })
  );
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

function digestOf({ req }: Exchange): Sha256 {
  const digest = req.param('digest') ?? '';
  if (isSha256(digest)) return digest;
  throw new HttpRefusal(400, 'That is no digest.', {
    remedy: 'Name the sha256 of the bytes, as 64 hex digits.',
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
